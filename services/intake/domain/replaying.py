"""The decisions of intake asked again: what each was made from, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.intake.domain.approval_rules import Circumstances, approval_decision
from services.intake.domain.close_course import closing_decision
from services.intake.domain.closing import Obstacle
from services.intake.domain.consent import Consent
from services.intake.domain.consent_material import Disclosure
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.protocol_change import ProtocolChange, change_decision
from services.intake.domain.signing_rules import SigningCircumstances, signing_decision
from shared.decisions import Decision
from shared.protocol import ConsentScope


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFacts:
    """What an approval is decided by."""

    course: TreatmentCourse
    circumstances: Circumstances
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFacts:
    """What a signature is decided by."""

    consent: Consent
    circumstances: SigningCircumstances
    scopes: tuple[ConsentScope, ...]
    material_version: int
    disclosures: tuple[Disclosure, ...] | None
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """What a closing is decided by: the peers' answers, and whose medicine may still act."""

    answers: Mapping[str, tuple[Obstacle, ...] | None]
    on_board: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """What a change of protocol is decided by."""

    course: TreatmentCourse
    change: ProtocolChange
    answers: Mapping[str, tuple[Obstacle, ...] | None]
    on_board: tuple[Obstacle, ...]


def decide_approval(f: ApprovalFacts) -> Decision:
    return approval_decision(f.course, f.circumstances, now=f.now)


def decide_signing(f: SigningFacts) -> Decision:
    return signing_decision(
        f.consent,
        f.circumstances,
        scopes=f.scopes,
        material_version=f.material_version,
        disclosures=f.disclosures,
        now=f.now,
    )


def decide_closing(f: ClosingFacts) -> Decision:
    return closing_decision(f.answers, f.on_board)


def decide_change(f: ChangeFacts) -> Decision:
    return change_decision(f.course, f.change, f.answers, f.on_board)


def approval_looked_at(f: ApprovalFacts) -> ApprovalFacts:
    return replace(f, course=_without_words(f.course))


def change_looked_at(f: ChangeFacts) -> ChangeFacts:
    return replace(f, course=_without_words(f.course))


def _without_words(course: TreatmentCourse) -> TreatmentCourse:
    """Without what a person wrote: neither the goals nor the wishes are read by a rule."""
    plans = tuple(replace(plan, goals="") for plan in course.plans)
    wishes = replace(course.preferences, focus=None)
    return replace(course, plans=plans, preferences=wishes)
