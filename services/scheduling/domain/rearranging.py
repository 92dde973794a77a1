"""A booking that is changed: another time, another therapist, or only another room."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.scheduling.domain.assent import Assent
from services.scheduling.domain.clinic_time import same_local_day
from services.scheduling.domain.escort import Escort
from services.scheduling.domain.events import SessionRescheduled
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session, SessionChange
from services.scheduling.domain.session_states import Trigger
from shared.decisions import Change, refuse


def reschedule(
    session: Session,
    *,
    starts_at: datetime,
    block: timedelta | None = None,
    therapist_ref: UUID | None = None,
    at: datetime,
    by: Role,
    zone: ZoneInfo,
) -> SessionChange:
    """Another time or therapist for the same session.

    Assent and arrival are for the day and the person, and begin anew (INV-5, ruling 18). An escort
    promised for the day still stands at another hour of it, and not on another day.
    """
    moved = session.moved(Trigger.RESCHEDULE, at, by)
    version = session.schedule_version + 1
    same_day = same_local_day(session.starts_at, starts_at, zone)
    moved = replace(
        moved,
        starts_at=starts_at,
        planned_end_at=starts_at + (block or session.planned_end_at - session.starts_at),
        therapist_ref=therapist_ref or session.therapist_ref,
        schedule_version=version,
        assent=Assent(),
        checked_in_at=None,
        gate_id=None,
        blocked_by=(),
        escorts=tuple(_carried(e, session, version) if same_day else e for e in session.escorts),
    )
    told = SessionRescheduled(
        at=at,
        session_id=session.id,
        starts_at=starts_at,
        planned_end_at=moved.planned_end_at,
        schedule_version=version,
        therapist_ref=moved.therapist_ref,
    )
    return Change(moved, (told,))


def _carried(escort: Escort, session: Session, version: int) -> Escort:
    stands = escort.open and escort.schedule_version == session.schedule_version
    return replace(escort, schedule_version=version) if stands else escort


def reassign(
    session: Session,
    *,
    room_id: UUID | None = None,
    supervisor_ref: UUID | None = None,
    attendant_ref: UUID | None = None,
) -> SessionChange:
    """Another room or companion at the same time: nobody else's business, so nothing is told.

    Only before the start. Afterwards the client is in the room, and it stays theirs (INV-36).
    """
    if not session.before_start:
        refuse("cannot-reassign", "INV-36", status=session.status.value)
    return Change(
        replace(
            session,
            room_id=room_id or session.room_id,
            supervisor_ref=supervisor_ref or session.supervisor_ref,
            attendant_ref=attendant_ref or session.attendant_ref,
        )
    )
