"""One transaction: what it loaded, what it changed, what it will say.

A service's own unit of work subclasses this one and adds its repositories. Handlers use it and
never commit; the edge that opened it does, once.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.audit import Entry, Outcome
from shared.protocol import ClinicProtocol, Pin, ProtocolLibrary
from shared.runtime.ids import new_id
from shared.storage.aggregates import Aggregate
from shared.storage.answered_commands import SqlAnsweredCommands
from shared.storage.context import Actor, Context, Freshness
from shared.storage.course_protocols import SqlCourseProtocols
from shared.storage.emergency import EmergencyAccess, SqlEmergencyAccesses
from shared.storage.erasures import erase
from shared.storage.facts import SqlFacts
from shared.storage.locks import lock_clients, try_lock_clients
from shared.storage.reach import SqlReach
from shared.storage.receipts import SqlReceipts
from shared.storage.recorded_gates import RecordedGates
from shared.storage.relations import Given, Related, write_relations
from shared.storage.seals import Seals
from shared.storage.timers import SqlTimers


class EventSink(Protocol):
    """Where domain events go: the outbox."""

    def stage(self, kind: str, aggregate: Aggregate, event: Any, context: Context) -> None:
        """Take an event that became true in this transaction."""
        ...

    async def flush(self, connection: AsyncConnection) -> int:
        """Write the staged events to the outbox; returns how many there were."""
        ...


class FreshnessSource(Protocol):
    """How well each producer's events are known."""

    async def of(self, connection: AsyncConnection, client_id: UUID) -> Mapping[str, Freshness]:
        """Freshness per producer for one client."""
        ...

    async def team_age(self, connection: AsyncConnection) -> float | None:
        """How old, in seconds, what is known of care teams is; None when that was never proven."""
        ...


class SqlUnitOfWork:
    """The platform's part of every service's unit of work."""

    recorded_gates: ClassVar[RecordedGates] = RecordedGates()
    """The gates whose receipts can be replayed; a service's own unit of work names its own."""

    def __init__(
        self,
        connection: AsyncConnection,
        context: Context,
        *,
        protocols: ProtocolLibrary,
        timezone: ZoneInfo,
        events: EventSink,
        freshness: FreshnessSource,
        seals: Seals,
    ) -> None:
        self.connection = connection
        self.context = context
        self.seals = seals
        self.protocols = protocols
        self.course_protocols = SqlCourseProtocols(connection, protocols)
        self.timezone = timezone
        self.timers = SqlTimers(connection)
        self.versions: dict[UUID, int] = {}
        self.receipts = SqlReceipts(
            connection,
            lambda: self.context,
            self.protocol_of,
            self.recorded_gates,
            self.versions,
            seals=seals,
        )
        self.answered = SqlAnsweredCommands(connection, seals)
        self.emergencies = SqlEmergencyAccesses(self)
        self.said = 0
        """How many events this transaction has put into the outbox so far."""
        self.on_conclusion: Callable[[SqlUnitOfWork, Any], Awaitable[None]] | None = None
        self.reach = SqlReach(connection, context, lambda: freshness.team_age(connection))
        self._events = events
        self._freshness = freshness
        self._locked: set[UUID] = set()
        self._shown: set[UUID] = set()
        self.accounted: list[Entry] = []
        """What the audit chain will tell of beside the attempt: details told to peers, and ends."""
        self._given: Given = {}
        self.erased: set[UUID] = set()

    @property
    def now(self) -> datetime:
        """The clinic's time, one value per transaction."""
        return self.context.now

    @property
    def actor(self) -> Actor:
        return self.context.actor

    def new_id(self) -> UUID:
        return new_id()

    async def lock_client(self, client_id: UUID) -> None:
        """Wait until no other transaction of this service decides about the client."""
        if client_id not in self._locked:
            await lock_clients(self.connection, [client_id])
            self._locked.add(client_id)

    async def protocol_of(self, course_id: UUID | None) -> ClinicProtocol:
        """The rules by which this course is decided: of the version that it is pinned to.

        Before there is a course the clinic's present protocol counts.
        """
        if course_id is None:
            return self.protocols.current
        return await self.course_protocols.of(course_id)

    async def pin_of(self, course_id: UUID | None) -> Pin:
        """What this service answers about the rules of a course; no digest when it has none."""
        protocol = await self.protocol_of(course_id)
        return Pin(max(1, protocol.protocol_version), protocol.digest or None)

    async def prefetch(self, courses: set[UUID]) -> None:
        """Read ahead what is known of these courses."""
        await self.course_protocols.prefetch(courses)
        for facts in self.all_facts():
            await facts.prefetch(courses)

    def holds(self, client_id: UUID) -> bool:
        """Whether this transaction has the client's lock."""
        return client_id in self._locked

    @property
    def about(self) -> frozenset[UUID]:
        """Whom this transaction is about: the clients whose locks it holds, and who stay."""
        return frozenset(self._locked - self.erased)

    @property
    def may_have_changed(self) -> bool:
        """Whether a client was locked: nothing about one changes without that."""
        return bool(self._locked)

    async def lock_all(self, clients: set[UUID]) -> None:
        """Lock many clients at once, in the order that excludes a circle."""
        await lock_clients(self.connection, clients - self._locked)
        self._locked |= clients

    async def try_lock_all(self, clients: set[UUID]) -> set[UUID]:
        """Lock those clients that are free now; returns the ones that are locked then."""
        self._locked |= await try_lock_clients(self.connection, clients - self._locked)
        return clients & self._locked

    def showed(self, clients: Iterable[UUID]) -> None:
        """Data of these clients are in the answer: the transaction's row in the audit says so."""
        self._shown.update(clients)

    def told(
        self,
        detail: str,
        *,
        client_id: UUID,
        role: str,
        ref: UUID | None,
        target: UUID | None = None,
    ) -> None:
        """A peer's question is answered with a detail: a row of its own, with who asked there."""
        self.accounted.append(
            Entry(
                action=detail,
                outcome=Outcome.ALLOWED,
                role=role,
                ref=ref,
                why="asked by a service",
                clinic_time=self.now,
                correlation_id=self.context.correlation_id,
                target=target,
                clients=(client_id,),
            )
        )

    async def emergency_opened(self, access: EmergencyAccess, course_id: UUID | None) -> None:
        """A record was opened here in an emergency; a service that tells people does so now."""

    async def emergency_reviewed(self, access: EmergencyAccess) -> None:
        """Somebody has looked at why."""

    @property
    def concerned(self) -> frozenset[UUID]:
        """The clients whose data this transaction has shown or decided about."""
        return frozenset(self._locked | self._shown)

    def stage(self, kind: str, aggregate: Aggregate, event: Any) -> None:
        self._events.stage(kind, aggregate, event, self.context)

    def saw(self, aggregate_id: UUID, version: int) -> None:
        self.versions[aggregate_id] = version

    def relate(self, source: UUID, client_id: UUID, places: tuple[Related, ...]) -> None:
        """Replace the places on the client's care team that this source gives."""
        self._given[source] = (client_id, places)

    async def freshness(self, client_id: UUID) -> Mapping[str, Freshness]:
        """How well each other service's events of this client are known."""
        return await self._freshness.of(self.connection, client_id)

    async def rows(self, query: sa.Select[Any]) -> sa.Result[Any]:
        """The rows that a page or list may show, without a lock: what is read is not decided by."""
        narrowed = await self.reach.narrow(query)
        found: sa.Result[Any] = await self.connection.execute(narrowed)
        return found

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        """The facts tables of the service, to be read ahead and written at the end."""
        return ()

    async def conclude(self, result: Any) -> None:
        """Say, in the transaction that decides, what a command over several of them led to.

        The answer is then remembered under the command's idempotency key by the same commit.
        """
        if self.on_conclusion is not None:
            await self.on_conclusion(self, result)

    async def erase(self, client_id: UUID) -> None:
        """Leave nothing of this client, as the last thing that this transaction does."""
        await self.lock_client(client_id)
        self.erased.add(client_id)

    async def flush(self) -> None:
        """Write what is still in memory: facts and pins, who is related to whom, then events."""
        await self.course_protocols.flush()
        for facts in self.all_facts():
            self._given |= await facts.flush()
        await write_relations(self.connection, self._given)
        self._given.clear()
        self.said += await self._events.flush(self.connection)
        await erase(self.connection, self.erased)
