"""What happened in intake, in the past tense: only what is needed to tell the others.

``at`` is when it became true. Whose it is, is known from the aggregate it belongs to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.intake.domain.vocabulary import CourseOutcome, ReviewDecision
from shared.protocol import (
    ConsentScope,
    EngagementStyle,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    Touch,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRegistered:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPreferencesChanged:
    at: datetime
    sms_allowed: bool
    email_allowed: bool
    voice_allowed: bool
    pref_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeamAssigned:
    at: datetime
    therapist_ref: UUID | None
    prescriber_ref: UUID | None
    team_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalAssessmentRequested:
    at: datetime
    request_id: UUID
    review_flags: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientApproved:
    at: datetime
    approval_id: UUID
    plan_version: int
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDeclined:
    at: datetime
    decision_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRevoked:
    at: datetime
    approval_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGranted:
    at: datetime
    consent_id: UUID
    consent_version: int
    scopes: tuple[ConsentScope, ...]
    material_version: int
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    at: datetime
    consent_id: UUID
    scopes: tuple[ConsentScope, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentExpired:
    at: datetime
    consent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesUpdated:
    at: datetime
    preferences_version: int
    touch: Touch
    music: bool
    eyeshades: bool
    engagement_style: EngagementStyle
    touch_widened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseReviewed:
    at: datetime
    review_id: UUID
    decision: ReviewDecision
    covers_until_session_no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseProtocolChanged:
    at: datetime
    change_id: UUID
    from_version: int
    to_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseClosed:
    at: datetime
    outcome: CourseOutcome
    followup_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyHoldPlaced:
    at: datetime
    hold_id: UUID
    category: HoldCategory
    blocks: tuple[HoldBlock, ...]
    severity: HoldSeverity
    session_id: UUID | None
    finding_ref: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyHoldLifted:
    at: datetime
    hold_id: UUID
    lifted_by_roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRecorded:
    at: datetime
    incident_id: UUID
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientErased:
    at: datetime


DomainEvent: TypeAlias = (
    ClientRegistered
    | ContactPreferencesChanged
    | CareTeamAssigned
    | MedicalAssessmentRequested
    | ClientApproved
    | ClientDeclined
    | ApprovalRevoked
    | ConsentGranted
    | ConsentWithdrawn
    | ConsentExpired
    | PreferencesUpdated
    | CourseReviewed
    | CourseProtocolChanged
    | CourseClosed
    | SafetyHoldPlaced
    | SafetyHoldLifted
    | IncidentRecorded
    | ClientErased
)
