"""Adverse events, holds, summaries, tasks and incidents."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.adverse_event import (
    AdverseEvent,
    AdverseEventCode,
    AdverseEventStatus,
    SeriousCriterion,
)
from services.prescribing.domain.hold import Hold, HoldStatus, LiftReason
from services.prescribing.domain.incident import Incident, IncidentStatus
from services.prescribing.domain.review_task import ReviewTask, TaskKind, TaskStatus
from services.prescribing.domain.summary_review import SummaryReview, SummaryStatus
from services.prescribing.domain.vocabulary import IncidentCode, ReviewOutcome
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role


class AdverseEventView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: AdverseEventStatus
    code: AdverseEventCode
    serious: bool
    occurred_at: datetime
    report_due_at: datetime | None
    recorded: SignatureView | None
    reported: SignatureView | None
    criteria: tuple[SeriousCriterion, ...]


def adverse_event_view(adverse: AdverseEvent) -> AdverseEventView:
    return AdverseEventView(
        id=adverse.id,
        client_id=adverse.client_id,
        course_id=adverse.course_id,
        session_id=adverse.session_id,
        status=adverse.status,
        code=adverse.code,
        serious=adverse.serious,
        occurred_at=adverse.occurred_at,
        report_due_at=adverse.report_due_at,
        recorded=signature_view(adverse.recorded),
        reported=signature_view(adverse.reported),
        criteria=adverse.criteria,
    )


class HoldView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: HoldStatus
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    placed_at: datetime
    signatures: list[SignatureView]
    reasons: tuple[LiftReason, ...]
    missing_signatures: list[Role]
    safety_plan_recorded: bool
    lifted_at: datetime | None


def hold_view(hold: Hold) -> HoldView:
    return HoldView(
        id=hold.id,
        client_id=hold.client_id,
        course_id=hold.course_id,
        session_id=hold.session_id,
        status=hold.status,
        category=hold.category,
        blocks=hold.blocks,
        severity=hold.severity,
        placed_at=hold.placed_at,
        signatures=[SignatureView(role=s.role, ref=s.ref, at=s.at) for s in hold.signatures],
        reasons=hold.reasons,
        missing_signatures=sorted(hold.missing_signatures),
        safety_plan_recorded=hold.safety_plan_recorded,
        lifted_at=hold.lifted_at,
    )


class SummaryReviewView(BaseModel):
    """The summary itself is read on scheduling's page, by its reference."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: SummaryStatus
    summary_ref: UUID | None
    shared_at: datetime | None
    outcome: ReviewOutcome | None
    signed: SignatureView | None


def summary_view(review: SummaryReview) -> SummaryReviewView:
    return SummaryReviewView(
        id=review.id,
        client_id=review.client_id,
        course_id=review.course_id,
        session_id=review.session_id,
        status=review.status,
        summary_ref=review.summary_ref,
        shared_at=review.shared_at,
        outcome=review.outcome,
        signed=signature_view(review.signed),
    )


class TaskView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: TaskStatus
    kind: TaskKind
    raised_at: datetime
    due_at: datetime | None
    done: SignatureView | None


def task_view(task: ReviewTask) -> TaskView:
    return TaskView(
        id=task.id,
        client_id=task.client_id,
        course_id=task.course_id,
        session_id=task.session_id,
        status=task.status,
        kind=task.kind,
        raised_at=task.raised_at,
        due_at=task.due_at,
        done=signature_view(task.done),
    )


class IncidentView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: IncidentStatus
    code: IncidentCode
    dose_order_id: UUID | None
    broken_rules: tuple[str, ...]
    occurred_at: datetime
    reviewed: SignatureView | None


def incident_view(incident: Incident) -> IncidentView:
    return IncidentView(
        id=incident.id,
        client_id=incident.client_id,
        course_id=incident.course_id,
        session_id=incident.session_id,
        status=incident.status,
        code=incident.code,
        dose_order_id=incident.dose_order_id,
        broken_rules=incident.broken_rules,
        occurred_at=incident.occurred_at,
        reviewed=signature_view(incident.reviewed),
    )
