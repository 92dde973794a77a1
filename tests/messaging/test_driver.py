"""What a transaction promises when the platform's statements go past SQLAlchemy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.runtime.ids import new_id
from shared.serving.life import RunningService
from shared.storage.driver import SwallowedErrorError, driver_of
from shared.storage.failures import is_database_away
from tests.messaging.conftest import Pair
from tests.support import toy

_COUNT = sa.text("SELECT count(*) FROM client_sequences")
_INSERT = "INSERT INTO client_sequences (client_id, last) VALUES ($1, 1)"


Service = RunningService[toy.ToyUnitOfWork]
Work = Callable[[toy.ToyUnitOfWork], Awaitable[None]]


@pytest.fixture
async def service(pair: Pair) -> AsyncIterator[Service]:
    made: Service = RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    yield made
    await made.database.close()


async def _within(service: Service, work: Work) -> None:
    async with service.transactions.begin() as uow:
        await work(uow)


async def _count(service: Service) -> int:
    async with service.transactions.begin() as uow:
        return int((await uow.connection.execute(_COUNT)).scalar_one())


async def test_both_ways_share_one_transaction(
    service: Service,
) -> None:
    async with service.transactions.begin() as uow:
        await driver_of(uow.connection).execute(_INSERT, new_id())
        assert (await uow.connection.execute(_COUNT)).scalar_one() == 1
        assert await _count(service) == 0
    assert await _count(service) == 1


async def test_what_raises_leaves_nothing(service: Service) -> None:
    async def write_both_ways_and_fail(uow: toy.ToyUnitOfWork) -> None:
        await driver_of(uow.connection).execute(_INSERT, new_id())
        await uow.connection.execute(
            sa.text("INSERT INTO client_sequences VALUES (:id, 1)"), {"id": new_id()}
        )
        raise LookupError

    with pytest.raises(LookupError):
        await _within(service, write_both_ways_and_fail)
    assert await _count(service) == 0


async def test_a_nested_part_is_undone_alone(
    service: Service,
) -> None:
    twice = new_id()
    async with service.transactions.begin() as uow:
        await driver_of(uow.connection).execute(_INSERT, twice)
        with pytest.raises(IntegrityError):
            async with uow.connection.begin_nested():
                await driver_of(uow.connection).execute(_INSERT, twice)
    assert await _count(service) == 1


async def test_a_swallowed_failure_is_not_taken_for_a_commit(
    service: Service,
) -> None:
    async def write_and_swallow(uow: toy.ToyUnitOfWork) -> None:
        await driver_of(uow.connection).execute(_INSERT, new_id())
        with pytest.raises(DBAPIError):
            await driver_of(uow.connection).execute("SELECT 1 / 0")

    with pytest.raises(SwallowedErrorError):
        await _within(service, write_and_swallow)
    assert await _count(service) == 0


async def test_connections_that_broke_meanwhile_are_not_handed_out(service: Service) -> None:
    async def break_the_connection(uow: toy.ToyUnitOfWork) -> None:
        await driver_of(uow.connection).execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DBAPIError) as broken:
        await _within(service, break_the_connection)
    assert is_database_away(broken.value)
    assert await _count(service) == 0


async def test_work_that_is_given_up_at_any_point_leaves_no_transaction_open(
    service: Service,
) -> None:
    """Also in the middle of its beginning: the next one would be within it, with its scope."""

    async def work() -> None:
        async with service.transactions.begin() as uow:
            await driver_of(uow.connection).execute(_INSERT, new_id())

    async with service.database.engine.connect() as connection:
        await connection.execute(sa.text("SELECT 1"))  # the next one is taken from the pool
    given_up = 0
    for turns in range(40):
        working = asyncio.create_task(work())
        for _ in range(turns):
            await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working])
        given_up += working.cancelled()
        for _ in range(2):
            async with service.database.engine.begin() as connection:
                scope = sa.text("SELECT current_setting('careteam.scope', true)")
                assert not (await connection.execute(scope)).scalar_one(), f"after {turns} turns"
    assert given_up >= 2, "in its beginning, and later"


async def test_outside_a_transaction_it_is_refused(
    service: Service,
) -> None:
    async with service.database.engine.connect() as connection:
        with pytest.raises(RuntimeError):
            driver_of(connection)
