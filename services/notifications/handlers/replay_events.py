"""What an integrator was told is told again, and what it was never told is told now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.event_place import BEGINNING, Place
from services.notifications.domain.integrator import RULE, Integrator, assert_told
from services.notifications.handlers.ports import UnitOfWork
from shared.decisions import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayEvents:
    """``after`` is where the range begins, without that event itself; ``to`` is its last event.

    Either may be a place in the stream, or a time at which events were recorded. What is not said
    is the beginning of what is kept, and the present end of it.
    """

    integrator_id: UUID
    public_types: Collection[str]
    after: Place | datetime | None = None
    to: Place | datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    integrator: Integrator
    events: int


async def replay_events(command: ReplayEvents, uow: UnitOfWork) -> Replayed:
    """Every event of the range that the integrator wants is owed again, in its order and before
    whatever of its client comes later."""
    integrator = await uow.integrators.get(command.integrator_id)
    assert_told(integrator)
    wanted = sorted(one for one in command.public_types if integrator.wants(one))
    after, to = await _after(command.after, uow), await _to(command.to, uow)
    if to <= after:
        refuse("replay-range-empty", RULE)
    many = await uow.deliveries.owe_again(integrator, wanted, after, to, uow.now)
    return Replayed(integrator=integrator, events=many)


async def _after(said: Place | datetime | None, uow: UnitOfWork) -> Place:
    if isinstance(said, datetime):
        return await uow.public_feed.since(said)
    return said or BEGINNING


async def _to(said: Place | datetime | None, uow: UnitOfWork) -> Place:
    if isinstance(said, datetime):
        return await uow.public_feed.until(said)
    return said or await uow.public_feed.end()
