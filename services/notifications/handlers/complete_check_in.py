"""A clinician reached the client, or tried in vain, and says how it went."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain.check_in import CheckIn, complete_check_in
from services.notifications.domain.vocabulary import CheckInOutcome
from services.notifications.handlers.advance_aftercare import close_if_done
from services.notifications.handlers.check_in_timers import close_check_in
from services.notifications.handlers.ports import UnitOfWork
from services.notifications.handlers.stated_time import stated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteCheckIn:
    checkin_id: UUID
    outcome: CheckInOutcome
    at: datetime | None = None


async def record_check_in(command: CompleteCheckIn, uow: UnitOfWork) -> CheckIn:
    """A concern escalates; a good answer may be the last thing that aftercare waited for."""
    check_in = await uow.check_ins.get(command.checkin_id)
    completed = await uow.check_ins.save(
        complete_check_in(
            check_in,
            outcome=command.outcome,
            by=uow.actor.ref,
            at=stated_at(command.at, now=uow.now),
        )
    )
    await close_check_in(uow, completed)
    await close_if_done(uow, completed.aftercare_id)
    return completed
