"""Everything that a service needs on the bus works, with its own key and no more."""

import json

import pytest
from nats.aio.msg import Msg
from nats.errors import NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import NotFoundError

from cli.bus.names import FEED, HUB_API, STREAM
from cli.clinic.services import SERVICES
from tests.support.bus_talk import (
    NEXT,
    PATIENCE,
    assert_cannot_hear,
    event_of,
    fetched,
    published,
    stored,
)
from tests.support.nats_part import NatsPart

pytestmark = pytest.mark.real


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
        await got[1].ack_sync(timeout=PATIENCE)
        await got[2].nak()
        (again,) = await fetched(prescribing, "prescribing", 1)
        assert again.metadata.sequence.stream == got[2].metadata.sequence.stream
        await again.ack_sync(timeout=PATIENCE)
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
        await message.ack_sync(timeout=PATIENCE)
        hub = reader.jetstream(prefix=HUB_API)
        assert (await hub.consumer_info(STREAM, "prescribing")).ack_floor.stream_seq == last
        with pytest.raises((NatsTimeoutError, NoRespondersError, NotFoundError)):
            await reader.jetstream(prefix=HUB_API, timeout=0.2).consumer_info(STREAM, "intake")


async def test_the_feed_gives_the_next_only_when_the_one_before_it_has_arrived(
    bus: NatsPart,
) -> None:
    bus.renew_stream()
    async with bus.connected("intake") as intake, bus.connected("notifications") as reader:
        await published(intake, "careteam.int.intake.noted.v1.p00")
        for number in range(2):
            await published(intake, event_of("intake", number))
        await published(reader, event_of("notifications", 2))
        inbox = reader.new_inbox()
        arriving = await reader.subscribe(inbox)
        request = {"batch": 3, "expires": 60_000_000_000}
        await reader.publish(f"{NEXT}.{FEED}", json.dumps(request).encode(), inbox)
        for number, author in enumerate(("intake", "intake", "notifications")):
            message = await arriving.next_msg(PATIENCE)
            assert message.subject == event_of(author, number)
            with pytest.raises(NatsTimeoutError):
                await arriving.next_msg(0.3)
            await message.ack_sync(timeout=PATIENCE)


async def test_nobody_else_fetches_what_integrators_are_told(bus: NatsPart) -> None:
    async with bus.connected("prescribing") as stranger:
        await published(stranger, event_of("prescribing"))
        with pytest.raises(NatsTimeoutError):
            await fetched(stranger, FEED, 1, within=1.0)


async def test_a_gate_asks_its_peer_and_is_answered(bus: NatsPart) -> None:
    async def answer(question: Msg) -> None:
        await question.respond(b"standing of " + question.data)

    async with bus.connected("scheduling") as asker, bus.connected("prescribing") as peer:
        await peer.subscribe("careteam.rpc.prescribing.>", cb=answer)
        await peer.flush()
        subject = "careteam.rpc.prescribing.standing"
        answered = await asker.request(subject, b"a course", timeout=PATIENCE)
        assert answered.data == b"standing of a course"


async def test_a_watermark_reaches_every_peer(bus: NatsPart) -> None:
    async with bus.connected("intake") as author, bus.connected("notifications") as peer:
        heard = await peer.subscribe("careteam.mark.intake")
        await peer.flush()
        await author.publish("careteam.mark.intake", b"42")
        assert (await heard.next_msg(PATIENCE)).data == b"42"


async def test_a_doorbell_is_heard_inside_its_service_only(bus: NatsPart) -> None:
    async with bus.connected("intake") as one, bus.connected("intake") as two:
        heard = await two.subscribe("careteam.door.intake")
        await two.flush()
        await one.publish("careteam.door.intake", b"")
        await heard.next_msg(PATIENCE)
        await assert_cannot_hear(one, "careteam.door.scheduling")
