"""The sections that keep a client safe: before the dose, in recovery, at the door, at home.

Units are in the names: minutes, hours. Sources stand in the docstrings; floors are the loader's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time

from shared.protocol.section import Section
from shared.protocol.vocabulary import (
    Channel,
    ClearanceRole,
    DrugClass,
    InteractionAction,
    PregnancyTest,
    RecoveryCriterion,
    ScoreInstrument,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure(Section):
    """Blood pressure, mmHg."""

    sys: int
    dia: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fasting(Section):
    """Hours without food, and without liquid, before the dose."""

    food_h: int = 4
    liquid_h: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction(Section):
    """What a drug class means for the dose, and what whoever checks is told (clinical 3.11)."""

    action: InteractionAction
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Predose(Section):
    """The checks of the day. Above ``bp_review`` a prescriber decides, above ``bp_hold`` nobody.

    ``prescriber_on_site`` and ``concomitant_medication_list`` are asked where the clinic, or the
    profile of its protocol, makes them conditions of a start and a dose (clinical 3.1).
    """

    check_validity_minutes: int = 30
    bp_review: Pressure = Pressure(sys=140, dia=90)
    bp_hold: Pressure = Pressure(sys=160, dia=100)
    hr_range: tuple[int, int] = (50, 100)
    spo2_min: int = 95
    fasting: Fasting = Fasting()
    pregnancy_test: PregnancyTest = PregnancyTest.FIRST
    prescriber_on_site: bool = False
    concomitant_medication_list: bool = False
    interactions: Mapping[DrugClass, Interaction] = field(
        default_factory=lambda: {
            DrugClass.BENZODIAZEPINE: Interaction(
                action=InteractionAction.INFO,
                text="May shorten or weaken the effect. Never stopped abruptly for a session.",
            ),
            DrugClass.SEDATIVE_HYPNOTIC: Interaction(
                action=InteractionAction.REVIEW, text="Adds to sedation."
            ),
            DrugClass.OPIOID: Interaction(
                action=InteractionAction.REVIEW, text="Adds to sedation; watch breathing."
            ),
            DrugClass.PSYCHOSTIMULANT: Interaction(
                action=InteractionAction.REVIEW,
                text="May raise blood pressure. Skipped on the day where that is safe.",
            ),
            DrugClass.MAOI: Interaction(
                action=InteractionAction.REVIEW, text="May raise blood pressure."
            ),
            DrugClass.LAMOTRIGINE: Interaction(
                action=InteractionAction.INFO, text="May weaken the effect; sources disagree."
            ),
            DrugClass.CYP3A4_OR_2B6: Interaction(
                action=InteractionAction.REVIEW,
                text="Changes how fast the medicine is broken down; look at the dose.",
            ),
            DrugClass.THEOPHYLLINE: Interaction(
                action=InteractionAction.HOLD,
                text="Lowers the seizure threshold together with the medicine: not both.",
            ),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Section):
    """A discharge score and the points that pass. The file calls the latter ``pass``."""

    instrument: ScoreInstrument = ScoreInstrument.PADSS_MODIFIED
    pass_mark: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClearance(Section):
    """Two named people clear a client while prescribing does not answer (ruling 15)."""

    allowed: bool = True
    two_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(Section):
    """Observation after the last dose (F86 to F88)."""

    min_observation_minutes: int = 120
    checkpoints_minutes: tuple[int, ...] = (40,)
    criteria: tuple[RecoveryCriterion, ...] = tuple(RecoveryCriterion)
    score: Score = Score()
    checkpoint_tolerance_minutes: int = 10
    reversal_wait_minutes: int = 120
    clearance_validity_minutes: int = 30
    clearance_roles: tuple[ClearanceRole, ...] = (ClearanceRole.PRESCRIBER, ClearanceRole.NURSE)
    manual_clearance: ManualClearance = ManualClearance()
    monitoring_form_days: int | None = None
    """Days within which a form on the monitoring is sent after every dosed session."""
    report_every_adverse_event: bool = False
    """Whether an adverse event that is not serious is reported as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escort(Section):
    """The trusted adult who takes the client home (F89, C-16)."""

    required: bool = True
    min_age: int = 18
    rideshare_alone: bool = False
    confirm_before_dose: bool = True
    replacement_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare(Section):
    """Restrictions and check-ins, counted from the session's end (F90, F99 to F101, C-17)."""

    min_hours: int = 8
    until_next_day: bool = False
    checkins_hours: tuple[int, ...] = (24, 72)
    enhanced_checkins_hours: tuple[int, ...] = (4, 24, 72)
    integration_within_hours: int = 72
    integration_between_doses: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours(Section):
    """Local times between which routine messages wait; may pass over midnight."""

    start: time = time(21, 0)
    end: time = time(8, 0)

    def covers(self, local: time) -> bool:
        """Whether this local time of day is quiet."""
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskHours(Section):
    """Local times between which the front desk is there; after them, the on-call plan applies."""

    opens: time = time(8, 0)
    closes: time = time(18, 0)

    def cover(self, local: time) -> bool:
        """Whether somebody is at the desk at this local time of day."""
        return self.opens <= local < self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMinutes(Section):
    """Minutes from a task's cause until it should be done, by how urgent its kind is."""

    at_once: int = 5
    same_hour: int = 60
    same_day: int = 480
    next_day: int = 1440
    this_week: int = 10080


@dataclass(frozen=True, slots=True, kw_only=True)
class Messaging(Section):
    """Reminders, quiet hours, tasks, and how long silence is waited for (INV-29, INV-30)."""

    channels: tuple[Channel, ...] = tuple(Channel)
    quiet_hours: QuietHours = QuietHours()
    reminders_hours: tuple[int, ...] = (48, 24)
    urgent_contact_minutes: int = 5
    escalation_step_minutes: int = 15
    checkin_patience_hours: int = 6
    task_minutes: TaskMinutes = TaskMinutes()
    desk_hours: DeskHours = DeskHours()
