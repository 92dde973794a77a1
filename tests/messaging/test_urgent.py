"""What is urgent takes effect on receipt, whatever is missing or stuck before it (ruling 4)."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from careteam_contracts import intake
from shared.messaging import parked
from shared.messaging.pace import Pace
from shared.messaging.reading import Arrived
from shared.messaging.testing import Message, publish, said
from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, known_of, listener_of, scalar, until
from tests.support import toy

pytestmark = pytest.mark.real

LONG = Pace(back_off=(600.0,), gap=600.0, lanes=0.05, fold=0.1, position=0.1)
NO_BACK_OFF = Pace(back_off=(), gap=600.0, lanes=0.05, position=0.1)


@pytest.fixture
def consent() -> UUID:
    return new_id()


@pytest.fixture
async def messages(pair: Toys, client: UUID, consent: UUID) -> AsyncIterator[list[Message]]:
    """Told 1, told 2, alarm, told 3: in the outbox and nowhere else."""
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    await pair.tell(writer, client, 2)
    await pair.alarm(writer, client, consent)
    await pair.tell(writer, client, 1)
    connection = await pair.teller_database.connect()
    yield await said(connection, client)
    await connection.close()
    await writer.stop()


async def folded(listener: toy.Service, client: UUID, consent: UUID) -> bool:
    return consent in (await known_of(listener, client)).alarms


async def waiting(listener: toy.Service, count: int) -> bool:
    return (await listener.backlog())[1] == count


async def failed(listener: toy.Service, *, parked: bool) -> bool:
    return bool(
        await scalar(
            listener,
            "SELECT count(*) FROM lane_events"
            " WHERE attempts = 1 AND (parked_at IS NOT NULL) = :parked",
            parked=parked,
        )
    )


async def in_the_end(listener: toy.Service, client: UUID) -> bool:
    """Each effect once, the alarm's policy in its place."""
    return (await listener_of(listener, client)).order == ("told 1", "told 2", "alarm", "told 3")


async def test_from_behind_what_is_missing(
    pair: Toys, client: UUID, consent: UUID, messages: list[Message]
) -> None:
    listener = await pair.start_listener(pace=LONG)
    async with pair.bus.connected("intake") as bus:
        await publish(bus, [messages[0], messages[2], messages[3]])
        await until(lambda: folded(listener, client, consent))
        assert (await listener_of(listener, client)).order == ("told 1",)
        assert await scalar(listener, "SELECT sequence FROM lane_cursors") == 1
        await publish(bus, [messages[1]])
        await until(lambda: in_the_end(listener, client))


@pytest.mark.parametrize("pace", [LONG, NO_BACK_OFF], ids=["backing off", "parked"])
async def test_from_behind_what_failed(
    pair: Toys, client: UUID, consent: UUID, messages: list[Message], pace: Pace
) -> None:
    pair.ear.fails_on.add(2)
    listener = await pair.start_listener(pace=pace)
    async with pair.bus.connected("intake") as bus:
        await publish(bus, messages[:2])
        await until(lambda: failed(listener, parked=pace is NO_BACK_OFF))
        await publish(bus, messages[2:])
    await until(lambda: folded(listener, client, consent))
    assert (await listener_of(listener, client)).order == ("told 1",)
    pair.ear.fails_on.clear()
    event_id = UUID(messages[1].headers["ce-id"])
    await listener.transactions.run(lambda uow: parked.retry(event_id, uow))
    await until(lambda: in_the_end(listener, client))


async def test_its_own_failure_leaves_the_fact(
    pair: Toys, client: UUID, consent: UUID, messages: list[Message]
) -> None:
    """The policy of an urgent event fails: its fold is undone with it, and done again alone."""
    pair.ear.fails_on_alarm = True
    listener = await pair.start_listener(pace=LONG)
    async with pair.bus.connected("intake") as bus:
        await publish(bus, messages)
    await until(lambda: folded(listener, client, consent))
    assert (await listener_of(listener, client)).alarms == 0


async def test_a_fold_that_failed_is_tried_again_though_its_lane_is_stuck(
    pair: Toys, client: UUID, consent: UUID, messages: list[Message]
) -> None:
    pair.ear.cannot_fold_alarms = True
    listener = await pair.start_listener(pace=LONG)
    async with pair.bus.connected("intake") as bus:
        await publish(bus, [messages[0], messages[2]])
        await until(lambda: waiting(listener, 1))
    assert not await folded(listener, client, consent)
    pair.ear.cannot_fold_alarms = False
    await until(lambda: folded(listener, client, consent))
    assert await waiting(listener, 1)


async def test_what_was_received_and_not_folded_is_folded_at_the_next_start(
    pair: Toys, client: UUID, consent: UUID, messages: list[Message]
) -> None:
    """A process that dies between the commit and the fold, and whose message was acknowledged."""
    listener = await pair.start_listener(pace=LONG)

    async def dies(_arrived: Arrived) -> None:
        return None

    listener.consumer._fold_urgent = dies  # type: ignore[assignment,method-assign]
    async with pair.bus.connected("intake") as bus:
        await publish(bus, [messages[0], messages[2]])
        await until(lambda: waiting(listener, 1))
    await pair.stop(listener)
    listener = await pair.start_listener(pace=LONG)
    await until(lambda: folded(listener, client, consent))


async def test_what_is_not_urgent_is_not_folded_early(
    pair: Toys,
    client: UUID,
    consent: UUID,
    messages: list[Message],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The twin: without the mark in the catalogue, the fact waits with its event."""
    monkeypatch.setattr(intake.ConsentWithdrawn, "urgent", False)
    listener = await pair.start_listener(pace=LONG)
    async with pair.bus.connected("intake") as bus:
        await publish(bus, [messages[0], messages[2], messages[3]])
        await until(lambda: waiting(listener, 2))
        assert not await folded(listener, client, consent)
        await publish(bus, [messages[1]])
    await until(lambda: in_the_end(listener, client))
    assert await folded(listener, client, consent)
