"""A prescription's terms, its states, and which step is possible from which (section 6.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from services.prescribing.domain.people import Signature
from services.prescribing.domain.vocabulary import EndReason
from shared.protocol import HoldCategory


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
    ACTIVATE = "activate"
    AMEND = "amend"
    SUPERSEDE = "supersede"
    END = "end"
    REVOKE = "revoke"


ALLOWED: Final[Mapping[PrescriptionStatus, frozenset[RxTrigger]]] = {
    PrescriptionStatus.DRAFT: frozenset(
        {RxTrigger.CONFIRM, RxTrigger.ACTIVATE, RxTrigger.SUPERSEDE, RxTrigger.REVOKE}
    ),
    PrescriptionStatus.ACTIVE: frozenset({RxTrigger.AMEND, RxTrigger.END, RxTrigger.REVOKE}),
    PrescriptionStatus.EXHAUSTED: frozenset({RxTrigger.REVOKE}),
    PrescriptionStatus.EXPIRED: frozenset({RxTrigger.REVOKE}),
    PrescriptionStatus.SUPERSEDED: frozenset({RxTrigger.REVOKE}),
    PrescriptionStatus.ENDED: frozenset({RxTrigger.REVOKE}),
    PrescriptionStatus.REVOKED: frozenset(),
}
ENDED_AS: Final = {
    EndReason.EXPIRED: PrescriptionStatus.EXPIRED,
    EndReason.EXHAUSTED: PrescriptionStatus.EXHAUSTED,
    EndReason.COURSE_CLOSED: PrescriptionStatus.ENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one version prescribes. Without ``valid_until`` it runs as long as the law allows."""

    timing_profile: str
    amount_mg: float
    sessions_authorised: int
    valid_until: datetime | None
    weight_kg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A former version of the terms, and when it was replaced."""

    rx_version: int
    terms: Terms
    replaced_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    category: HoldCategory
    at: datetime
    by: Signature | None
