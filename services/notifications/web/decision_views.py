"""Decisions as the API shows them: every rule, what it was read from, how fresh that is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.notifications.web.views import AftercareView, EscalationView, TaskView
from shared.decisions import Decision
from shared.storage import Freshness
from shared.web.missing import MissingView, missing_views


class UnblockView(BaseModel):
    fact: str
    owner: str
    action: str


class VerdictView(BaseModel):
    slug: str
    rule: str
    holds: bool
    facts: dict[str, Any]
    source_events: list[str]
    unblocks_with: list[UnblockView]


class DecisionView(BaseModel):
    """A decision with every rule, also those that hold."""

    gate: str
    allowed: bool
    missing: list[MissingView]
    verdicts: list[VerdictView]


class FreshnessView(BaseModel):
    age_seconds: float | None
    waiting: int
    parked: int


class StandingView(BaseModel):
    """How a course stands here."""

    course_id: UUID
    client_id: UUID
    unverifiable: bool
    decisions: list[DecisionView]
    aftercare: list[AftercareView]
    open_escalations: list[EscalationView]
    open_tasks: list[TaskView]
    freshness: dict[str, FreshnessView]


class SessionGatesView(BaseModel):
    """What notifications knows of a session, and what its aftercare waits for."""

    session_id: UUID
    course_id: UUID
    dosed: bool
    aftercare: AftercareView | None
    decisions: list[DecisionView]
    freshness: dict[str, FreshnessView]


def decision_view(decision: Decision, course_id: UUID) -> DecisionView:
    return DecisionView(
        gate=decision.gate,
        allowed=decision.allowed,
        missing=missing_views(decision.refusals, by="notifications", course_id=course_id),
        verdicts=[
            VerdictView(
                slug=v.slug,
                rule=v.rule,
                holds=v.holds,
                facts=dict(v.facts),
                source_events=list(v.source_events),
                unblocks_with=[
                    UnblockView(fact=u.fact, owner=u.owner, action=u.action)
                    for u in v.unblocks_with
                ],
            )
            for v in decision.verdicts
        ],
    )


def freshness_view(freshness: Mapping[str, Freshness]) -> dict[str, FreshnessView]:
    return {
        producer: FreshnessView(age_seconds=one.age_seconds, waiting=one.waiting, parked=one.parked)
        for producer, one in freshness.items()
    }
