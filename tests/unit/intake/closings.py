"""Closing a course in every way that a test needs."""

from datetime import datetime
from uuid import UUID

from services.intake.domain.close_course import (
    close_by_cause,
    close_by_command,
    settle,
)
from services.intake.domain.closing import ClosingCause, Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.vocabulary import CourseOutcome
from tests.unit.intake.courses import (
    MORNING,
    later,
)

FLAG = UUID(int=70)
DECISION = UUID(int=71)
RECOVERING = Obstacle(kind="recovery", ref=UUID(int=50), status="observing", owner="prescribing")
FREE: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": ()}
BUSY: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": (RECOVERING,)}
SILENT: dict[str, tuple[Obstacle, ...] | None] = {"scheduling": (), "prescribing": None}


def commanded(
    course: TreatmentCourse,
    outcome: CourseOutcome = CourseOutcome.COMPLETED,
    dosed_count: int = 1,
    followup_due_at: datetime | None = None,
) -> TreatmentCourse:
    return close_by_command(
        course,
        closing_id=FLAG,
        outcome=outcome,
        dosed_count=dosed_count,
        followup_due_at=followup_due_at,
        now=MORNING,
    ).state


def caused(
    course: TreatmentCourse,
    cause: ClosingCause = ClosingCause.CONSENT_WITHDRAWN,
    outcome: CourseOutcome | None = CourseOutcome.CLIENT_STOPPED,
    closing_id: UUID = FLAG,
) -> TreatmentCourse:
    return close_by_cause(
        course, closing_id=closing_id, cause=cause, outcome=outcome, now=MORNING
    ).state


def settled(
    course: TreatmentCourse,
    answers: dict[str, tuple[Obstacle, ...] | None],
    on_board: tuple[Obstacle, ...] = (),
    closing_id: UUID = FLAG,
) -> TreatmentCourse:
    return settle(
        course,
        closing_id=closing_id,
        answers=answers,
        on_board=on_board,
        decision_id=DECISION,
        now=later(minutes=1),
    ).state
