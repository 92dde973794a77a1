"""Timers that ask somebody first: never lost, never in the way of the others."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.messaging import Due
from shared.runtime.ids import new_id
from shared.serving.life import RunningService
from tests.messaging.conftest import until
from tests.support import toy
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase

pytestmark = pytest.mark.real


@dataclass
class Asking:
    """An asking policy that does as it is told."""

    runs: list[Due] = field(default_factory=list)
    fails: int = 0
    sets_anew: bool = False
    hangs: asyncio.Event | None = None
    peers: Any = None

    async def ask(self, due: Due, begin: Callable[[], Any], peers: Any) -> None:
        self.runs.append(due)
        self.peers = peers
        if len(self.runs) <= self.fails:
            raise RuntimeError("ordered to fail")
        if self.hangs is not None:
            await self.hangs.wait()
        async with begin() as uow:
            await uow.lock_client(due.client_id)
            await toy.tell(due.client_id, uow)
            if self.sets_anew:
                later = uow.now.replace(year=uow.now.year + 1)
                await uow.timers.set(due.kind, due.key, later, client_id=due.client_id)


@dataclass
class Clinic:
    service: RunningService[toy.ToyUnitOfWork]
    asking: Asking
    rings: toy.ToyTimers

    async def set(self, kind: str, client: UUID) -> None:
        async with self.service.transactions.begin() as uow:
            await uow.timers.set(kind, client, uow.now, client_id=client)

    async def rows(self, kind: str) -> list[sa.Row[Any]]:
        async with self.service.database.engine.connect() as connection:
            found = await connection.execute(
                sa.text("SELECT attempts, retry_at FROM timers WHERE kind = :kind"), {"kind": kind}
            )
            return list(found)

    async def none_left(self) -> bool:
        return not await self.rows("ask")


@pytest.fixture
async def clinic(bus: NatsPart, fresh_database: FreshDatabase) -> AsyncIterator[Clinic]:
    database = fresh_database("intake", migrated=False)
    await toy.make_tables(database)
    asking, rings = Asking(), toy.ToyTimers()
    service = RunningService(
        toy.definition("intake", timers=rings, asking_timers={"ask": asking.ask}),
        toy.settings(database, bus),
    )
    await service.start()
    yield Clinic(service, asking, rings)
    await service.stop()


async def test_it_asks_decides_and_is_gone(clinic: Clinic) -> None:
    await clinic.set("ask", client := new_id())
    await until(clinic.none_left)
    assert [due.client_id for due in clinic.asking.runs] == [client]
    assert isinstance(clinic.asking.runs[0], Due)
    assert clinic.asking.peers is clinic.service.peers
    async with clinic.service.transactions.begin() as uow:
        assert (await uow.tellers.get(client)).told == 1


async def test_what_it_sets_anew_stays(clinic: Clinic) -> None:
    clinic.asking.sets_anew = True
    await clinic.set("ask", new_id())
    await until(lambda: _ran(clinic, 1))
    await clinic.service.timers.fire_due()
    (row,) = await clinic.rows("ask")
    assert row.retry_at is None
    assert len(clinic.asking.runs) == 1


async def test_one_that_fails_is_tried_again(clinic: Clinic) -> None:
    clinic.asking.fails = 1
    await clinic.set("ask", new_id())
    await until(clinic.none_left)
    assert len(clinic.asking.runs) == 2


async def test_one_whose_process_died_comes_due_again(clinic: Clinic) -> None:
    """The row was lent and nobody reported back: the lending runs out."""
    async with clinic.service.transactions.begin() as uow:
        client = new_id()
        await uow.timers.set("ask", client, uow.now, client_id=client)
        await uow.connection.execute(
            sa.text("UPDATE timers SET retry_at = clock_timestamp() + interval '300 ms'")
        )
    await clinic.service.timers.fire_due()
    assert clinic.asking.runs == []
    await until(clinic.none_left)
    assert len(clinic.asking.runs) == 1


async def test_one_that_hangs_keeps_no_other_from_firing(clinic: Clinic) -> None:
    clinic.asking.hangs = asyncio.Event()
    await clinic.set("ask", new_id())
    await until(lambda: _ran(clinic, 1))
    await clinic.set("ring", client := new_id())
    await until(lambda: _rang(clinic))
    assert [due.client_id for due in clinic.rings.fired] == [client]
    assert len(await clinic.rows("ask")) == 1
    clinic.asking.hangs.set()
    await until(clinic.none_left)


async def test_settling_waits_for_what_another_round_has_begun(clinic: Clinic) -> None:
    """Otherwise the clinic would seem to be at rest while a timer is at work."""
    clinic.rings.goes_on = asyncio.Event()
    await clinic.set("ring", new_id())
    await clinic.rings.begun.wait()
    settling = asyncio.create_task(clinic.service.timers.fire_due())
    await clinic.set("ask", new_id())
    assert not settling.done()
    clinic.rings.goes_on.set()
    await settling
    assert len(clinic.rings.fired) == 1
    assert len(clinic.asking.runs) == 1


async def test_settling_sees_what_was_put_off_because_its_client_was_locked(clinic: Clinic) -> None:
    async with clinic.service.transactions.begin() as uow:
        client = new_id()
        await uow.timers.set("ring", client, uow.now, client_id=client)
        await uow.connection.execute(
            sa.text("UPDATE timers SET retry_at = clock_timestamp() + interval '300 ms'")
        )
    assert await clinic.service.timers.fire_due() == 1
    assert clinic.rings.fired == []
    await until(lambda: _rang(clinic))
    assert await clinic.service.timers.fire_due() == 0


async def _ran(clinic: Clinic, times: int) -> bool:
    return len(clinic.asking.runs) >= times


async def _rang(clinic: Clinic) -> bool:
    return bool(clinic.rings.fired)
