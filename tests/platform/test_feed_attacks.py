"""What an integrator on NATS tries beyond its own consumer comes to nothing (reliability E4).

The attacks of 2.6 and more, on a real server with the accounts of a clinic and two integrators. For
each, every stream is counted before and after. An *insider* could use everything in the accounts of
an integrator, which nobody can: it shows that the accounts hold without the permissions too. That
the attacks succeed where the accounts are not apart is shown in ``test_bus_wall_twin``.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error, NoRespondersError, NoServersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import APIError

from cli.bus.feed_accounts import MOST_CONNECTIONS, SOURCE_API
from cli.bus.names import HUB_API, STREAM
from cli.clinic.secrets import nkey_seed
from shared.messaging.feeds import API_OF_A_FEED, STREAM_OF_A_FEED, feed_api
from tests.support.bus_talk import PATIENCE, event_of
from tests.support.feed_attacks import (
    BODIES,
    FORBIDDEN_TO_HEAR,
    FORBIDDEN_TO_SAY,
    FOREIGN,
    Refusals,
    Ring,
    attacked,
)
from tests.support.integrators import ids, pulling
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

NEXT: Final = f"{API_OF_A_FEED}.CONSUMER.MSG.NEXT.{STREAM_OF_A_FEED}.acme"
INFO: Final = f"{API_OF_A_FEED}.CONSUMER.INFO.{STREAM_OF_A_FEED}.acme"
WITHIN: Final = int(PATIENCE)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    with attacked(tmp_path_factory.mktemp("ring")) as made:
        yield made


async def test_it_says_nothing_but_what_its_own_consumer_is_asked_by(ring: Ring) -> None:
    before, refused = await ring.counted(), Refusals()
    async with ring.acme.connected(error_cb=refused.hear) as attacker:
        for subject in FORBIDDEN_TO_SAY:
            await attacker.publish(subject, b"{}", reply=attacker.new_inbox())
        await eventually(lambda: refused.all(said=len(FORBIDDEN_TO_SAY)))
    assert refused.said == {subject.lower() for subject in FORBIDDEN_TO_SAY}
    assert await ring.counted() == before


async def test_it_hears_nothing_but_its_own(ring: Ring) -> None:
    refused = Refusals()
    async with ring.acme.connected(error_cb=refused.hear) as attacker:
        for subject in FORBIDDEN_TO_HEAR:
            await attacker.subscribe(subject)
        await eventually(lambda: refused.all(heard=len(FORBIDDEN_TO_HEAR)))
    assert refused.heard == {subject.lower() for subject in FORBIDDEN_TO_HEAR}


async def test_a_foreign_reply_subject_does_nothing(ring: Ring) -> None:
    """An event, an empty status and a JSON answer are sent to each; no permission covers that."""
    before = await ring.counted()
    async with ring.acme.connected() as attacker:
        for subject in FOREIGN:
            await attacker.publish(NEXT, b'{"batch": 1, "no_wait": true}', reply=subject)
            await attacker.publish(NEXT, b'{"batch": 1, "expires": 1000000}', reply=subject)
            await attacker.publish(INFO, b"", reply=subject)
        await attacker.flush(WITHIN)
        feed = await pulling(attacker, "acme")
        await eventually(lambda: _answers(feed))
    assert await ring.counted() == before


@pytest.mark.parametrize("header", ["Nats-Trace-Dest", "traceparent"])
async def test_a_trace_tells_and_writes_nothing(ring: Ring, header: str) -> None:
    """A message with such a header can make the server write where the header says."""
    before = await ring.counted()
    async with ring.acme.connected() as attacker:
        for dest in (event_of("prescribing"), "feed.zeta.S.guessed", "_INBOX_zeta.anything"):
            told = {header: dest, "Nats-Trace-Only": "true"}
            await attacker.publish(INFO, b"", headers=told)
        await attacker.flush(WITHIN)
        await eventually(lambda: _answers_to(attacker))
    assert await ring.counted() == before


async def test_nobody_enters_without_its_key(ring: Ring, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.key"
    nkey_seed(stranger)
    for options in ({}, {"nkeys_seed": str(stranger)}, {"user": "acme", "password": "acme"}):
        with pytest.raises((NoServersError, Error)):
            await nats.connect(
                ring.bus.url,
                allow_reconnect=False,
                max_reconnect_attempts=0,
                error_cb=Refusals().hear,
                **options,
            )


async def test_quotas_hold(ring: Ring) -> None:
    """Big messages, many connections, subscriptions and pulls; more streams and consumers."""
    before = await ring.counted()
    async with ring.acme.connected() as attacker:
        await attacker.publish(NEXT, b"x" * 5000)
        await eventually(lambda: _is(attacker.is_closed))
    async with ring.acme.connected() as attacker:
        statuses: asyncio.Queue[str] = asyncio.Queue()
        inbox = attacker.new_inbox()

        async def heard(message: Any) -> None:
            await statuses.put((message.headers or {}).get("Status", "event"))

        await attacker.subscribe(inbox, cb=heard)
        for _ in range(200):
            await attacker.publish(NEXT, b'{"batch": 1, "expires": 2000000000}', reply=inbox)
        found = [await asyncio.wait_for(statuses.get(), PATIENCE) for _ in range(180)]
        assert "409" in found, "no more than so many wait"
    async with AsyncExitStack() as stack:
        for _ in range(MOST_CONNECTIONS):
            await stack.enter_async_context(ring.zeta.connected())
        with pytest.raises((NoServersError, Error)):
            await stack.enter_async_context(ring.zeta.connected(max_reconnect_attempts=0))
    async with ring.inside.connected() as insider:
        own = insider.jetstream(timeout=PATIENCE)
        with pytest.raises(APIError, match="maximum"):
            await own.add_stream(name="MINE", subjects=["mine"], max_bytes=1024)
        with pytest.raises(APIError, match="maximum"):
            await own.add_consumer(STREAM_OF_A_FEED, durable_name="mine")
    await eventually(lambda: _same(ring, before))


async def test_the_account_itself_reaches_no_internal_event(ring: Ring) -> None:
    """With every right in the account of the stream: forged filters, and none, are refused."""
    before = await ring.counted()

    async def tried(insider: Client, subject: str, config: dict[str, Any]) -> None:
        made = {"name": "mine", "ack_policy": "none", **config}
        asked = json.dumps({"stream_name": STREAM, "config": made}).encode()
        try:
            answer = await insider.request(subject, asked, timeout=1)
        except (NatsTimeoutError, NoRespondersError):
            return
        assert "error" in json.loads(answer.data), (subject, answer.data)

    async with ring.inside.connected() as insider:
        await asyncio.gather(
            *(
                tried(insider, f"{api}.{question}", config)
                for api in (SOURCE_API, HUB_API, "$JS.API")
                for question, config in BODIES
            )
        )
        for subject in (event_of("prescribing"), "careteam.int.intake.noted.v1.p00"):
            await insider.publish(subject, b"{}")
        await insider.flush(WITHIN)
    assert await ring.counted() == before


async def test_whoever_comes_in_has_no_stream_to_harm(ring: Ring) -> None:
    """With every right in the account where the integrator comes in: there is none."""
    before = await ring.counted()
    async with ring.outside.connected() as outsider:
        own = outsider.jetstream(timeout=PATIENCE)
        for deed in (own.delete_stream, own.purge_stream, own.stream_info):
            with pytest.raises((APIError, Error)):
                await deed(STREAM_OF_A_FEED)
        with pytest.raises((APIError, Error)):
            await own.delete_consumer(STREAM_OF_A_FEED, "acme")
        for subject in (event_of("prescribing"), "feed.zeta.S.guessed", "feed.acme.S.guessed"):
            await outsider.publish(subject, b"{}")
        await outsider.flush(WITHIN)
    assert await ring.counted() == before


async def test_a_service_does_not_reach_a_feed(ring: Ring) -> None:
    """Not even notifications, which may ask how far an integrator is."""
    before = await ring.counted()
    consumer = f"{STREAM_OF_A_FEED}.zeta"
    async with ring.bus.connected("notifications") as service:
        told = await service.request(
            f"{feed_api('zeta')}.CONSUMER.INFO.{consumer}", b"", timeout=PATIENCE
        )
        assert json.loads(told.data)["num_pending"] == 6
        for question in (f"MSG.NEXT.{consumer}", f"DELETE.{consumer}"):
            subject = f"{feed_api('zeta')}.CONSUMER.{question}"
            with pytest.raises((NatsTimeoutError, NoRespondersError)):
                await service.request(subject, b"", timeout=0.3)
    assert await ring.counted() == before


async def test_what_it_may_works_and_the_count_would_show_what_it_may_not(ring: Ring) -> None:
    """The twin: an event that somebody does write, and one that somebody does take, are seen."""
    before = await ring.counted()
    async with ring.bus.connected("scheduling") as author:
        await author.jetstream(timeout=PATIENCE).publish(
            "careteam.evt.scheduling.session_scheduled.v1.p01", b"{}", headers={"Nats-Msg-Id": "e"}
        )
    told = await ring.zeta.took(7)
    assert ids(told[-1:]) == ["e"]
    assert not [message for message in told if message.subject.startswith("careteam.int.")]
    after = await ring.counted()
    assert all(one != other for one, other in zip(before, after, strict=True))


async def _answers(feed: Any) -> bool:
    return bool(await feed.consumer_info())


async def _answers_to(client: Client) -> bool:
    return bool(await (await pulling(client, "acme")).consumer_info())


async def _same(ring: Ring, before: tuple[object, ...]) -> bool:
    return await ring.counted() == before


async def _is(value: bool) -> bool:
    return value
