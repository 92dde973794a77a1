"""What intake publishes: registration, approval, consent, preferences, the course."""

from typing import Annotated, ClassVar, Final
from uuid import UUID

from pydantic import Field

from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ConsentScope,
    CourseOutcome,
    EngagementStyle,
    ReviewDecision,
    Service,
    Touch,
)
from careteam_contracts.scalars import Count, UtcTime, Version

_P: Final = Service.PRESCRIBING
_S: Final = Service.SCHEDULING
_N: Final = Service.NOTIFICATIONS
Scopes = Annotated[tuple[ConsentScope, ...], Field(min_length=1, max_length=len(ConsentScope))]


class IntakeEvent(Event):
    producer: ClassVar[Service] = Service.INTAKE


class ClientRegistered(IntakeEvent):
    """A client's record and a course exist. Carries nothing about the person.

    Told again for each further course of the same client; the envelope names which.
    """

    type: ClassVar[str] = "careteam.intake.client_registered.v1"
    aggregate_type: ClassVar[str] = "client"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    public: ClassVar[bool] = True


class ContactPreferencesChanged(IntakeEvent):
    """The client allows or withdraws channels. Highest ``pref_version`` wins."""

    type: ClassVar[str] = "careteam.intake.contact_preferences_changed.v1"
    aggregate_type: ClassVar[str] = "client"
    consumers: ClassVar[tuple[Service, ...]] = (_N,)

    sms_allowed: bool
    email_allowed: bool
    voice_allowed: bool
    pref_version: Version


class CareTeamAssigned(IntakeEvent):
    """Therapist and prescriber of the course. Highest ``team_version`` wins."""

    type: ClassVar[str] = "careteam.intake.care_team_assigned.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)

    therapist_ref: UUID | None = None
    prescriber_ref: UUID | None = None
    team_version: Version


class MedicalAssessmentRequested(IntakeEvent):
    """The psychological evaluation passed; prescribing assesses. A new request has a new id."""

    type: ClassVar[str] = "careteam.intake.medical_assessment_requested.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)

    request_id: UUID
    review_flags: Count


class ClientApproved(IntakeEvent):
    """Both evaluations are positive and the plan is agreed. A re-approval has a new id."""

    type: ClassVar[str] = "careteam.intake.client_approved.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    public: ClassVar[bool] = True

    approval_id: UUID
    plan_version: Version
    valid_until: UtcTime


class ClientDeclined(IntakeEvent):
    """The client is not eligible, and never was approved."""

    type: ClassVar[str] = "careteam.intake.client_declined.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    public: ClassVar[bool] = True

    decision_id: UUID


class ApprovalRevoked(IntakeEvent):
    """Eligibility was lost. The finding behind it is in the hold that intake places beside it."""

    type: ClassVar[str] = "careteam.intake.approval_revoked.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    urgent: ClassVar[bool] = True
    public: ClassVar[bool] = True

    approval_id: UUID


class ConsentGranted(IntakeEvent):
    """The client signed these scopes. Every signature has a new ``consent_id``."""

    type: ClassVar[str] = "careteam.intake.consent_granted.v1"
    aggregate_type: ClassVar[str] = "consent"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S)

    consent_id: UUID
    consent_version: Version
    scopes: Scopes
    material_version: Version
    valid_until: UtcTime


class ConsentWithdrawn(IntakeEvent):
    """The client took consent back; needs no reason. Final for these scopes of this id."""

    type: ClassVar[str] = "careteam.intake.consent_withdrawn.v1"
    aggregate_type: ClassVar[str] = "consent"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    urgent: ClassVar[bool] = True

    consent_id: UUID
    scopes: Scopes
    withdrawn_at: UtcTime


class ConsentExpired(IntakeEvent):
    """A signature's validity ended. Blocks start and dose, touches nobody after a dose."""

    type: ClassVar[str] = "careteam.intake.consent_expired.v1"
    aggregate_type: ClassVar[str] = "consent"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S)
    urgent: ClassVar[bool] = True

    consent_id: UUID


class PreferencesUpdated(IntakeEvent):
    """How the client wants the session to be. Never widens touch with a dose on board (INV-33)."""

    type: ClassVar[str] = "careteam.intake.preferences_updated.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_S,)

    preferences_version: Version
    touch: Touch
    music: bool
    eyeshades: bool
    engagement_style: EngagementStyle
    touch_widened: bool


class CourseReviewed(IntakeEvent):
    """The team reviewed the course; doses up to this session number are covered."""

    type: ClassVar[str] = "careteam.intake.course_reviewed.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S)

    review_id: UUID
    decision: ReviewDecision
    covers_until_session_no: Count


class CourseProtocolChanged(IntakeEvent):
    """The course was brought to a newer version of its protocol, signed by both roles.

    From here on the events of the course carry this version, and whoever decides about the course
    looks again at everything that is still to come.
    """

    type: ClassVar[str] = "careteam.intake.course_protocol_changed.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)

    change_id: UUID
    from_version: Version
    to_version: Version


class CourseClosed(IntakeEvent):
    """The course ended; only follow-up remains."""

    type: ClassVar[str] = "careteam.intake.course_closed.v1"
    aggregate_type: ClassVar[str] = "course"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    public: ClassVar[bool] = True

    outcome: CourseOutcome
    followup_due_at: UtcTime | None = None


class ClientErased(IntakeEvent):
    """The client's record is erased. Whoever keeps something of them deletes it now.

    Carries nothing: the envelope names the client. No event of theirs has an effect after it.
    """

    type: ClassVar[str] = "careteam.intake.client_erased.v1"
    aggregate_type: ClassVar[str] = "client"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _S, _N)
    urgent: ClassVar[bool] = True
    public: ClassVar[bool] = True
