"""The sections about the course, its sessions, its prescription and its consent.

Units are in the names: minutes, hours, days. Sources stand in the docstrings; floors are the
loader's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from shared.protocol.section import Section
from shared.protocol.timing import TimingProfile
from shared.protocol.vocabulary import (
    ConsentScope,
    EngagementStyle,
    Indication,
    Programme,
    Route,
    Setting,
    TherapistPresence,
    Touch,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prep(Section):
    """Preparation before the first dose (C-03, F47 to F52)."""

    min_sessions: int = 2
    typical_max: int = 3
    floor_min: int = 1
    therapist_signoff: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Course(Section):
    """Recommended numbers are shown and never enforced; a review is (C-04, F65, F102 to F106)."""

    recommended_min: int = 3
    recommended_target: int = 6
    review_every: int = 6
    followup_days: int = 30
    programmes: tuple[Programme, ...] = tuple(Programme)
    indications: tuple[Indication, ...] = tuple(Indication)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMinutes(Section):
    """How long a session is booked for; each within 60 to 180 (ruling 24)."""

    default: int = 180
    min: int = 75
    max: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing(Section):
    """The dosing session (F66 to F70, C-01, C-02, C-11, C-12)."""

    block_minutes: BlockMinutes = BlockMinutes()
    opening_minutes: int = 20
    overrun_buffer_minutes: int = 60
    therapist_presence: TherapistPresence = TherapistPresence.THROUGHOUT
    settings_allowed: tuple[Setting, ...] = (Setting.IN_CLINIC,)
    max_in_7_days: int = 2
    max_doses_per_session: int = 1
    assent_validity_minutes: int = 60
    gate_validity_minutes: int = 5
    summary_due_hours: int = 24

    def fits(self, block: int, profile: TimingProfile) -> bool:
        """Whether effects clear before a block of these minutes and its buffer end (C-02)."""
        return self.opening_minutes + profile.offset_max <= block + self.overrun_buffer_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSessions(Section):
    """Consultation, preparation, integration and follow-up: the sessions without medicine."""

    block_minutes: int = 60
    settings_allowed: tuple[Setting, ...] = (Setting.IN_CLINIC, Setting.VIRTUAL)
    consultation_first: bool = False
    integration_action_items: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences(Section):
    """What is offered until the client says otherwise (F72 to F80)."""

    touch: Touch = Touch.NONE
    music: bool = True
    eyeshades: bool = True
    engagement_style: EngagementStyle = EngagementStyle.HOLD_SPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling(Section):
    """Above this amount a second prescriber confirms (F12, F57).

    Milligrams, or milligrams per kilogram.
    """

    amount: float
    per_kg: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionRules(Section):
    """Validity and limits of a prescription (clinical 3.6 and 3.11).

    ``max_months`` is counted by calendar and is what a date is compared with where the days
    disagree; ``max_days`` is what a clinic may shorten it to. Through the day
    ``telehealth_rx_allowed_until`` a client who was not seen in person may be prescribed for.
    ``enrolment_required``: client and prescriber have signed the programme's enrolment before.
    """

    max_days: int = 180
    max_months: int = 6
    max_refills: int = 5
    pdmp_max_age_days: int = 90
    enrolment_required: bool = False
    telehealth_rx_allowed_until: date = date(2026, 12, 31)
    ceilings: Mapping[Route, Ceiling] = field(
        default_factory=lambda: {
            Route.SL: Ceiling(amount=400),
            Route.PO: Ceiling(amount=300),
            Route.IM: Ceiling(amount=150),
            Route.IN: Ceiling(amount=84),
            Route.IV: Ceiling(amount=1.0, per_kg=True),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules(Section):
    """How long a signature lasts, and which scopes a dose needs (F39 to F44)."""

    treatment_valid_days: int = 365
    reconsent_on_material_change: bool = True
    required_scopes: tuple[ConsentScope, ...] = (
        ConsentScope.TREATMENT,
        ConsentScope.AFTERCARE_AGREEMENT,
    )
