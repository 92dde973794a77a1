"""The gate through which intake speaks: each domain event as the contract event it becomes.

Only ids, enums, numbers, booleans and times pass: law 4.
"""

from typing import assert_never

from careteam_contracts import intake, shared_safety
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    ConsentScope,
    CourseOutcome,
    EngagementStyle,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    IncidentCode,
    ReviewDecision,
    Touch,
)
from services.intake.domain import events
from services.intake.domain.events import DomainEvent


def to_contract(event: DomainEvent) -> Event:  # noqa: C901, PLR0912 - a case for each event
    """What of the event is told to the other services."""
    match event:
        case events.ClientRegistered():
            return intake.ClientRegistered()
        case events.ContactPreferencesChanged():
            return intake.ContactPreferencesChanged(
                sms_allowed=event.sms_allowed,
                email_allowed=event.email_allowed,
                voice_allowed=event.voice_allowed,
                pref_version=event.pref_version,
            )
        case events.CareTeamAssigned():
            return intake.CareTeamAssigned(
                therapist_ref=event.therapist_ref,
                prescriber_ref=event.prescriber_ref,
                team_version=event.team_version,
            )
        case events.MedicalAssessmentRequested():
            return intake.MedicalAssessmentRequested(
                request_id=event.request_id, review_flags=event.review_flags
            )
        case events.ClientApproved():
            return intake.ClientApproved(
                approval_id=event.approval_id,
                plan_version=event.plan_version,
                valid_until=event.valid_until,
            )
        case events.ClientDeclined():
            return intake.ClientDeclined(decision_id=event.decision_id)
        case events.ApprovalRevoked():
            return intake.ApprovalRevoked(approval_id=event.approval_id)
        case events.ConsentGranted():
            return intake.ConsentGranted(
                consent_id=event.consent_id,
                consent_version=event.consent_version,
                scopes=tuple(ConsentScope(scope) for scope in event.scopes),
                material_version=event.material_version,
                valid_until=event.valid_until,
            )
        case events.ConsentWithdrawn():
            return intake.ConsentWithdrawn(
                consent_id=event.consent_id,
                scopes=tuple(ConsentScope(scope) for scope in event.scopes),
                withdrawn_at=event.at,
            )
        case events.ConsentExpired():
            return intake.ConsentExpired(consent_id=event.consent_id)
        case events.PreferencesUpdated():
            return intake.PreferencesUpdated(
                preferences_version=event.preferences_version,
                touch=Touch(event.touch),
                music=event.music,
                eyeshades=event.eyeshades,
                engagement_style=EngagementStyle(event.engagement_style),
                touch_widened=event.touch_widened,
            )
        case events.CourseReviewed():
            return intake.CourseReviewed(
                review_id=event.review_id,
                decision=ReviewDecision(event.decision),
                covers_until_session_no=event.covers_until_session_no,
            )
        case events.CourseProtocolChanged():
            return intake.CourseProtocolChanged(
                change_id=event.change_id,
                from_version=event.from_version,
                to_version=event.to_version,
            )
        case events.CourseClosed():
            return intake.CourseClosed(
                outcome=CourseOutcome(event.outcome), followup_due_at=event.followup_due_at
            )
        case events.SafetyHoldPlaced():
            return shared_safety.IntakeSafetyHoldPlaced(
                hold_id=event.hold_id,
                hold_category=HoldCategory(event.category),
                blocks=tuple(HoldBlock(block) for block in event.blocks),
                severity=HoldSeverity(event.severity),
                session_id=event.session_id,
                finding_ref=event.finding_ref,
            )
        case events.SafetyHoldLifted():
            return shared_safety.IntakeSafetyHoldLifted(
                hold_id=event.hold_id,
                lifted_by_roles=tuple(ActorRole(role) for role in event.lifted_by_roles),
            )
        case events.IncidentRecorded():
            return shared_safety.IntakeIncidentRecorded(
                incident_id=event.incident_id, incident_code=IncidentCode(event.code)
            )
        case events.ClientErased():
            return intake.ClientErased()
        case _:
            assert_never(event)
