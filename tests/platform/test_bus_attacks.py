"""Everything else is refused: the attacks of reliability 2.6, with a service's own key.

That they can succeed is shown in ``test_bus_wall_twin``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import nats
import pytest
from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError, NoServersError
from nats.errors import TimeoutError as NatsTimeoutError

from cli.bus.names import FEED, FEED_READER, HUB_API, STREAM
from cli.clinic.secrets import nkey_seed
from cli.clinic.services import IDENTITY, SERVICES
from tests.support.bus_talk import (
    NEXT,
    assert_cannot_hear,
    connect,
    event_of,
    published,
    stored,
)
from tests.support.feed_attacks import Refusals
from tests.support.nats_part import NatsPart
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


FORBIDDEN_TO_SAY = (
    event_of("prescribing"),
    "careteam.int.prescribing.noted.v1.p00",
    "careteam.canary.prescribing",
    "careteam.mark.prescribing",
    "careteam.door.prescribing",
    "careteam.rpc.intake.standing",
    f"{NEXT}.prescribing",
    f"$JS.ACK.{STREAM}.prescribing.1.1.1.1.0",
    f"$JS.API.STREAM.DELETE.{STREAM}",
    f"$JS.API.STREAM.PURGE.{STREAM}",
    f"$JS.API.STREAM.MSG.GET.{STREAM}",
    f"$JS.API.STREAM.MSG.DELETE.{STREAM}",
    f"$JS.API.STREAM.UPDATE.{STREAM}",
    f"$JS.API.DIRECT.GET.{STREAM}",
    "$JS.API.STREAM.CREATE.MINE",
    f"$JS.API.CONSUMER.CREATE.{STREAM}.mine",
    f"$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.intake",
    f"$JS.API.CONSUMER.DELETE.{STREAM}.intake",
    f"$JS.API.CONSUMER.INFO.{STREAM}.intake",
    f"{HUB_API}.STREAM.DELETE.{STREAM}",
    f"{HUB_API}.CONSUMER.INFO.{STREAM}.prescribing",
    "$SYS.REQ.SERVER.PING",
    "_INBOX_prescribing.anything",
)


@pytest.mark.parametrize("subject", FORBIDDEN_TO_SAY)
async def test_a_service_says_nothing_but_its_own(bus: NatsPart, subject: str) -> None:
    before = await stored(bus)
    refusals: asyncio.Queue[Exception] = asyncio.Queue()
    client = await connect(bus, "intake", refusals)
    try:
        with pytest.raises((NatsTimeoutError, NoRespondersError)):
            await client.request(subject, b"{}", timeout=0.2)
        assert "permissions violation for publish" in str(await _soon(refusals)).lower()
    finally:
        await client.close()
    assert await stored(bus) == before


def of_the_others(name: str) -> list[str]:
    """What only others may say: each service's own subjects, consumers and answers."""
    own = {name, FEED} if name == FEED_READER else {name}
    said = [
        subject
        for peer in (*SERVICES, IDENTITY)
        if peer != name
        for subject in (
            event_of(peer),
            f"careteam.int.{peer}.noted.v1.p00",
            f"careteam.canary.{peer}",
            f"careteam.mark.{peer}",
            f"careteam.door.{peer}",
            f"careteam.audit.{peer}",
            f"_INBOX_{peer}.anything",
        )
    ]
    consumers = [one for one in (*SERVICES, FEED) if one not in own]
    for one in consumers:
        said += [f"{NEXT}.{one}", f"$JS.ACK.{STREAM}.{one}.1.1.1.1.0"]
        said.append(f"{HUB_API}.CONSUMER.INFO.{STREAM}.{one}")
    return said


@pytest.mark.parametrize("name", [*SERVICES, IDENTITY])
async def test_a_stolen_key_reaches_what_is_its_owners_and_nothing_else(
    bus: NatsPart, name: str
) -> None:
    """Reliability E5, for every service and the issuer."""
    before, refused, tried = await stored(bus), Refusals(), of_the_others(name)
    thief = await nats.connect(
        bus.url,
        nkeys_seed=str(bus.seeds.file(name)),
        inbox_prefix=f"_INBOX_{name}".encode(),
        error_cb=refused.hear,
    )
    try:
        for subject in tried:
            await thief.publish(subject, b"{}", reply=thief.new_inbox())
        await eventually(lambda: refused.all(said=len(tried)), seconds=60)
    finally:
        await thief.close()
    assert refused.said == {subject.lower() for subject in tried}
    assert await stored(bus) == before


FORBIDDEN_TO_HEAR = (
    ">",
    "careteam.>",
    "careteam.evt.>",
    "careteam.evt.intake.>",
    "careteam.rpc.prescribing.>",
    "careteam.mark.*",
    "careteam.mark.intake",
    "_INBOX.>",
    "_INBOX_prescribing.>",
    "$JS.>",
    "$SYS.>",
)


@pytest.mark.parametrize("subject", FORBIDDEN_TO_HEAR)
async def test_a_service_hears_nothing_but_its_own(bus: NatsPart, subject: str) -> None:
    await assert_cannot_hear(await connect(bus, "intake", asyncio.Queue()), subject, close=True)


async def test_a_foreign_reply_subject_writes_nothing(bus: NatsPart) -> None:
    """The attack that subject permissions alone do not stop (finding 3)."""
    async with bus.connected("prescribing") as author:
        await published(author, event_of("prescribing"))
    before = await stored(bus)
    foreign = event_of("prescribing", 7)
    async with bus.connected("intake") as attacker:
        request = b'{"batch": 5, "no_wait": true}'
        await attacker.publish(f"{NEXT}.intake", request, reply=foreign)
        await attacker.publish(f"{NEXT}.intake", request, reply=f"$JS.API.STREAM.PURGE.{STREAM}")
        await attacker.publish(f"{HUB_API}.STREAM.INFO.{STREAM}", b"", reply=foreign)
        await attacker.publish("careteam.rpc.prescribing.standing", b"", reply=foreign)
        await attacker.publish(event_of("intake"), b"{}", reply=foreign)
        await attacker.flush()
        await eventually(lambda: _stored_beyond(bus, before.last_seq))
    after = await stored(bus)
    assert after.messages == before.messages + 1, "its own event, and nothing in another's name"


async def test_an_answerer_cannot_be_made_to_publish_in_its_name(bus: NatsPart) -> None:
    """The asker chooses the reply subject; it stays a name inside the asker's account."""
    asked = asyncio.Event()

    async def answer(question: Msg) -> None:
        await question.respond(b"{}")
        asked.set()

    async with bus.connected("prescribing") as peer, bus.connected("intake") as attacker:
        await peer.subscribe("careteam.rpc.prescribing.>", cb=answer)
        await peer.flush()
        before = await stored(bus)
        await attacker.publish(
            "careteam.rpc.prescribing.standing", b"", reply=event_of("prescribing", 9)
        )
        await asyncio.wait_for(asked.wait(), 3)
        await peer.flush()
    assert await stored(bus) == before


async def test_nobody_enters_without_a_known_key(bus: NatsPart, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.seed"
    nkey_seed(stranger)
    for options in ({}, {"nkeys_seed": str(stranger)}, {"user": "intake", "password": "intake"}):
        with pytest.raises((NoServersError, Error)):
            await nats.connect(
                bus.url, allow_reconnect=False, max_reconnect_attempts=0, **_quiet(), **options
            )


async def test_the_provisioner_cannot_listen_to_services(bus: NatsPart) -> None:
    await assert_cannot_hear(await connect(bus, "bus", asyncio.Queue()), "careteam.>", close=True)


async def _soon(refusals: asyncio.Queue[Exception]) -> Exception:
    return await asyncio.wait_for(refusals.get(), 2)


async def _stored_beyond(bus: NatsPart, sequence: int) -> bool:
    return (await stored(bus)).last_seq > sequence


def _quiet() -> dict[str, Callable[[Exception], Awaitable[None]]]:
    async def nothing(_error: Exception) -> None:
        return None

    return {"error_cb": nothing}
