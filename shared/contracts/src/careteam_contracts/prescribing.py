"""What prescribing publishes, from assessment to clearance. Never an amount."""

from typing import ClassVar, Final
from uuid import UUID

from careteam_contracts.base import Event
from careteam_contracts.enums import (
    AssessmentOutcome,
    ClearanceRole,
    HoldCategory,
    PreDoseOutcome,
    PrescriptionEnd,
    RecoveryOutcome,
    Service,
    SummaryReview,
)
from careteam_contracts.scalars import Count, Ordinal, TimingProfileCode, UtcTime, Version

_I: Final = Service.INTAKE
_S: Final = Service.SCHEDULING
_N: Final = Service.NOTIFICATIONS


class PrescribingEvent(Event):
    producer: ClassVar[Service] = Service.PRESCRIBING


class MedicalAssessmentCompleted(PrescribingEvent):
    """The assessor signed. Answers exactly the request it names."""

    type: ClassVar[str] = "careteam.prescribing.medical_assessment_completed.v1"
    aggregate_type: ClassVar[str] = "medical_assessment"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _N)

    request_id: UUID
    outcome: AssessmentOutcome
    valid_until: UtcTime | None = None


class DosePrescribed(PrescribingEvent):
    """A prescription became active. ``timing_profile`` says how long effects last, not how much."""

    type: ClassVar[str] = "careteam.prescribing.dose_prescribed.v1"
    aggregate_type: ClassVar[str] = "prescription"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S, _N)
    public: ClassVar[bool] = True

    prescription_id: UUID
    rx_version: Version
    timing_profile: TimingProfileCode
    sessions_authorised: Ordinal
    valid_from: UtcTime
    valid_until: UtcTime


class PrescriptionAmended(PrescribingEvent):
    """A new version replaces the one it names in ``supersedes``."""

    type: ClassVar[str] = "careteam.prescribing.prescription_amended.v1"
    aggregate_type: ClassVar[str] = "prescription"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S)
    public: ClassVar[bool] = True

    prescription_id: UUID
    rx_version: Version
    supersedes: Version
    timing_profile: TimingProfileCode
    sessions_authorised: Ordinal
    valid_until: UtcTime


class PrescriptionRevoked(PrescribingEvent):
    """Final for this prescription. The category of the cause is in the hold placed beside it."""

    type: ClassVar[str] = "careteam.prescribing.prescription_revoked.v1"
    aggregate_type: ClassVar[str] = "prescription"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S, _N)
    urgent: ClassVar[bool] = True
    public: ClassVar[bool] = True

    prescription_id: UUID
    rx_version: Version


class PrescriptionEnded(PrescribingEvent):
    """Used up, out of date, or its course closed."""

    type: ClassVar[str] = "careteam.prescribing.prescription_ended.v1"
    aggregate_type: ClassVar[str] = "prescription"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)
    public: ClassVar[bool] = True

    prescription_id: UUID
    reason: PrescriptionEnd


class DoseAuthorized(PrescribingEvent):
    """One dose order is bound to one session, until that session's planned end."""

    type: ClassVar[str] = "careteam.prescribing.dose_authorized.v1"
    aggregate_type: ClassVar[str] = "dose_order"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)
    public: ClassVar[bool] = True

    dose_order_id: UUID
    session_id: UUID
    prescription_id: UUID
    valid_until: UtcTime


class PreDoseCheckRecorded(PrescribingEvent):
    """The checks of the day. Highest ``check_version`` of a session wins.

    Accepting a ``review`` publishes the same ``check_id`` again as ``pass`` (ruling 17).
    """

    type: ClassVar[str] = "careteam.prescribing.pre_dose_check_recorded.v1"
    aggregate_type: ClassVar[str] = "pre_dose_check"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)

    session_id: UUID
    check_id: UUID
    check_version: Version
    outcome: PreDoseOutcome
    valid_until: UtcTime


class DoseAdministered(PrescribingEvent):
    """Medicine is on board. A dose is known by its order and its number in that order."""

    type: ClassVar[str] = "careteam.prescribing.dose_administered.v1"
    aggregate_type: ClassVar[str] = "dose_order"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S, _N)
    urgent: ClassVar[bool] = True
    public: ClassVar[bool] = True

    session_id: UUID
    dose_order_id: UUID
    dose_seq: Ordinal
    administered_at: UtcTime
    timing_profile: TimingProfileCode
    observe_until: UtcTime


class DoseWithheld(PrescribingEvent):
    """It was decided not to give the dose."""

    type: ClassVar[str] = "careteam.prescribing.dose_withheld.v1"
    aggregate_type: ClassVar[str] = "dose_order"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)
    urgent: ClassVar[bool] = True

    session_id: UUID
    dose_order_id: UUID
    hold_category: HoldCategory


class DoseOrderClosed(PrescribingEvent):
    """The order's final count, and the only proof that no dose was given.

    A dose recorded late publishes it again with the right count: highest version wins.
    """

    type: ClassVar[str] = "careteam.prescribing.dose_order_closed.v1"
    aggregate_type: ClassVar[str] = "dose_order"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S, _N)
    public: ClassVar[bool] = True

    session_id: UUID
    dose_order_id: UUID
    administered_count: Count


class RecoveryCheckRecorded(PrescribingEvent):
    """One look at a client who recovers."""

    type: ClassVar[str] = "careteam.prescribing.recovery_check_recorded.v1"
    aggregate_type: ClassVar[str] = "recovery"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)

    session_id: UUID
    check_no: Ordinal
    outcome: RecoveryOutcome


class ClearedForDischarge(PrescribingEvent):
    """The recovery criteria are met, for doses up to ``covers_dose_seq`` of the session."""

    type: ClassVar[str] = "careteam.prescribing.cleared_for_discharge.v1"
    aggregate_type: ClassVar[str] = "recovery"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)
    public: ClassVar[bool] = True

    session_id: UUID
    clearance_id: UUID
    covers_dose_seq: Ordinal
    cleared_at: UtcTime
    valid_until: UtcTime
    cleared_by_role: ClearanceRole


class ClearanceRescinded(PrescribingEvent):
    """The client got worse before leaving. Final for this clearance."""

    type: ClassVar[str] = "careteam.prescribing.clearance_rescinded.v1"
    aggregate_type: ClassVar[str] = "recovery"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)
    urgent: ClassVar[bool] = True

    session_id: UUID
    clearance_id: UUID


class AdverseEventRecorded(PrescribingEvent):
    """A side effect was recorded. ``report_due_at`` only where a report is owed."""

    type: ClassVar[str] = "careteam.prescribing.adverse_event_recorded.v1"
    aggregate_type: ClassVar[str] = "adverse_event"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _S, _N)

    ae_id: UUID
    session_id: UUID
    serious: bool
    report_due_at: UtcTime | None = None


class SessionSummaryReviewed(PrescribingEvent):
    """The prescriber read the therapist's summary."""

    type: ClassVar[str] = "careteam.prescribing.session_summary_reviewed.v1"
    aggregate_type: ClassVar[str] = "summary_review"
    consumers: ClassVar[tuple[Service, ...]] = (_S, _N)

    session_id: UUID
    review_outcome: SummaryReview
