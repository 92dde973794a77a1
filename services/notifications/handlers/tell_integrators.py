"""What every public event leads to: it is kept, and owed to whoever wants to be told of it."""

from dataclasses import dataclass
from uuid import UUID

from services.notifications.domain.delivery_attempt import Answer, next_try
from services.notifications.domain.integrator import Integrator, IntegratorStatus, disable
from services.notifications.handlers.integrator_ports import Owed, PublicEvent
from services.notifications.handlers.ports import UnitOfWork

_TOLD = (IntegratorStatus.ACTIVE.value, IntegratorStatus.DISABLED.value)
"""Who is disabled is owed too: it is told in order once a person has enabled it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPublicEvent:
    """``is_known``: this version of the contracts lists its type as public, and can tell it."""

    event: PublicEvent
    is_known: bool


async def keep_public_event(command: KeepPublicEvent, uow: UnitOfWork) -> None:
    """In one transaction, so that an event that is kept is owed, and the other way round."""
    event = command.event
    await uow.public_feed.keep(event)
    if command.is_known:
        told = await uow.integrators.list_by(status=_TOLD)
        wanting = [one.id for one in told if one.wants(event.type)]
        await uow.deliveries.owe(event, wanting, uow.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An integrator, and what it may be told now: of each client the first that waits."""

    integrator: Integrator
    owed: tuple[Owed, ...]


async def whose_turn(integrator_id: UUID, most: int, uow: UnitOfWork) -> Turn | None:
    """What to send to an integrator now; None when it is told nothing any more."""
    integrator = await uow.integrators.find(integrator_id)
    if integrator is None or integrator.status is not IntegratorStatus.ACTIVE:
        return None
    owed = await uow.deliveries.due(integrator.id, uow.now, most)
    return Turn(integrator=integrator, owed=tuple(owed))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAnswer:
    integrator_id: UUID
    owed: Owed
    answer: Answer
    luck: float


async def note_answer(command: NoteAnswer, uow: UnitOfWork) -> None:
    """What became of an attempt. A crash before this commits means that the event is sent again,
    under the same id; nothing is noted as sent that was not, and nothing of what was owed again
    since it was sent."""
    owed, answer = command.owed, command.answer
    if answer.is_taken:
        await uow.deliveries.taken(command.integrator_id, owed, answer, uow.now)
        return
    again = next_try(
        owed.attempts + 1,
        due_since=owed.due_since,
        now=uow.now,
        luck=command.luck,
        retry_after=answer.retry_after,
    )
    if answer.is_gone:
        integrator = await uow.integrators.get(command.integrator_id)
        await uow.integrators.save(disable(integrator, uow.now))
        again = uow.now  # it waits, and is due as soon as a person has enabled it
    await uow.deliveries.tried(command.integrator_id, owed, answer, uow.now, again)
