"""A service's own unit of work with its database taken away from under it.

The service's class is built as it is; each of its parts that would speak to PostgreSQL is replaced
by one that speaks to the store. A repository or fact that a service adds is found by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork
from shared.storage import (
    Context,
    Freshness,
    NotFound,
    SqlFacts,
    SqlRepository,
    SqlUnitOfWork,
)
from tests.simulation.memory_parts import (
    Letters,
    MemoryFacts,
    MemoryPins,
    MemoryTimers,
    Receipts,
    repository_in_memory,
)
from tests.simulation.resources import MemoryResources
from tests.simulation.store import Store


class NoDatabaseError(AssertionError):
    """A statement that the simulation does not know was sent."""


class NoConnection:
    """Where statements would go: there is no such place here."""

    async def execute(self, statement: Any, _values: Any = None) -> None:
        raise NoDatabaseError(str(statement))


class InMemory(SqlUnitOfWork):
    """Replaces what a service's unit of work has of the database. Mixed in before that class."""

    def __init__(
        self,
        context: Context,
        *,
        store: Store,
        ids: Callable[[], UUID],
        heard: Callable[[UUID], Mapping[str, Freshness]],
        **parts: Any,
    ) -> None:
        self.store, self.ids, self.heard = store, ids, heard
        connection: Any = NoConnection()
        nowhere: Any = None
        super().__init__(
            connection, context, events=nowhere, freshness=nowhere, seals=nowhere, **parts
        )
        self.staged: list[tuple[str, Any, Any, Context]] = []
        self.parts: list[Any] = []
        replaced: Any = self
        for name, part in list(vars(self).items()):
            if isinstance(part, SqlRepository):
                kept: Any = repository_in_memory(type(part))(part._stored, self)
            elif isinstance(part, SqlFacts):
                kept = MemoryFacts(part._stored, self.store)
            elif name == "resources":
                kept = MemoryResources(self.sessions)  # type: ignore[attr-defined]
            elif name == "simulated_outbox":
                kept = Letters(self.store)
            elif name == "course_protocols":
                kept = MemoryPins(self.store, self.protocols)
            elif name == "timers":
                kept = MemoryTimers(self.store)
            else:
                continue
            setattr(replaced, name, kept)
            self.parts.append(kept)
        replaced.receipts = Receipts(self)

    def new_id(self) -> UUID:
        return self.ids()

    async def lock_client(self, client_id: UUID) -> None:
        return None

    async def lock_all(self, clients: set[UUID]) -> None:
        return None

    async def freshness(self, client_id: UUID) -> Mapping[str, Freshness]:
        return self.heard(client_id)

    def commit(self) -> None:
        for part in self.parts:
            if hasattr(part, "commit"):
                part.commit()


class _Scheduling(InMemory, SqlSchedulingUnitOfWork):
    async def client_of(self, course_id: UUID) -> UUID | None:
        facts: Any = await self.facts.find(course_id)
        return None if facts is None else facts.client_id

    async def promised_with(self, clinician_id: UUID) -> list[tuple[UUID, UUID]]:
        booked = await self.sessions.list_by(status=("scheduled", "blocked"))
        return [
            (one.id, one.client_id)
            for one in booked
            if clinician_id in {one.therapist_ref, one.attendant_ref}
        ]


class _Prescribing(InMemory, SqlPrescribingUnitOfWork):
    async def course(self, course_id: UUID) -> Any:
        found = await self.facts.find(course_id)
        if found is None:
            raise NotFound("course", course_id)
        return found


def in_memory(kind: type[SqlUnitOfWork]) -> type[InMemory]:
    """The service's unit of work, over a store."""
    for special in (_Scheduling, _Prescribing):
        if issubclass(special, kind):
            return special
    return type(f"Memory{kind.__name__}", (InMemory, kind), {})
