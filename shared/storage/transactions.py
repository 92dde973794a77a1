"""The edge: opens a unit of work, commits it once (ruling 2), tries again what a race undid."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.audit import Attempt
from shared.runtime.clock import Clock
from shared.runtime.ids import new_id
from shared.storage import scope
from shared.storage.audit_trail import AuditTrail, changed_something
from shared.storage.context import SYSTEM, Actor, Context
from shared.storage.driver import Driver, raw_driver
from shared.storage.errors import StaleVersion
from shared.storage.failures import driver_error, is_database_away, is_race
from shared.storage.unit_of_work import SqlUnitOfWork

__all__ = ["OpenUnitOfWork", "Transactions", "driver_error", "is_database_away", "is_race"]

U = TypeVar("U", bound=SqlUnitOfWork)
U_co = TypeVar("U_co", bound=SqlUnitOfWork, covariant=True)
T = TypeVar("T")

ATTEMPTS: Final = 5


class OpenUnitOfWork(Protocol[U_co]):
    """Makes the service's unit of work on an open transaction."""

    def __call__(self, connection: AsyncConnection, context: Context) -> U_co: ...


class Transactions(Generic[U]):
    """Opens transactions of one service."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        open_unit_of_work: OpenUnitOfWork[U],
        *,
        trail: AuditTrail,
        on_events: Callable[[], None],
        on_timers: Callable[[], None],
        on_change: Callable[[], None] = lambda: None,
        on_erased: Callable[[], None] = lambda: None,
    ) -> None:
        # The driver begins and ends transactions here, so SQLAlchemy must not.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._clock = clock
        self._open = open_unit_of_work
        self._trail = trail
        self._on_events = on_events
        self._on_timers = on_timers
        self._on_change = on_change
        self._on_erased = on_erased

    def context(self, actor: Actor = SYSTEM) -> Context:
        """A new context of its own cause, at the clinic's present time."""
        return Context(actor=actor, now=self._clock.now(), correlation_id=new_id())

    @asynccontextmanager
    async def begin(
        self,
        context: Context | None = None,
        on_conclusion: Callable[[SqlUnitOfWork, Any], Awaitable[None]] | None = None,
    ) -> AsyncIterator[U]:
        """One transaction: committed at the end of the block, undone when the block raises."""
        async with self._engine.connect() as connection:
            driver = Driver(raw_driver(connection))
            try:
                context = context or self.context()
                await driver.begin(scope.begin(context))
                uow = self._open(connection, context)
                uow.on_conclusion = on_conclusion
                yield uow
                await uow.flush()
                accounted = await self._account(uow, driver)
                await driver.commit()
            except BaseException:
                await driver.roll_back()
                raise
        if context.attempt is not None:
            context.attempt.decided += uow.receipts.recorded
        if accounted is not None:
            accounted.wrote(uow.concerned)
        if uow.said:
            self._on_events()
        if uow.timers.touched:
            self._on_timers()
        if uow.may_have_changed:
            self._on_change()
        if uow.erased:
            self._on_erased()

    async def account(self, attempt: Attempt) -> None:
        """Add a row in a transaction of its own: of what was denied, undone, or needed none."""
        async with self._engine.connect() as connection:
            driver = Driver(raw_driver(connection))
            try:
                await driver.begin(scope.begin(self.context()))
                await self._trail.add(driver, [attempt.entry(self._clock.now())])
                await driver.commit()
            except BaseException:
                await driver.roll_back()
                raise
        attempt.wrote(())

    async def _account(self, uow: U, driver: Driver) -> Attempt | None:
        """Add what the transaction owes to the audit chain: without that it does not commit.

        Returns the attempt of which it tells, for the time after the commit.
        """
        attempt = uow.context.attempt
        owes = attempt is not None and (
            attempt.owes(uow.concerned) or await changed_something(driver)
        )
        entries = list(uow.accounted)
        if attempt is not None and owes:
            entries.append(attempt.entry(uow.now, uow.concerned, uow.receipts.recorded))
        if entries:
            await self._trail.add(driver, entries)
        return attempt if owes else None

    async def run(self, work: Callable[[U], Awaitable[T]], context: Context | None = None) -> T:
        """Run ``work`` in one transaction, again when a race with another undid it.

        ``work`` must have no effect outside its transaction.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self.begin(context) as uow:
                    return await work(uow)
            except (DBAPIError, StaleVersion) as error:
                if attempt == ATTEMPTS or not is_race(error):
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")
