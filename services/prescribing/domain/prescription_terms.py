"""A prescription's terms, its states, and which step is possible from which (section 6.2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.prescribing.domain.people import Signature
from services.prescribing.domain.prescription_elements import IN_THE_CLINIC, DoseTier, DrugForm
from services.prescribing.domain.transitions import Transitions
from services.prescribing.domain.vocabulary import EndReason
from shared.protocol import HoldCategory, Route


class PrescriptionStatus(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    REVOKED = "revoked"


class RxTrigger(StrEnum):
    CONFIRM = "confirm"
    CONFIRM_HIGHER = "confirm_higher"
    ACTIVATE = "activate"
    AMEND = "amend"
    SUPERSEDE = "supersede"
    END = "end"
    REVOKE = "revoke"
    RESERVE = "reserve"
    GIVE_BACK = "give_back"
    USE = "use"


_S, _T = PrescriptionStatus, RxTrigger
_SETTLING: Final = frozenset({_T.GIVE_BACK, _T.USE})
"""An order that closes settles with its prescription, whatever became of that meanwhile."""
_OVER: Final = _SETTLING | {_T.REVOKE}

TRANSITIONS: Final[Transitions[PrescriptionStatus, RxTrigger]] = Transitions(
    about="prescription",
    cites="section 6.2",
    possible={
        _S.DRAFT: frozenset({_T.CONFIRM, _T.ACTIVATE, _T.SUPERSEDE, _T.REVOKE}),
        _S.ACTIVE: frozenset({_T.CONFIRM_HIGHER, _T.AMEND, _T.END, _T.RESERVE, _T.REVOKE})
        | _SETTLING,
        _S.EXHAUSTED: _OVER,
        _S.EXPIRED: _OVER,
        _S.SUPERSEDED: frozenset({_T.REVOKE}),
        _S.ENDED: _OVER,
        _S.REVOKED: _SETTLING,
    },
    slugs={
        (status, _T.RESERVE): "no-authorisation-left"
        for status in PrescriptionStatus
        if status is not _S.ACTIVE
    },
)
ENDED_AS: Final = {
    EndReason.EXPIRED: PrescriptionStatus.EXPIRED,
    EndReason.EXHAUSTED: PrescriptionStatus.EXHAUSTED,
    EndReason.COURSE_CLOSED: PrescriptionStatus.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one version prescribes. Without ``valid_until`` it runs as long as the law allows.

    Amounts are milligrams: ``amount_mg`` is a session's first dose, ``booster_mg`` each further
    one, None where none is prescribed. ``strength_mg`` is what one unit holds; None: one dose.
    """

    timing_profile: str
    amount_mg: float
    sessions_authorised: int
    valid_until: datetime | None
    weight_kg: float | None = None
    booster_mg: float | None = None
    dose_tier: DoseTier | None = None
    form: DrugForm | None = None
    strength_mg: float | None = None
    directions: str = IN_THE_CLINIC

    def dose_mg(self, seq: int) -> float | None:
        """How much the dose with this number is; None where it is not prescribed."""
        return self.amount_mg if seq == 1 else self.booster_mg

    def session_mg(self, most_doses: int) -> float:
        """The most that one session may come to: the first dose and every booster."""
        return self.amount_mg + (self.booster_mg or 0.0) * (most_doses - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A former version of the terms: who wrote it when and why, and when it was replaced."""

    rx_version: int
    terms: Terms
    replaced_at: datetime
    written: Signature | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    category: HoldCategory
    at: datetime
    by: Signature | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HigherDose:
    """A second prescriber's word: up to so many milligrams in a session, by this route."""

    route: Route
    session_mg: float
    signed: Signature

    def covers(self, route: Route, session_mg: float, *, amended_by: UUID) -> bool:
        """Whether it stands for these terms, and is somebody else's than who amends."""
        return (
            route is self.route and session_mg <= self.session_mg and self.signed.ref != amended_by
        )
