"""Decisions as the API shows them: every rule, what it was read from, how fresh that is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.handlers.show_standing import Shown
from services.prescribing.web.views.dosing import DoseOrderView
from services.prescribing.web.views.records import HoldView
from shared.decisions import Unblock
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
    """A decision about ``subject_id`` with every rule, also those that hold.

    ``missing`` is the shortest list of what would unblock it.
    """

    gate: str
    subject_id: UUID
    allowed: bool
    missing: list[MissingView]
    verdicts: list[VerdictView]


class FreshnessView(BaseModel):
    age_seconds: float | None
    waiting: int
    parked: int


class PrescriptionStandingView(BaseModel):
    """Without the amount: that is for those who prescribe and give."""

    id: UUID
    status: PrescriptionStatus
    rx_version: int
    timing_profile: str
    sessions_authorised: int
    left: int
    available: int
    valid_until: datetime | None


class RecoveryStandingView(BaseModel):
    id: UUID
    session_id: UUID
    status: str
    observe_until: datetime
    dose_count: int


class RestrictionView(BaseModel):
    session_id: UUID
    until: datetime
    end_known: bool


class StandingView(BaseModel):
    """How a course stands here, and what each of its open orders waits for."""

    course_id: UUID
    client_id: UUID
    unverifiable: bool
    dosed_count: int
    prescriptions: list[PrescriptionStandingView]
    orders: list[DoseOrderView]
    recoveries: list[RecoveryStandingView]
    open_holds: list[HoldView]
    restrictions: list[RestrictionView]
    decisions: list[DecisionView]
    freshness: dict[str, FreshnessView]


class SessionGatesView(BaseModel):
    """What a session's dose, and its client's leaving, wait for."""

    session_id: UUID
    course_id: UUID
    order: DoseOrderView
    recovery: RecoveryStandingView | None
    decisions: list[DecisionView]
    freshness: dict[str, FreshnessView]


def decision_view(shown: Shown, course_id: UUID) -> DecisionView:
    decision = shown.decision
    return DecisionView(
        gate=decision.gate,
        subject_id=shown.subject_id,
        allowed=decision.allowed,
        missing=missing_views(
            decision.refusals,
            by="prescribing",
            course_id=course_id,
            session_id=shown.session_id,
        ),
        verdicts=[
            VerdictView(
                slug=v.slug,
                rule=v.rule,
                holds=v.holds,
                facts=dict(v.facts),
                source_events=list(v.source_events),
                unblocks_with=[_unblock(way) for way in v.unblocks_with],
            )
            for v in decision.verdicts
        ],
    )


def _unblock(way: Unblock) -> UnblockView:
    return UnblockView(fact=way.fact, owner=way.owner, action=way.action)


def freshness_view(freshness: Mapping[str, Freshness]) -> dict[str, FreshnessView]:
    return {
        producer: FreshnessView(age_seconds=one.age_seconds, waiting=one.waiting, parked=one.parked)
        for producer, one in freshness.items()
    }
