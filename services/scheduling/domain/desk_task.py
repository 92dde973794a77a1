"""What people in the clinic still have to do about a session. Tasks never block (ruling 14)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.scheduling.domain.roles import Role
from services.scheduling.domain.steps import Steps
from shared.decisions import Unblock, refuse


class TaskKind(StrEnum):
    CALL_CLIENT = "call_client"
    FIND_ESCORT = "find_escort"
    COMPLETE_DISCHARGE_ITEMS = "complete_discharge_items"
    COUNTERSIGN_LEFT_AGAINST_ADVICE = "countersign_left_against_advice"
    BRING_INTEGRATION_FORWARD = "bring_integration_forward"
    FOLLOW_UP_CONCERN = "follow_up_concern"
    SIGN_SUMMARY = "sign_summary"
    SESSION_OVERRUNS = "session_overruns"
    ARRANGE_FOLLOW_UP = "arrange_follow_up"
    LOOK_INTO_INCIDENT = "look_into_incident"
    LOOK_INTO_PARKED_EVENT = "look_into_parked_event"


OWNER: Final[Mapping[TaskKind, Role]] = MappingProxyType(
    {
        TaskKind.CALL_CLIENT: Role.FRONT_DESK,
        TaskKind.FIND_ESCORT: Role.FRONT_DESK,
        TaskKind.COMPLETE_DISCHARGE_ITEMS: Role.FRONT_DESK,
        TaskKind.COUNTERSIGN_LEFT_AGAINST_ADVICE: Role.THERAPIST,
        TaskKind.BRING_INTEGRATION_FORWARD: Role.FRONT_DESK,
        TaskKind.FOLLOW_UP_CONCERN: Role.THERAPIST,
        TaskKind.SIGN_SUMMARY: Role.THERAPIST,
        TaskKind.SESSION_OVERRUNS: Role.THERAPIST,
        TaskKind.ARRANGE_FOLLOW_UP: Role.FRONT_DESK,
        TaskKind.LOOK_INTO_INCIDENT: Role.THERAPIST,
        TaskKind.LOOK_INTO_PARKED_EVENT: Role.OPERATOR,
    }
)
"""Who is looked to first for a task; whoever is there may do it."""


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"


class TaskStep(StrEnum):
    COMPLETE = "complete"


STEPS: Final = Steps(
    about="task",
    cites="6.3",
    possible={TaskStatus.OPEN: frozenset(TaskStep), TaskStatus.DONE: frozenset()},
    slugs={(TaskStatus.DONE, TaskStep.COMPLETE): "task-already-done"},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTask:
    """``cause`` is what it is about: one task per kind and cause, however often it is told."""

    id: UUID
    client_id: UUID
    course_id: UUID
    kind: TaskKind
    cause: UUID
    status: TaskStatus
    opened_at: datetime
    opened_by: UUID | None = None
    session_id: UUID | None = None
    details: tuple[str, ...] = ()
    done_at: datetime | None = None
    done_by: UUID | None = None
    done_by_role: Role | None = None


def complete_task(task: DeskTask, *, at: datetime, by: UUID | None, role: Role) -> DeskTask:
    """Somebody did it. A countersignature is a second person's (INV-40)."""
    STEPS.need(task.status, TaskStep.COMPLETE, kind=task.kind.value)
    if task.kind is TaskKind.COUNTERSIGN_LEFT_AGAINST_ADVICE and (
        by is None or by == task.opened_by
    ):
        refuse(
            "second-person-needed",
            "INV-40",
            Unblock(fact="countersignature", owner="scheduling", action="ask somebody else"),
            kind=task.kind.value,
        )
    return replace(task, status=TaskStatus.DONE, done_at=at, done_by=by, done_by_role=role)
