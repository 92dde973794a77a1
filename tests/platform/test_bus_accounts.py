"""Who may say and hear what: everything a service needs works, everything else is refused.

The attacks are those of reliability 2.6, tried with a service's own key against the real server.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError, NoServersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import StreamState
from nats.js.errors import NotFoundError

from cli.bus.names import HUB_API, STREAM
from cli.clinic.secrets import nkey_seed
from cli.clinic.services import SERVICES
from tests.support.nats_part import NatsPart
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

NEXT = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}"


def event_of(service: str, number: int = 0) -> str:
    return f"careteam.evt.{service}.something_happened.v1.p{number:02}"


async def published(client: Client, subject: str, body: bytes = b"{}") -> int:
    return (await client.jetstream(timeout=2).publish(subject, body, stream=STREAM)).seq


async def fetched(client: Client, service: str, most: int) -> list[Msg]:
    inbox = client.new_inbox()
    subscription = await client.subscribe(inbox)
    request = {"batch": most, "expires": 2_000_000_000}
    await client.publish(f"{NEXT}.{service}", json.dumps(request).encode(), inbox)
    messages = [await subscription.next_msg(3) for _ in range(most)]
    await subscription.unsubscribe()
    return messages


async def stored(bus: NatsPart) -> StreamState:
    async with bus.connected("bus") as hub:
        return (await hub.jetstream().stream_info(STREAM)).state


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_publishes_its_own_and_is_answered(bus: NatsPart, service: str) -> None:
    async with bus.connected(service) as client:
        first = await published(client, event_of(service))
        second = await published(client, f"careteam.int.{service}.noted.v1.p63")
        canary = await published(client, f"careteam.canary.{service}")
    assert first < second < canary == (await stored(bus)).last_seq


async def test_a_service_fetches_the_others_events_and_acknowledges(bus: NatsPart) -> None:
    bus.renew_stream()
    async with bus.connected("intake") as intake, bus.connected("prescribing") as prescribing:
        for number in range(3):
            await published(intake, event_of("intake", number))
            await published(prescribing, event_of("prescribing", number))
        got = await fetched(prescribing, "prescribing", 3)
        assert [message.subject for message in got] == [event_of("intake", n) for n in range(3)]
        await got[0].ack()
        await got[1].ack_sync(timeout=2)
        await got[2].nak()
        (again,) = await fetched(prescribing, "prescribing", 1)
        assert again.metadata.sequence.stream == got[2].metadata.sequence.stream
        await again.ack_sync(timeout=2)
    async with bus.connected("bus") as hub:
        state = await hub.jetstream().consumer_info(STREAM, "prescribing")
    assert (state.num_pending, state.num_ack_pending) == (0, 0)


async def test_a_service_learns_the_streams_first_sequence_and_age(bus: NatsPart) -> None:
    async with bus.connected("intake") as client:
        last = await published(client, event_of("intake"))
        found = await client.jetstream(prefix=HUB_API).stream_info(STREAM)
    assert found.state.last_seq == last
    assert found.created is not None


async def test_a_service_learns_how_far_its_own_consumer_is(bus: NatsPart) -> None:
    bus.renew_stream()
    async with bus.connected("intake") as author, bus.connected("prescribing") as reader:
        last = await published(author, event_of("intake"))
        (message,) = await fetched(reader, "prescribing", 1)
        await message.ack_sync(timeout=2)
        hub = reader.jetstream(prefix=HUB_API)
        assert (await hub.consumer_info(STREAM, "prescribing")).ack_floor.stream_seq == last
        with pytest.raises((NatsTimeoutError, NoRespondersError, NotFoundError)):
            await reader.jetstream(prefix=HUB_API, timeout=0.2).consumer_info(STREAM, "intake")


async def test_a_gate_asks_its_peer_and_is_answered(bus: NatsPart) -> None:
    async def answer(question: Msg) -> None:
        await question.respond(b"standing of " + question.data)

    async with bus.connected("scheduling") as asker, bus.connected("prescribing") as peer:
        await peer.subscribe("careteam.rpc.prescribing.>", cb=answer)
        await peer.flush()
        answered = await asker.request("careteam.rpc.prescribing.standing", b"a course", timeout=2)
        assert answered.data == b"standing of a course"


async def test_a_watermark_reaches_every_peer(bus: NatsPart) -> None:
    async with bus.connected("intake") as author, bus.connected("notifications") as peer:
        heard = await peer.subscribe("careteam.mark.intake")
        await peer.flush()
        await author.publish("careteam.mark.intake", b"42")
        assert (await heard.next_msg(2)).data == b"42"


async def test_a_doorbell_is_heard_inside_its_service_only(bus: NatsPart) -> None:
    async with bus.connected("intake") as one, bus.connected("intake") as two:
        heard = await two.subscribe("careteam.door.intake")
        await two.flush()
        await one.publish("careteam.door.intake", b"")
        await heard.next_msg(2)
        await assert_cannot_hear(one, "careteam.door.scheduling")


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


async def assert_cannot_hear(client: Client, subject: str, *, close: bool = False) -> None:
    try:
        subscription = await client.subscribe(subject)
        with pytest.raises(Error):
            await subscription.next_msg(0.3)
        assert "permissions violation for subscription" in str(client.last_error).lower()
    finally:
        if close:
            await client.close()


async def connect(bus: NatsPart, user: str, refusals: asyncio.Queue[Exception]) -> Client:
    return await nats.connect(
        bus.url,
        nkeys_seed=str(bus.seeds.file(user)),
        inbox_prefix=f"_INBOX_{user}".encode(),
        allow_reconnect=False,
        error_cb=refusals.put,
    )


async def _soon(refusals: asyncio.Queue[Exception]) -> Exception:
    return await asyncio.wait_for(refusals.get(), 2)


async def _stored_beyond(bus: NatsPart, sequence: int) -> bool:
    return (await stored(bus)).last_seq > sequence


def _quiet() -> dict[str, Callable[[Exception], Awaitable[None]]]:
    async def nothing(_error: Exception) -> None:
        return None

    return {"error_cb": nothing}
