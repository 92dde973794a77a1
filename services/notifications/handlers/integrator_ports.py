"""What telling integrators needs of the world beside a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.notifications.domain.delivery_attempt import Answer
from services.notifications.domain.event_place import Place
from services.notifications.domain.integrator import Integrator, IntegratorChange


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEvent:
    """A public event as the stream held it."""

    place: Place
    event_id: UUID
    type: str
    client_id: UUID
    recorded_at: datetime
    headers: Mapping[str, str] = field(repr=False)
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An event that an integrator is to be told next of its client.

    ``written`` tells apart when it was owed: an event may be owed again while an attempt is under
    way, and what is answered to that attempt says nothing about the next.
    """

    event: PublicEvent
    due_since: datetime
    attempts: int
    written: str


class Integrators(Protocol):
    async def get(self, aggregate_id: UUID, /) -> Integrator: ...
    async def find(self, aggregate_id: UUID, /) -> Integrator | None: ...
    async def find_named(self, name: str, /) -> Integrator | None:
        """Who has this name and is not revoked; nobody else takes one meanwhile."""
        ...

    async def list_by(self, **columns: Any) -> list[Integrator]: ...
    async def save(self, change: IntegratorChange, /) -> Integrator: ...


class PublicFeed(Protocol):
    """Every public event, in the order of the stream."""

    async def keep(self, event: PublicEvent) -> None:
        """Keep it under its place."""
        ...

    async def end(self) -> Place:
        """The last place that is kept; the beginning, where there is none."""
        ...

    async def since(self, moment: datetime) -> Place:
        """The place before the first event that was recorded at a moment or later."""
        ...

    async def until(self, moment: datetime) -> Place:
        """The last place of an event that was recorded by a moment."""
        ...

    async def forget_the_oldest(self) -> None:
        """Give up what the stream does not keep either."""
        ...


class Deliveries(Protocol):
    """What integrators are owed. An event is owed to an integrator once, whatever the stream says
    twice."""

    async def owe(self, event: PublicEvent, integrators: Sequence[UUID], now: datetime) -> None:
        """These integrators are to be told of it, unless they were owed it before."""
        ...

    async def owe_again(
        self, integrator: Integrator, types: Sequence[str], after: Place, to: Place, now: datetime
    ) -> int:
        """Everything of these types after a place, up to another, that was told and not, in its
        order; returns how many events there were."""
        ...

    async def due(self, integrator_id: UUID, now: datetime, most: int) -> list[Owed]:
        """What may be told now: the first that waits of each client, where it is due."""
        ...

    async def taken(self, integrator_id: UUID, owed: Owed, answer: Answer, at: datetime) -> None:
        """The endpoint has it. Nothing is noted where it was owed again meanwhile."""
        ...

    async def tried(
        self,
        integrator_id: UUID,
        owed: Owed,
        answer: Answer,
        at: datetime,
        next_try_at: datetime | None,
    ) -> None:
        """The endpoint has not taken it; without a next try it is given up. Nothing is noted where
        it was owed again meanwhile."""
        ...

    async def begin_anew(self, integrator_id: UUID, now: datetime) -> None:
        """What waits is due now, as if it had never been tried."""
        ...

    async def withdraw(self, integrator_id: UUID) -> None:
        """Nothing is owed any more."""
        ...
