"""The sections of a clinic's protocol, each default with its source. Floors are the loader's.

Units are in the names: minutes, hours, days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from types import MappingProxyType

from shared.protocol.timing import TimingProfile
from shared.protocol.vocabulary import (
    ClearanceRole,
    ConsentScope,
    DrugClass,
    EngagementStyle,
    Indication,
    InteractionAction,
    PregnancyTest,
    Programme,
    RecoveryCriterion,
    Route,
    ScoreInstrument,
    Setting,
    TherapistPresence,
    Touch,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prep:
    """Preparation before the first dose (C-03, F47 to F52)."""

    min_sessions: int = 2
    floor_min: int = 1
    therapist_signoff: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Recommended numbers are shown and never enforced; a review is (C-04)."""

    recommended_min: int = 3
    recommended_target: int = 6
    review_every: int = 6
    followup_days: int = 30
    programmes: tuple[Programme, ...] = tuple(Programme)
    indications: tuple[Indication, ...] = tuple(Indication)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMinutes:
    """How long a session is booked for; each within 60 to 180 (ruling 24)."""

    default: int = 180
    min: int = 75
    max: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosing:
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

    def fits(self, block: int, profile: TimingProfile) -> bool:
        """Whether effects clear before a block of these minutes and its buffer end (C-02)."""
        return self.opening_minutes + profile.offset_max <= block + self.overrun_buffer_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkSessions:
    """Consultation, preparation, integration and follow-up: the sessions without medicine."""

    block_minutes: int = 60
    settings_allowed: tuple[Setting, ...] = (Setting.IN_CLINIC, Setting.VIRTUAL)
    consultation_first: bool = False
    integration_action_items: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What is offered until the client says otherwise (F72 to F80)."""

    touch: Touch = Touch.NONE
    music: bool = True
    eyeshades: bool = True
    engagement_style: EngagementStyle = EngagementStyle.HOLD_SPACE


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """Blood pressure, mmHg."""

    sys: int
    dia: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fasting:
    """Hours without food, and without liquid, before the dose."""

    food_h: int = 4
    liquid_h: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDose:
    """The checks of the day. Above ``bp_review`` a prescriber decides, above ``bp_hold`` nobody."""

    check_validity_minutes: int = 30
    bp_review: Pressure = Pressure(sys=140, dia=90)
    bp_hold: Pressure = Pressure(sys=160, dia=100)
    hr_range: tuple[int, int] = (50, 100)
    spo2_min: int = 95
    fasting: Fasting = Fasting()
    pregnancy_test: PregnancyTest = PregnancyTest.FIRST
    interactions: Mapping[DrugClass, InteractionAction] = field(
        default_factory=lambda: MappingProxyType(
            {
                DrugClass.BENZODIAZEPINE: InteractionAction.INFO,
                DrugClass.SEDATIVE_HYPNOTIC: InteractionAction.REVIEW,
                DrugClass.OPIOID: InteractionAction.REVIEW,
                DrugClass.PSYCHOSTIMULANT: InteractionAction.REVIEW,
                DrugClass.MAOI: InteractionAction.REVIEW,
                DrugClass.LAMOTRIGINE: InteractionAction.INFO,
                DrugClass.CYP3A4_OR_2B6: InteractionAction.REVIEW,
                DrugClass.THEOPHYLLINE: InteractionAction.HOLD,
            }
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A discharge score and the points that pass. The file calls the latter ``pass``."""

    instrument: ScoreInstrument = ScoreInstrument.PADSS_MODIFIED
    pass_mark: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClearance:
    """Two named people clear a client while prescribing does not answer (ruling 15)."""

    allowed: bool = True
    two_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Observation after the last dose (F86 to F88)."""

    min_observation_minutes: int = 120
    checkpoints_minutes: tuple[int, ...] = (40,)
    criteria: tuple[RecoveryCriterion, ...] = tuple(RecoveryCriterion)
    score: Score = Score()
    clearance_validity_minutes: int = 30
    clearance_roles: tuple[ClearanceRole, ...] = (ClearanceRole.PRESCRIBER, ClearanceRole.NURSE)
    manual_clearance: ManualClearance = ManualClearance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort:
    """The trusted adult who takes the client home (F89, C-16)."""

    required: bool = True
    min_age: int = 18
    rideshare_alone: bool = False
    confirm_before_dose: bool = True
    replacement_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare:
    """Restrictions and check-ins, counted from the session's end (F90, F99 to F101, C-17)."""

    min_hours: int = 8
    until_next_day: bool = False
    checkins_hours: tuple[int, ...] = (24, 72)
    enhanced_checkins_hours: tuple[int, ...] = (4, 24, 72)
    integration_within_hours: int = 72
    integration_between_doses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """Above this amount a second prescriber confirms. Milligrams, or milligrams per kilogram."""

    amount: float
    per_kg: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionRules:
    """Validity and limits of a prescription (clinical 3.6 and 3.11).

    ``max_months`` is counted by calendar and is what a date is compared with where the days
    disagree; ``max_days`` is what a clinic may shorten it to.
    """

    max_days: int = 180
    max_months: int = 6
    max_refills: int = 5
    pdmp_max_age_days: int = 90
    ceilings: Mapping[Route, Ceiling] = field(
        default_factory=lambda: MappingProxyType(
            {
                Route.SL: Ceiling(amount=400),
                Route.PO: Ceiling(amount=300),
                Route.IM: Ceiling(amount=150),
                Route.IN: Ceiling(amount=84),
                Route.IV: Ceiling(amount=1.0, per_kg=True),
            }
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRules:
    """How long a signature lasts, and which scopes a dose needs (F39 to F44)."""

    treatment_valid_days: int = 365
    reconsent_on_material_change: bool = True
    required_scopes: tuple[ConsentScope, ...] = (
        ConsentScope.TREATMENT,
        ConsentScope.AFTERCARE_AGREEMENT,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Local times between which routine messages wait; may pass over midnight."""

    start: time = time(21, 0)
    end: time = time(8, 0)

    def covers(self, local: time) -> bool:
        """Whether this local time of day is quiet."""
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Messaging:
    """Reminders, quiet hours, and how long silence is waited for (INV-29, INV-30)."""

    quiet_hours: QuietHours = QuietHours()
    reminders_hours: tuple[int, ...] = (48, 24)
    urgent_contact_minutes: int = 5
    escalation_step_minutes: int = 15
    checkin_patience_hours: int = 6
