"""What became true in scheduling. Past tense; only what the others need to know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionKind, Setting


class Outcome(StrEnum):
    COMPLETED = "completed"
    ENDED_BY_CLIENT = "ended_by_client"
    ENDED_BY_CLINICIAN = "ended_by_clinician"
    ABORTED_BEFORE_DOSE = "aborted_before_dose"


class DischargeMode(StrEnum):
    STANDARD = "standard"
    TRANSFER = "transfer"


class ManualClearanceReason(StrEnum):
    PRESCRIBING_UNREACHABLE = "prescribing_unreachable"
    NETWORK_OUTAGE = "network_outage"
    POWER_OUTAGE = "power_outage"


class IncidentCode(StrEnum):
    DOSE_AFTER_ABORTED_END = "dose_after_aborted_end"
    DOSE_AFTER_DISCHARGE = "dose_after_discharge"
    DOSE_OUTSIDE_SESSION = "dose_rule_broken"
    REOPENED_WITH_CLASH = "reopened_with_clash"
    FOREIGN_HOLD_LIFT = "foreign_hold_lift"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Happened:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfSession(_Happened):
    session_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScheduled(_OfSession):
    kind: SessionKind
    kind_no: int
    starts_at: datetime
    planned_end_at: datetime
    setting: Setting
    therapist_ref: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled(_OfSession):
    starts_at: datetime
    planned_end_at: datetime
    schedule_version: int
    therapist_ref: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCancelled(_OfSession):
    by_role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMissed(_OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparationCompleted(_Happened):
    prep_count: int
    checklist_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EscortConfirmed(_OfSession):
    escort_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EscortCancelled(_OfSession):
    escort_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class EscortArrived(_OfSession):
    escort_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCheckedIn(_OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DosingSessionStarted(_OfSession):
    gate_id: UUID
    assent_id: UUID
    supervisor_ref: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStopRequested(_OfSession):
    by_role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCompleted(_OfSession):
    """``at`` is when the therapy part ended."""

    kind: SessionKind
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummaryShared(_OfSession):
    summary_ref: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualClearanceRecorded(_OfSession):
    """``at`` is when the two people cleared."""

    manual_clearance_id: UUID
    stated_dose_count: int
    last_dose_at: datetime
    valid_until: datetime
    reason_code: ManualClearanceReason


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDischarged(_OfSession):
    mode: DischargeMode
    clearance_id: UUID | None = None
    escort_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAgainstAdvice(_OfSession):
    capacity_assessed: bool
    escort_present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPlanConfirmed(_OfSession):
    """The plan was gone through with the client; nobody has to be reminded of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationDeclined(_OfSession):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(_Happened):
    hold_id: UUID
    category: str
    blocks: tuple[str, ...]
    severity: str
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(_Happened):
    hold_id: UUID
    lifted_by_roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded(_Happened):
    incident_id: UUID
    code: IncidentCode
    session_id: UUID | None


SessionEvent: TypeAlias = (
    SessionScheduled
    | SessionRescheduled
    | SessionCancelled
    | SessionMissed
    | EscortConfirmed
    | EscortCancelled
    | EscortArrived
    | ClientCheckedIn
    | DosingSessionStarted
    | SessionStopRequested
    | SessionCompleted
    | SessionSummaryShared
    | ManualClearanceRecorded
    | ClientDischarged
    | LeftAgainstAdvice
    | IntegrationDeclined
    | SafetyPlanConfirmed
)
HoldEvent: TypeAlias = HoldPlaced | HoldLifted
DomainEvent: TypeAlias = SessionEvent | PreparationCompleted | HoldEvent | IncidentRecorded
