"""What happened in prescribing: ids, codes, counts and times; never an amount, vital or score."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    CheckOutcome,
    EndReason,
    IncidentCode,
    RecoveryOutcome,
    ReviewOutcome,
)
from shared.protocol import ClearanceRole, HoldBlock, HoldCategory, HoldSeverity, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """``at`` is when it became true."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalAssessmentCompleted(Happened):
    request_id: UUID
    outcome: AssessmentOutcome
    valid_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePrescribed(Happened):
    prescription_id: UUID
    rx_version: int
    timing_profile: str
    sessions_authorised: int
    valid_from: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionAmended(Happened):
    prescription_id: UUID
    rx_version: int
    supersedes: int
    timing_profile: str
    sessions_authorised: int
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionRevoked(Happened):
    prescription_id: UUID
    rx_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionEnded(Happened):
    prescription_id: UUID
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseAuthorized(Happened):
    dose_order_id: UUID
    session_id: UUID
    prescription_id: UUID
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreDoseCheckRecorded(Happened):
    session_id: UUID
    check_id: UUID
    check_version: int
    outcome: CheckOutcome
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseAdministered(Happened):
    session_id: UUID
    dose_order_id: UUID
    dose_seq: int
    administered_at: datetime
    timing_profile: str
    observe_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseWithheld(Happened):
    session_id: UUID
    dose_order_id: UUID
    hold_category: HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseOrderClosed(Happened):
    session_id: UUID
    dose_order_id: UUID
    administered_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCheckRecorded(Happened):
    session_id: UUID
    check_no: int
    outcome: RecoveryOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearedForDischarge(Happened):
    session_id: UUID
    clearance_id: UUID
    covers_dose_seq: int
    cleared_at: datetime
    valid_until: datetime
    cleared_by_role: ClearanceRole


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearanceRescinded(Happened):
    session_id: UUID
    clearance_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventRecorded(Happened):
    ae_id: UUID
    session_id: UUID
    serious: bool
    report_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummaryReviewed(Happened):
    session_id: UUID
    review_outcome: ReviewOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyHoldPlaced(Happened):
    hold_id: UUID
    hold_category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    session_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyHoldLifted(Happened):
    hold_id: UUID
    lifted_by_roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded(Happened):
    incident_id: UUID
    incident_code: IncidentCode
    session_id: UUID | None
    dose_order_id: UUID | None
    broken_rules: tuple[str, ...]


DomainEvent: TypeAlias = (
    MedicalAssessmentCompleted
    | DosePrescribed
    | PrescriptionAmended
    | PrescriptionRevoked
    | PrescriptionEnded
    | DoseAuthorized
    | PreDoseCheckRecorded
    | DoseAdministered
    | DoseWithheld
    | DoseOrderClosed
    | RecoveryCheckRecorded
    | ClearedForDischarge
    | ClearanceRescinded
    | AdverseEventRecorded
    | SessionSummaryReviewed
    | SafetyHoldPlaced
    | SafetyHoldLifted
    | IncidentRecorded
)
