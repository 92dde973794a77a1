"""Something that a person of the clinic owes: whose role, why, since when, until when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from shared.decisions import Change, Unblock, refuse
from shared.protocol import Escort, Messaging, Role


class TaskKind(StrEnum):
    ASSESS_CLIENT = "assess_client"
    SUPPLY_INFORMATION = "supply_information"
    CALL_DECLINED_CLIENT = "call_declined_client"
    RENEW_PRESCRIPTION = "renew_prescription"
    FIND_ESCORT = "find_escort"
    CALL_ESCORT = "call_escort"
    CALL_MISSED_CLIENT = "call_missed_client"
    CALL_CLIENT = "call_client"
    GIVE_INSTRUCTIONS = "give_instructions"
    REPORT_ADVERSE_EVENT = "report_adverse_event"
    MAKE_CHECK_IN = "make_check_in"
    CONTACT_CLIENT_NOW = "contact_client_now"
    STATE_SESSION_END = "state_session_end"
    PLAN_FOLLOW_UP = "plan_follow_up"
    REVIEW_INCIDENT = "review_incident"
    RELEASE_PARKED_EVENT = "release_parked_event"
    STATE_DEPARTURE = "state_departure"
    STATE_DOSES = "state_doses"
    CONFIRM_SAFETY_PLAN = "confirm_safety_plan"
    ARRANGE_INTEGRATION = "arrange_integration"
    REVIEW_EMERGENCY_ACCESS = "review_emergency_access"


OWNERS: Final[Mapping[TaskKind, Role]] = {
    TaskKind.ASSESS_CLIENT: Role.PRESCRIBER,
    TaskKind.SUPPLY_INFORMATION: Role.THERAPIST,
    TaskKind.CALL_DECLINED_CLIENT: Role.THERAPIST,
    TaskKind.RENEW_PRESCRIPTION: Role.PRESCRIBER,
    TaskKind.FIND_ESCORT: Role.FRONT_DESK,
    TaskKind.CALL_ESCORT: Role.FRONT_DESK,
    TaskKind.CALL_MISSED_CLIENT: Role.FRONT_DESK,
    TaskKind.CALL_CLIENT: Role.FRONT_DESK,
    TaskKind.GIVE_INSTRUCTIONS: Role.FRONT_DESK,
    TaskKind.REPORT_ADVERSE_EVENT: Role.PRESCRIBER,
    TaskKind.MAKE_CHECK_IN: Role.NURSE,
    TaskKind.CONTACT_CLIENT_NOW: Role.ON_CALL,
    TaskKind.STATE_SESSION_END: Role.THERAPIST,
    TaskKind.PLAN_FOLLOW_UP: Role.THERAPIST,
    TaskKind.REVIEW_INCIDENT: Role.PRESCRIBER,
    TaskKind.RELEASE_PARKED_EVENT: Role.OPERATOR,
    TaskKind.STATE_DEPARTURE: Role.THERAPIST,
    TaskKind.STATE_DOSES: Role.PRESCRIBER,
    TaskKind.CONFIRM_SAFETY_PLAN: Role.THERAPIST,
    TaskKind.ARRANGE_INTEGRATION: Role.THERAPIST,
    TaskKind.REVIEW_EMERGENCY_ACCESS: Role.OPERATOR,
}
"""Who owes a task of each kind, where nothing more particular says so."""

CLINICIANS: Final = frozenset({Role.THERAPIST, Role.PRESCRIBER, Role.NURSE, Role.ON_CALL})

SETTLED_BY: Final[Mapping[TaskKind, str]] = {
    TaskKind.MAKE_CHECK_IN: "complete_check_in",
    TaskKind.CONTACT_CLIENT_NOW: "resolve_escalation",
    TaskKind.REVIEW_EMERGENCY_ACCESS: "review_emergency_access",
}
"""Tasks that stand for something with an outcome of its own: that outcome closes them."""

URGENT: Final = frozenset(
    {TaskKind.CONTACT_CLIENT_NOW, TaskKind.GIVE_INSTRUCTIONS, TaskKind.CALL_ESCORT}
)

DUE: Final[Mapping[TaskKind, Callable[[Messaging, Escort], int]]] = {
    TaskKind.ASSESS_CLIENT: lambda m, _: m.task_minutes.this_week,
    TaskKind.SUPPLY_INFORMATION: lambda m, _: m.task_minutes.this_week,
    TaskKind.CALL_DECLINED_CLIENT: lambda m, _: m.task_minutes.next_day,
    TaskKind.RENEW_PRESCRIPTION: lambda m, _: m.task_minutes.this_week,
    TaskKind.FIND_ESCORT: lambda _, escort: escort.replacement_minutes,
    TaskKind.CALL_ESCORT: lambda m, _: m.task_minutes.at_once,
    TaskKind.CALL_MISSED_CLIENT: lambda m, _: m.task_minutes.same_day,
    TaskKind.CALL_CLIENT: lambda m, _: m.task_minutes.next_day,
    TaskKind.GIVE_INSTRUCTIONS: lambda m, _: m.task_minutes.at_once,
    TaskKind.REPORT_ADVERSE_EVENT: lambda m, _: m.task_minutes.next_day,
    TaskKind.MAKE_CHECK_IN: lambda m, _: m.task_minutes.same_day,
    TaskKind.CONTACT_CLIENT_NOW: lambda m, _: m.task_minutes.at_once,
    TaskKind.STATE_SESSION_END: lambda m, _: m.task_minutes.same_hour,
    TaskKind.PLAN_FOLLOW_UP: lambda m, _: m.task_minutes.this_week,
    TaskKind.REVIEW_INCIDENT: lambda m, _: m.task_minutes.same_day,
    TaskKind.RELEASE_PARKED_EVENT: lambda m, _: m.task_minutes.same_hour,
    TaskKind.STATE_DEPARTURE: lambda m, _: m.task_minutes.same_hour,
    TaskKind.STATE_DOSES: lambda m, _: m.task_minutes.same_hour,
    TaskKind.CONFIRM_SAFETY_PLAN: lambda m, _: m.task_minutes.same_hour,
    TaskKind.ARRANGE_INTEGRATION: lambda m, _: m.task_minutes.next_day,
    TaskKind.REVIEW_EMERGENCY_ACCESS: lambda m, _: m.task_minutes.next_day,
}
"""Minutes from the cause until a task of each kind should be done, where its cause names no time
of its own."""


def due_of(kind: TaskKind, since: datetime, messaging: Messaging, escort: Escort) -> datetime:
    """When a task of this kind should be done; a cause that was heard late is overdue at once."""
    return since + timedelta(minutes=DUE[kind](messaging, escort))


class TaskStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Trigger(StrEnum):
    COMPLETE = "complete"
    WITHDRAW = "withdraw"


ALLOWED: Final[Mapping[TaskStatus, frozenset[Trigger]]] = {
    TaskStatus.OPEN: frozenset(Trigger),
    TaskStatus.DONE: frozenset(),
    TaskStatus.WITHDRAWN: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One per kind, owner and cause. ``since`` is when the cause became true: the task's age."""

    id: UUID
    client_id: UUID
    course_id: UUID | None
    kind: TaskKind
    owner_role: Role
    cause_id: UUID
    since: datetime
    due_at: datetime
    session_id: UUID | None = None
    status: TaskStatus = TaskStatus.OPEN
    closed_at: datetime | None = None
    closed_by: UUID | None = None
    of_service: str | None = None
    """Where it is done, when that is not here."""

    @property
    def urgent(self) -> bool:
        return self.kind in URGENT


TaskChange: TypeAlias = Change[Task, NoReturn]


def open_task(
    *,
    task_id: UUID,
    client_id: UUID,
    course_id: UUID | None,
    kind: TaskKind,
    cause_id: UUID,
    since: datetime,
    due_at: datetime,
    owner_role: Role | None = None,
    session_id: UUID | None = None,
    of_service: str | None = None,
) -> TaskChange:
    return Change(
        Task(
            id=task_id,
            client_id=client_id,
            course_id=course_id,
            kind=kind,
            owner_role=owner_role or OWNERS[kind],
            cause_id=cause_id,
            since=since,
            session_id=session_id,
            due_at=due_at,
            of_service=of_service,
        )
    )


def may_complete(owner_role: Role, role: Role) -> bool:
    """Whoever owes it, or a clinician in their place (F36)."""
    return role is owner_role or role in CLINICIANS


def complete_task(state: Task, *, by: UUID | None, role: Role, at: datetime) -> TaskChange:
    """A named person did it: of the role that owes it, or a clinician in their place."""
    _require_allowed(state, Trigger.COMPLETE)
    if not may_complete(state.owner_role, role):
        refuse("task-of-another-role", "F36", owner_role=state.owner_role, role=role)
    if state.kind in SETTLED_BY:
        action = SETTLED_BY[state.kind]
        refuse(
            "task-needs-an-outcome",
            "F99",
            Unblock(fact="outcome", owner=state.owner_role, action=action),
            kind=state.kind,
        )
    if by is None:
        refuse("person-not-named", "INV-40")
    return Change(replace(state, status=TaskStatus.DONE, closed_at=at, closed_by=by))


def settle_task(state: Task, *, by: UUID | None, at: datetime) -> TaskChange:
    """What the task stands for has its outcome."""
    _require_allowed(state, Trigger.COMPLETE)
    return Change(replace(state, status=TaskStatus.DONE, closed_at=at, closed_by=by))


def withdraw_task(state: Task, *, at: datetime) -> TaskChange:
    """Something else settled it: nobody owes it any more."""
    _require_allowed(state, Trigger.WITHDRAW)
    return Change(replace(state, status=TaskStatus.WITHDRAWN, closed_at=at))


def _require_allowed(state: Task, trigger: Trigger) -> None:
    if trigger not in ALLOWED[state.status]:
        refuse(f"task-{state.status}", "F36", status=state.status, trigger=trigger)
