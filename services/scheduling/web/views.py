"""What the API shows besides sessions."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from services.scheduling.domain.desk_task import OWNER, DeskTask, TaskKind, TaskStatus
from services.scheduling.domain.hold import Hold, HoldStatus, LiftReason
from services.scheduling.domain.preparation import Preparation, PreparationStatus, PrepItem
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.summary import Summary
from shared.decisions import Decision
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Prep
from shared.storage import Freshness
from shared.web.missing import MissingView, missing_views

V = TypeVar("V")


class Page(BaseModel, Generic[V]):
    """A piece of a list, and where the next one begins."""

    items: list[V]
    next_cursor: str | None = None


class PreparationView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    status: PreparationStatus
    sessions: list[UUID]
    needed: int
    usual_most: int
    checklist_version: int
    covered: list[PrepItem]
    open_items: list[PrepItem]
    signed_by: UUID | None
    signed_at: datetime | None
    completed_at: datetime | None


class HoldView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    status: HoldStatus
    category: HoldCategory
    blocks: list[HoldBlock]
    severity: HoldSeverity
    placed_at: datetime
    placed_by: Role
    placed_by_ref: UUID | None
    lifted_at: datetime | None
    lifted_by: Role | None
    lifted_by_ref: UUID | None
    lift_reason: LiftReason | None


class TaskView(BaseModel):
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID | None
    kind: TaskKind
    owner_role: Role
    status: TaskStatus
    details: list[str]
    opened_at: datetime
    done_at: datetime | None
    done_by: UUID | None


class SummaryView(BaseModel):
    id: UUID
    session_id: UUID
    author_ref: UUID | None
    signed_at: datetime
    text: str
    addendum_to: UUID | None


class UnblockedBy(BaseModel):
    fact: str
    owner: str
    action: str


class VerdictView(BaseModel):
    slug: str
    rule: str
    holds: bool
    facts: dict[str, Any]
    source_events: list[str]
    unblocks_with: list[UnblockedBy]


class GateView(BaseModel):
    """``decides_by`` says where the facts are from when it is really decided, ``missing`` the
    shortest list of what would unblock it."""

    gate: str
    allowed: bool
    decides_by: str
    missing: list[MissingView]
    verdicts: list[VerdictView]


class FreshnessView(BaseModel):
    age_seconds: float | None
    waiting: int
    parked: int


def preparation_view(preparation: Preparation, rules: Prep) -> PreparationView:
    signed = preparation.signed
    return PreparationView(
        id=preparation.id,
        client_id=preparation.client_id,
        course_id=preparation.course_id,
        status=preparation.status,
        sessions=sorted(preparation.sessions),
        needed=max(rules.min_sessions, rules.floor_min),
        usual_most=rules.typical_max,
        checklist_version=preparation.checklist_version,
        covered=sorted(preparation.checklist),
        open_items=list(preparation.open_items),
        signed_by=signed.therapist_ref if signed else None,
        signed_at=signed.at if signed else None,
        completed_at=preparation.completed_at,
    )


def hold_view(hold: Hold) -> HoldView:
    return HoldView(
        id=hold.id,
        client_id=hold.client_id,
        course_id=hold.course_id,
        session_id=hold.session_id,
        status=hold.status,
        category=hold.category,
        blocks=list(hold.blocks),
        severity=hold.severity,
        placed_at=hold.placed_at,
        placed_by=hold.placed_by,
        placed_by_ref=hold.placed_by_ref,
        lifted_at=hold.lifted_at,
        lifted_by=hold.lifted_by,
        lifted_by_ref=hold.lifted_by_ref,
        lift_reason=hold.lift_reason,
    )


def task_view(task: DeskTask) -> TaskView:
    return TaskView(
        id=task.id,
        client_id=task.client_id,
        course_id=task.course_id,
        session_id=task.session_id,
        kind=task.kind,
        owner_role=OWNER[task.kind],
        status=task.status,
        details=list(task.details),
        opened_at=task.opened_at,
        done_at=task.done_at,
        done_by=task.done_by,
    )


def summary_view(summary: Summary) -> SummaryView:
    return SummaryView(
        id=summary.id,
        session_id=summary.session_id,
        author_ref=summary.author_ref,
        signed_at=summary.signed_at,
        text=summary.text,
        addendum_to=summary.addendum_to,
    )


def gate_view(decision: Decision, *, decides_by: str, about: Session | None = None) -> GateView:
    """``about`` is the session that exists already, for links to it."""
    return GateView(
        gate=decision.gate,
        allowed=decision.allowed,
        decides_by=decides_by,
        missing=missing_views(
            decision.refusals,
            by="scheduling",
            course_id=about.course_id if about else None,
            session_id=about.id if about else None,
        ),
        verdicts=[
            VerdictView(
                slug=verdict.slug,
                rule=verdict.rule,
                holds=verdict.holds,
                facts=dict(verdict.facts),
                source_events=list(verdict.source_events),
                unblocks_with=[
                    UnblockedBy(fact=u.fact, owner=u.owner, action=u.action)
                    for u in verdict.unblocks_with
                ],
            )
            for verdict in decision.verdicts
        ],
    )


def freshness_view(known: Freshness) -> FreshnessView:
    return FreshnessView(age_seconds=known.age_seconds, waiting=known.waiting, parked=known.parked)
