"""What is missing is waited for, asked for and never given up (ruling 3)."""

from uuid import UUID

import pytest

from shared.messaging.pace import Pace
from shared.runtime.ids import new_id
from tests.messaging.conftest import QUICK, Toys, listener_of, scalar, until
from tests.support import toy
from tests.support.postgres_part import ServiceDatabase

pytestmark = pytest.mark.real


async def hidden(database: ServiceDatabase, client: UUID, *numbers: int) -> None:
    """Make the relay believe that it has published these: as if the stream had lost them."""
    connection = await database.connect()
    changed = await connection.execute(
        "UPDATE outbox SET published_at = clock_timestamp() - interval '1 hour',"
        " stream_sequence = 0 WHERE client_id = $1 AND client_sequence = ANY($2::bigint[])",
        client,
        list(numbers),
    )
    assert changed == f"UPDATE {len(numbers)}"
    await connection.close()


async def told_with_a_gap(pair: Toys, client: UUID, count: int, *missing: int) -> toy.Service:
    """A teller whose stream lacks some of what it told."""
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    await pair.tell(writer, client, count)
    await hidden(pair.teller_database, client, *missing)
    await writer.stop()
    return await pair.start_teller()


async def waiting(listener: toy.Service, count: int) -> bool:
    return (await listener.backlog())[1] == count


async def test_the_owner_is_asked_and_what_was_missing_takes_its_place(
    pair: Toys, client: UUID
) -> None:
    await told_with_a_gap(pair, client, 6, 2, 3)
    listener = await pair.start_listener()
    await until(lambda: waiting(listener, 3))
    await until(lambda: pair.everything_heard(listener, client, 6))


async def test_a_gap_as_long_as_a_lane_hides_nothing(pair: Toys, client: UUID) -> None:
    """The missing event comes last in the stream, behind many that wait for it."""
    await told_with_a_gap(pair, client, 150, 1)
    listener = await pair.start_listener()
    await until(lambda: pair.everything_heard(listener, client, 150), 60)


async def test_a_gap_behind_a_parked_event_is_asked_for_meanwhile(pair: Toys, client: UUID) -> None:
    pair.ear.fails_on.add(2)
    await told_with_a_gap(pair, client, 6, 4)
    listener = await pair.start_listener(pace=Pace(back_off=(), gap=0.2, lanes=0.05, position=0.1))
    await until(lambda: waiting(listener, 3))
    assert await toy.heard(listener, client) == (1,)


async def test_a_producer_that_is_down_is_asked_again(pair: Toys, client: UUID) -> None:
    teller = await told_with_a_gap(pair, client, 5, 2)
    await until(lambda: nothing_unsaid(teller))
    await pair.stop(teller)
    listener = await pair.start_listener()
    await until(lambda: waiting(listener, 3))
    await until(lambda: asked(listener, 0))
    await pair.start_teller()
    await until(lambda: pair.everything_heard(listener, client, 5), 30)


async def test_a_producer_that_is_down_holds_up_nobody_else_s_lane(
    trio: Toys, client: UUID
) -> None:
    """Many gaps of a peer that does not answer, and another's event that only has to be tried."""
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(trio.teller_database, trio.bus)
    )
    for _ in range(5):
        await trio.tell(writer, one := new_id(), 2)
        await hidden(trio.teller_database, one, 1)
    await writer.stop()
    teller = await trio.start_teller()
    await until(lambda: nothing_unsaid(teller))
    await trio.stop(teller)
    listener = await trio.start_listener()
    await until(lambda: waiting(listener, 5))
    chimer = await trio.start_chimer()
    for number in range(1, 6):
        await trio.chime(chimer, client, 1)
        await until(lambda: _chimed(listener, client, number), 8)  # noqa: B023


async def test_without_asking_it_waits_for_ever(pair: Toys, client: UUID) -> None:
    """The twin: nobody asks, and nothing is jumped over."""
    await told_with_a_gap(pair, client, 4, 2)
    listener = await pair.start_listener(pace=Pace(back_off=QUICK.back_off, gap=3600.0, lanes=0.05))
    await until(lambda: waiting(listener, 2))
    listener.lanes.wake()
    await pair.tell(pair.running[0], other := new_id(), 3)
    await until(lambda: pair.everything_heard(listener, other, 3))
    assert await toy.heard(listener, client) == (1,)
    assert await waiting(listener, 2)


async def nothing_unsaid(service: toy.Service) -> bool:
    return (await service.backlog())[0] == 0


async def asked(listener: toy.Service, times: int) -> bool:
    found = await scalar(listener, "SELECT count(asked_again_at) FROM lane_events")
    return bool(found == times)


async def _chimed(listener: toy.Service, client: UUID, count: int) -> bool:
    return (await listener_of(listener, client)).chimes == tuple(range(1, count + 1))
