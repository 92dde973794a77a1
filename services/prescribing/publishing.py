"""What leaves prescribing: domain events as contract events, carrying the minimum (law 4)."""

from typing import assert_never

from careteam_contracts import prescribing, shared_safety
from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    AssessmentOutcome,
    ClearanceRole,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    IncidentCode,
    PreDoseOutcome,
    PrescriptionEnd,
    RecoveryOutcome,
    SummaryReview,
)
from services.prescribing.domain import events


def to_contract(event: events.DomainEvent) -> Event:  # noqa: C901, PLR0912 - one case per event
    """One case per domain event; a new one without a case does not type-check."""
    match event:
        case events.MedicalAssessmentCompleted():
            return prescribing.MedicalAssessmentCompleted(
                request_id=event.request_id,
                outcome=AssessmentOutcome(event.outcome),
                valid_until=event.valid_until,
            )
        case events.DosePrescribed():
            return prescribing.DosePrescribed(
                prescription_id=event.prescription_id,
                rx_version=event.rx_version,
                timing_profile=event.timing_profile,
                sessions_authorised=event.sessions_authorised,
                valid_from=event.valid_from,
                valid_until=event.valid_until,
            )
        case events.PrescriptionAmended():
            return prescribing.PrescriptionAmended(
                prescription_id=event.prescription_id,
                rx_version=event.rx_version,
                supersedes=event.supersedes,
                timing_profile=event.timing_profile,
                sessions_authorised=event.sessions_authorised,
                valid_until=event.valid_until,
            )
        case events.PrescriptionRevoked():
            return prescribing.PrescriptionRevoked(
                prescription_id=event.prescription_id, rx_version=event.rx_version
            )
        case events.PrescriptionEnded():
            return prescribing.PrescriptionEnded(
                prescription_id=event.prescription_id, reason=PrescriptionEnd(event.reason)
            )
        case events.DoseAuthorized():
            return prescribing.DoseAuthorized(
                dose_order_id=event.dose_order_id,
                session_id=event.session_id,
                prescription_id=event.prescription_id,
                valid_until=event.valid_until,
            )
        case events.PreDoseCheckRecorded():
            return prescribing.PreDoseCheckRecorded(
                session_id=event.session_id,
                check_id=event.check_id,
                check_version=event.check_version,
                outcome=PreDoseOutcome(event.outcome),
                valid_until=event.valid_until,
            )
        case events.DoseAdministered():
            return prescribing.DoseAdministered(
                session_id=event.session_id,
                dose_order_id=event.dose_order_id,
                dose_seq=event.dose_seq,
                administered_at=event.administered_at,
                timing_profile=event.timing_profile,
                observe_until=event.observe_until,
            )
        case events.DoseWithheld():
            return prescribing.DoseWithheld(
                session_id=event.session_id,
                dose_order_id=event.dose_order_id,
                hold_category=HoldCategory(event.hold_category),
            )
        case events.DoseOrderClosed():
            return prescribing.DoseOrderClosed(
                session_id=event.session_id,
                dose_order_id=event.dose_order_id,
                administered_count=event.administered_count,
            )
        case events.RecoveryCheckRecorded():
            return prescribing.RecoveryCheckRecorded(
                session_id=event.session_id,
                check_no=event.check_no,
                outcome=RecoveryOutcome(event.outcome),
            )
        case events.ClearedForDischarge():
            return prescribing.ClearedForDischarge(
                session_id=event.session_id,
                clearance_id=event.clearance_id,
                covers_dose_seq=event.covers_dose_seq,
                cleared_at=event.cleared_at,
                valid_until=event.valid_until,
                cleared_by_role=ClearanceRole(event.cleared_by_role),
            )
        case events.ClearanceRescinded():
            return prescribing.ClearanceRescinded(
                session_id=event.session_id, clearance_id=event.clearance_id
            )
        case events.AdverseEventRecorded():
            return prescribing.AdverseEventRecorded(
                ae_id=event.ae_id,
                session_id=event.session_id,
                serious=event.serious,
                report_due_at=event.report_due_at,
            )
        case events.SessionSummaryReviewed():
            return prescribing.SessionSummaryReviewed(
                session_id=event.session_id, review_outcome=SummaryReview(event.review_outcome)
            )
        case events.SafetyHoldPlaced():
            return shared_safety.PrescribingSafetyHoldPlaced(
                hold_id=event.hold_id,
                hold_category=HoldCategory(event.hold_category),
                blocks=tuple(HoldBlock(block) for block in event.blocks),
                severity=HoldSeverity(event.severity),
                session_id=event.session_id,
            )
        case events.SafetyHoldLifted():
            return shared_safety.PrescribingSafetyHoldLifted(
                hold_id=event.hold_id,
                lifted_by_roles=tuple(ActorRole(role) for role in event.lifted_by_roles),
            )
        case events.IncidentRecorded():
            return shared_safety.PrescribingIncidentRecorded(
                incident_id=event.incident_id,
                incident_code=IncidentCode(event.incident_code),
                session_id=event.session_id,
                dose_order_id=event.dose_order_id,
                broken_rules=event.broken_rules,
            )
        case _:
            assert_never(event)
