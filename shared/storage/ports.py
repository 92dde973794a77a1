"""What every use case needs of the world, as protocols: a service's own ports add its aggregates.

Handlers know these and no database; in a unit test something in memory stands in for them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from shared.decisions import Change, Decision
from shared.storage.context import Freshness

S = TypeVar("S")
E = TypeVar("E")


class Repository(Protocol[S, E]):
    """Aggregates of one kind. Reading one locks its client until the transaction ends."""

    async def get(self, aggregate_id: UUID, /) -> S:
        """Raises ``NotFound``."""
        ...

    async def find(self, aggregate_id: UUID, /) -> S | None: ...
    async def find_by(self, **columns: Any) -> S | None: ...
    async def list_by(self, **columns: Any) -> list[S]: ...
    async def save(self, change: Change[S, E], /) -> S: ...


class Timers(Protocol):
    """Deadlines by kind and key: setting one again moves it."""

    async def set(
        self,
        kind: str,
        key: UUID,
        due_at: datetime,
        *,
        client_id: UUID,
        **payload: str | int | bool | None,
    ) -> None: ...
    async def cancel(self, kind: str, key: UUID) -> None: ...


class Due(Protocol):
    """A timer that came due; ``due_at`` is its deadline, however late it is now."""

    @property
    def key(self) -> UUID: ...
    @property
    def client_id(self) -> UUID: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def payload(self) -> Mapping[str, str | int | bool | None]: ...


class Receipts(Protocol):
    async def record(
        self,
        decision: Decision,
        facts: object,
        *,
        subject_id: UUID,
        client_id: UUID,
        course_id: UUID | None,
        freshness: Mapping[str, Freshness],
    ) -> UUID:
        """Keep the decision with the facts that the gate was given, so that it can be replayed."""
        ...
