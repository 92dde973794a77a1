"""Work for the prescriber that an event left behind: one per cause, done by a named person."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.transitions import Transitions
from shared.decisions import Change

TaskChange: TypeAlias = "Change[ReviewTask, DomainEvent]"


class TaskKind(StrEnum):
    REVOKED_AFTER_DOSE = "revoked_after_dose"
    FOUND_DURING_RECOVERY = "found_during_recovery"
    CHECK_IN_CONCERN = "check_in_concern"
    AFTERCARE_ESCALATED = "aftercare_escalated"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    RECONCILE_MANUAL_CLEARANCE = "reconcile_manual_clearance"
    MEDICINE_NOT_ACCOUNTED_FOR = "medicine_not_accounted_for"
    RECOVERY_CHECKPOINT_MISSED = "recovery_checkpoint_missed"
    MONITORING_FORM = "monitoring_form"
    SUMMARY_NOT_SHARED = "summary_not_shared"
    SUMMARY_NOT_REVIEWED = "summary_not_reviewed"


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"


class TaskStep(StrEnum):
    FINISH = "finish"


TRANSITIONS: Final = Transitions(
    about="task",
    cites="section 6.2",
    possible={TaskStatus.OPEN: {TaskStep.FINISH}, TaskStatus.DONE: set()},
    slugs={(TaskStatus.DONE, TaskStep.FINISH): "task-already-done"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask:
    """``cause`` is the event or aggregate that asked for it."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: TaskStatus
    kind: TaskKind
    cause: str
    raised_at: datetime
    due_at: datetime | None = None
    done: Signature | None = None

    @classmethod
    def raise_for(
        cls,
        task_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        session_id: UUID | None,
        kind: TaskKind,
        cause: str,
        at: datetime,
        due_at: datetime | None = None,
    ) -> "ReviewTask":
        return cls(
            id=task_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            status=TaskStatus.OPEN,
            kind=kind,
            cause=cause,
            raised_at=at,
            due_at=due_at,
        )

    def finish(self, *, by: Clinician, at: datetime) -> TaskChange:
        TRANSITIONS.need(self.status, TaskStep.FINISH, task_id=str(self.id))
        return Change(replace(self, status=TaskStatus.DONE, done=Signature.of(by, at)))
