"""What the API answers with. Ids, states and times; no name, no address, no clinical content."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from services.notifications.domain.aftercare_plan import AftercarePlan, AftercareStatus
from services.notifications.domain.alerts import AlertKind, Severity
from services.notifications.domain.check_in import CheckIn, CheckInStatus
from services.notifications.domain.escalation import Cause, Escalation, EscalationStatus
from services.notifications.domain.message import Message, MessageStatus, Reason
from services.notifications.domain.notice import Notice, NoticeStatus
from services.notifications.domain.task import Task, TaskKind, TaskStatus, may_complete
from services.notifications.domain.vocabulary import (
    Channel,
    CheckInOutcome,
    HandoverChannel,
    Language,
    PlanKind,
    Purpose,
    Recipient,
)
from services.notifications.domain.wording import Wording
from services.notifications.persistence.queries import Page
from shared.protocol import Role

V = TypeVar("V", bound=BaseModel)


class Listing(BaseModel, Generic[V]):
    """A page of a list; pass ``next_cursor`` as ``cursor`` for the next one."""

    items: list[V]
    next_cursor: UUID | None


class HandoverView(BaseModel):
    recipient: Recipient
    channel: HandoverChannel
    at: datetime


class AftercareView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: AftercareStatus
    plan: PlanKind
    restrictions_until: datetime
    end_known: bool
    restriction_active: bool
    level: int
    handovers: list[HandoverView]
    acknowledged: list[Recipient]
    started_at: datetime
    closed_at: datetime | None


class CheckInView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    aftercare_id: UUID
    hours: int
    status: CheckInStatus
    due_at: datetime
    silent_at: datetime
    outcome: CheckInOutcome | None
    closed_at: datetime | None
    closed_by: UUID | None


class EscalationView(BaseModel):
    """``since`` is when its cause became true: the true age of the loop."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    aftercare_id: UUID
    cause: Cause
    status: EscalationStatus
    level: int
    since: datetime
    opened_at: datetime
    next_step_at: datetime | None
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    resolved_by: UUID | None
    resolved_at: datetime | None


class TaskView(BaseModel):
    """``since`` is when its cause became true: the true age of the task.

    ``of_service`` is the service in which it is done, where that is another one.
    """

    id: UUID
    client_id: UUID
    course_id: UUID | None
    session_id: UUID | None
    purpose: TaskKind
    owner_role: Role
    urgent: bool
    status: TaskStatus
    cause_id: UUID
    since: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: UUID | None
    of_service: str | None
    done_by: tuple[Role, ...] = Field(description="The roles that may say that it is done")


class MessageView(BaseModel):
    """What became of a message, and why. Its text was read by its recipient only."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    purpose: Purpose
    wording: Wording
    recipient: Recipient
    cause_id: UUID
    status: MessageStatus
    reason: Reason | None
    due_at: datetime
    expires_at: datetime
    next_try_at: datetime | None
    attempts: int
    channel: Channel | None
    language: Language | None
    late: bool
    closed_at: datetime | None


class NoticeView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    kind: AlertKind
    severity: Severity
    cause_id: UUID
    role: Role
    recipient_ref: UUID | None
    occurred_at: datetime
    told_at: datetime
    status: NoticeStatus
    read_at: datetime | None
    read_by: UUID | None


def aftercare_view(plan: AftercarePlan, now: datetime) -> AftercareView:
    return AftercareView(
        id=plan.id,
        client_id=plan.client_id,
        course_id=plan.course_id,
        session_id=plan.session_id,
        status=plan.status,
        plan=plan.plan,
        restrictions_until=plan.restrictions_until,
        end_known=plan.end_known,
        restriction_active=plan.window.active(now),
        level=plan.level,
        handovers=[
            HandoverView(recipient=h.recipient, channel=h.channel, at=h.at) for h in plan.handovers
        ],
        acknowledged=list(plan.acknowledged),
        started_at=plan.started_at,
        closed_at=plan.closed_at,
    )


def check_in_view(state: CheckIn) -> CheckInView:
    return CheckInView.model_validate(state, from_attributes=True)


def escalation_view(state: Escalation) -> EscalationView:
    return EscalationView.model_validate(state, from_attributes=True)


def task_view(state: Task) -> TaskView:
    return TaskView(
        id=state.id,
        client_id=state.client_id,
        course_id=state.course_id,
        session_id=state.session_id,
        purpose=state.kind,
        owner_role=state.owner_role,
        urgent=state.urgent,
        status=state.status,
        cause_id=state.cause_id,
        since=state.since,
        due_at=state.due_at,
        closed_at=state.closed_at,
        closed_by=state.closed_by,
        of_service=state.of_service,
        done_by=tuple(role for role in Role if may_complete(state.owner_role, role)),
    )


def message_view(state: Message) -> MessageView:
    return MessageView.model_validate(state, from_attributes=True)


def notice_view(state: Notice) -> NoticeView:
    return NoticeView.model_validate(state, from_attributes=True)


def listing(found: Page[Any], views: Sequence[V]) -> Listing[V]:
    return Listing(items=list(views), next_cursor=found.next_cursor)
