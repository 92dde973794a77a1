"""Closing a course: raise the flag, ask the others, then close or take the flag back (ruling 7).

Of two decisions that race, a dose and a closing, at least one sees the other: the flag is
committed before anybody is asked, and every gate is answered with no while it stands (INV-35).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.intake.domain.closing import Closed, Closing, ClosingCause, Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ClientDeclined, CourseClosed, DomainEvent
from services.intake.domain.transitions import Trigger, move, require_open
from services.intake.domain.under_way import nothing_under_way
from services.intake.domain.vocabulary import CourseOutcome, CourseStatus
from shared.decisions import Change, Decision, Unblock, refuse

INTO: Final[Mapping[CourseOutcome, CourseStatus]] = {
    CourseOutcome.COMPLETED: CourseStatus.COMPLETED,
    CourseOutcome.NO_RESPONSE: CourseStatus.COMPLETED,
    CourseOutcome.CLIENT_STOPPED: CourseStatus.STOPPED,
    CourseOutcome.CLINICIAN_STOPPED: CourseStatus.STOPPED,
    CourseOutcome.TRANSFERRED: CourseStatus.STOPPED,
    CourseOutcome.DECLINED: CourseStatus.DECLINED,
}

FOLLOWED_UP: Final = frozenset(
    {CourseOutcome.COMPLETED, CourseOutcome.NO_RESPONSE, CourseOutcome.CLINICIAN_STOPPED}
)


def usual_followup(outcome: CourseOutcome, *, days: int, now: datetime) -> datetime | None:
    """Care goes on after treatment (F97), unless the client or another clinic took it over."""
    return now + timedelta(days=days) if outcome in FOLLOWED_UP else None


def close_by_command(
    course: TreatmentCourse,
    *,
    closing_id: UUID,
    outcome: CourseOutcome,
    dosed_count: int,
    followup_due_at: datetime | None,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Somebody wants to close. One session may have done (F105), none is no completion."""
    require_open(course)
    if outcome is CourseOutcome.DECLINED and course.ever_approved:
        refuse(
            "course-was-approved",
            "ruling 20",
            Unblock(fact="outcome", owner="intake", action="choose clinician_stopped"),
            status=course.status.value,
        )
    if outcome in {CourseOutcome.COMPLETED, CourseOutcome.NO_RESPONSE} and dosed_count == 0:
        refuse(
            "nothing-to-complete",
            "F105",
            Unblock(fact="outcome", owner="intake", action="choose an outcome without treatment"),
            outcome=outcome.value,
            dosed_count=dosed_count,
        )
    if followup_due_at is not None and followup_due_at <= now:
        refuse(
            "followup-in-the-past",
            "F97",
            Unblock(fact="followup_due_at", owner="intake", action="name a later time"),
            followup_due_at=followup_due_at.isoformat(),
        )
    return _raise_flag(
        course,
        Closing(
            closing_id=closing_id,
            cause=ClosingCause.COMMAND,
            into=INTO[outcome],
            outcome=outcome,
            raised_at=now,
            followup_due_at=followup_due_at,
        ),
    )


def close_by_cause(
    course: TreatmentCourse,
    *,
    closing_id: UUID,
    cause: ClosingCause,
    outcome: CourseOutcome | None,
    followup_due_at: datetime | None = None,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Something happened that ends the course, or pauses it where there is no outcome.

    It is tried until it succeeds. What the client or a finding ends goes before a closing that
    somebody merely commanded, and an end goes before a pause; otherwise the first flag stays.
    """
    if course.terminal:
        return Change(course)
    standing = course.closing
    if standing is not None and not standing.refusable and standing.outcome is not None:
        return Change(course)
    if standing is not None and not standing.refusable and outcome is None:
        return Change(course)
    return _raise_flag(
        course,
        Closing(
            closing_id=closing_id,
            cause=cause,
            into=CourseStatus.SCREENING if outcome is None else INTO[outcome],
            outcome=outcome,
            raised_at=now,
            followup_due_at=followup_due_at,
        ),
    )


def closing_decision(
    answers: Mapping[str, tuple[Obstacle, ...] | None], on_board: Iterable[Obstacle]
) -> Decision:
    """Whether nothing of the course is under way, by the owners' answers and by own facts."""
    return Decision.of("close", nothing_under_way(answers, on_board))


def settle(
    course: TreatmentCourse,
    *,
    closing_id: UUID,
    answers: Mapping[str, tuple[Obstacle, ...] | None],
    on_board: tuple[Obstacle, ...],
    decision_id: UUID,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Close, take back the flag of a command, or keep it up and look again later.

    Somebody else may have settled this flag meanwhile; then nothing is left to do.
    """
    closing = course.closing
    if closing is None or closing.closing_id != closing_id:
        return Change(course)
    if closing_decision(answers, on_board).allowed:
        return _close(course, closing, decision_id=decision_id, now=now)
    obstacles = (*(o for told in answers.values() for o in told or ()), *on_board)
    if obstacles and closing.refusable:
        return Change(replace(course, closing=None, close_refused=obstacles))
    return Change(replace(course, closing=replace(closing, obstacles=obstacles)))


def _raise_flag(course: TreatmentCourse, closing: Closing) -> Change[TreatmentCourse, DomainEvent]:
    return Change(replace(course, closing=closing, close_refused=()))


def _close(
    course: TreatmentCourse, closing: Closing, *, decision_id: UUID, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    lowered = replace(move(course, Trigger.LEFT, closing.into), closing=None)
    if closing.outcome is None:
        return Change(lowered)
    ended = CourseClosed(at=now, outcome=closing.outcome, followup_due_at=closing.followup_due_at)
    closed = Closed(outcome=closing.outcome, at=now, followup_due_at=closing.followup_due_at)
    declined = closing.outcome is CourseOutcome.DECLINED
    first = (ClientDeclined(at=now, decision_id=decision_id),) if declined else ()
    return Change(replace(lowered, closed=closed), (*first, ended))
