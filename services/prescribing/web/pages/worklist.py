"""What waits for the medical team, as lines of one list: by risk, then by age."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.review_task import TaskKind
from services.prescribing.domain.vocabulary import RecoveryOutcome
from services.prescribing.web.views.dosing import CheckSeriesView, DoseOrderView
from services.prescribing.web.views.prescribing import AssessmentView
from services.prescribing.web.views.records import (
    AdverseEventView,
    IncidentView,
    SummaryReviewView,
    TaskView,
)
from services.prescribing.web.views.recovery import RecoveryView
from shared.protocol import Role


class Risk(IntEnum):
    """How soon somebody may be hurt: a person in the clinic first, paper last."""

    CRITICAL = 0
    WARNING = 1
    INFO = 2

    @property
    def tone(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``what`` is a slug; ``to`` is where it is dealt with, ``deed`` what settles it here."""

    kind: str
    what: str
    risk: Risk
    since: datetime
    client_id: UUID
    course_id: UUID
    to: str
    due_at: datetime | None = None
    deed: str | None = None

    @property
    def owner(self) -> Role:
        """Who is meant to take it; what is measured and watched is the nurse's."""
        return Role.NURSE if self.what in MEASURED or self.kind == "recoveries" else Role.PRESCRIBER


Seen: TypeAlias = (
    AssessmentView
    | CheckSeriesView
    | DoseOrderView
    | SummaryReviewView
    | TaskView
    | IncidentView
    | RecoveryView
    | AdverseEventView
)

MEASURED: Final = frozenset({"check_to_measure"})
GRAVE: Final = frozenset(
    {
        TaskKind.CHECK_IN_CONCERN,
        TaskKind.AFTERCARE_ESCALATED,
        TaskKind.FOUND_DURING_RECOVERY,
        TaskKind.LEFT_AGAINST_ADVICE,
        TaskKind.REVOKED_AFTER_DOSE,
    }
)
SOON: Final = frozenset(
    {
        TaskKind.MEDICINE_NOT_ACCOUNTED_FOR,
        TaskKind.RECOVERY_CHECKPOINT_MISSED,
        TaskKind.RECONCILE_MANUAL_CLEARANCE,
    }
)


def ordered(lines: Iterable[Line]) -> list[Line]:
    """By risk, then the oldest first."""
    return sorted(lines, key=lambda line: (line.risk, line.since, line.to))


def line(seen: Seen, now: datetime) -> Line:
    """How one thing that waits stands in the list."""
    match seen:
        case AssessmentView():
            return Line(
                kind="assessments",
                what="assessment_asked_for",
                risk=Risk.WARNING if seen.review_flags else Risk.INFO,
                since=seen.requested_at,
                client_id=seen.client_id,
                course_id=seen.course_id,
                to=f"/courses/{seen.course_id}/assessment",
            )
        case CheckSeriesView():
            taken = seen.checks[-1].taken if seen.checks else None
            return Line(
                kind="checks",
                what="check_to_decide",
                risk=Risk.WARNING,
                since=taken.at if taken else now,
                client_id=seen.client_id,
                course_id=seen.course_id,
                to=f"/sessions/{seen.session_id}/check",
            )
        case DoseOrderView():
            return Line(
                kind="checks",
                what="check_to_measure",
                risk=Risk.WARNING,
                since=min(seen.starts_at, now),
                client_id=seen.client_id,
                course_id=seen.course_id,
                to=f"/sessions/{seen.session_id}/check",
            )
        case SummaryReviewView():
            return Line(
                kind="summaries",
                what="summary_to_review",
                risk=Risk.INFO,
                since=seen.shared_at or now,
                client_id=seen.client_id,
                course_id=seen.course_id,
                to=f"/sessions/{seen.session_id}",
            )
        case TaskView():
            return _task(seen, now)
        case IncidentView():
            return _incident(seen)
        case RecoveryView():
            return _recovery(seen)
        case AdverseEventView():
            return Line(
                kind="adverse_events",
                what=seen.code,
                risk=Risk.CRITICAL,
                since=seen.occurred_at,
                client_id=seen.client_id,
                course_id=seen.course_id,
                to=f"/sessions/{seen.session_id}/adverse-events",
                due_at=seen.report_due_at,
            )


def _task(task: TaskView, now: datetime) -> Line:
    late = task.due_at is not None and task.due_at <= now
    return Line(
        kind="tasks",
        what=task.kind,
        risk=Risk.CRITICAL
        if task.kind in GRAVE
        else Risk.WARNING
        if late or task.kind in SOON
        else Risk.INFO,
        since=task.raised_at,
        client_id=task.client_id,
        course_id=task.course_id,
        to=_place(task.course_id, task.session_id),
        due_at=task.due_at,
        deed=f"/tasks/{task.id}/completion",
    )


def _incident(incident: IncidentView) -> Line:
    return Line(
        kind="incidents",
        what=incident.code,
        risk=Risk.CRITICAL,
        since=incident.occurred_at,
        client_id=incident.client_id,
        course_id=incident.course_id,
        to=_place(incident.course_id, incident.session_id),
        deed=f"/incidents/{incident.id}/review",
    )


def _recovery(recovery: RecoveryView) -> Line:
    overdue = [one.due_at for one in recovery.checkpoints if one.overdue]
    worse = bool(recovery.checks) and recovery.checks[-1].outcome is RecoveryOutcome.ESCALATE
    return Line(
        kind="recoveries",
        what="escalated" if worse else recovery.status,
        risk=Risk.CRITICAL if worse or overdue else Risk.WARNING,
        since=recovery.last_dose_at,
        client_id=recovery.client_id,
        course_id=recovery.course_id,
        to=f"/sessions/{recovery.session_id}/recovery",
        due_at=min((one.due_at for one in recovery.checkpoints if not one.done), default=None),
    )


def _place(course_id: UUID, session_id: UUID | None) -> str:
    return f"/sessions/{session_id}" if session_id else f"/courses/{course_id}"
