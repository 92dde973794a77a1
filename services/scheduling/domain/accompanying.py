"""What is recorded beside the way of a dosing session: decline, summary, manual clearance."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.events import (
    IntegrationDeclined,
    ManualClearanceRecorded,
    SafetyPlanConfirmed,
    SessionSummaryShared,
)
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.session import Session, SessionChange
from shared.decisions import Change, Unblock, refuse


def decline_integration(session: Session, *, at: datetime) -> SessionChange:
    """The client wants no integration session after this one (F92)."""
    if not session.dosing or session.before_start:
        refuse("nothing-to-integrate", "F92", status=session.status.value)
    if session.integration_declined_at is not None:
        refuse(
            "integration-already-declined",
            "F92",
            declined_at=session.integration_declined_at.isoformat(),
        )
    declined = IntegrationDeclined(at=at, session_id=session.id)
    return Change(replace(session, integration_declined_at=at), (declined,))


def confirm_safety_plan(session: Session, *, at: datetime) -> SessionChange:
    """The plan for the hours after an enhanced aftercare was gone through (F101)."""
    if not session.dosing or session.before_start:
        refuse("no-safety-plan-needed", "F101", status=session.status.value)
    if session.safety_plan_at is not None:
        refuse(
            "safety-plan-already-confirmed", "F101", confirmed_at=session.safety_plan_at.isoformat()
        )
    confirmed = SafetyPlanConfirmed(at=at, session_id=session.id)
    return Change(replace(session, safety_plan_at=at), (confirmed,))


def share_summary(session: Session, *, summary_ref: UUID, at: datetime) -> SessionChange:
    """The therapist signed; the prescriber reads it on this service's page (F35)."""
    if session.end is None:
        refuse(
            "therapy-not-ended",
            "F35",
            Unblock(fact="therapy ended", owner="scheduling", action="end the session"),
            status=session.status.value,
        )
    shared = SessionSummaryShared(at=at, session_id=session.id, summary_ref=summary_ref)
    return Change(replace(session, summary_ref=summary_ref), (shared,))


def record_manual_clearance(session: Session, clearance: ManualClearance) -> SessionChange:
    """Two named people stand in for prescribing (ruling 15)."""
    recorded = ManualClearanceRecorded(
        at=clearance.cleared_at,
        session_id=session.id,
        manual_clearance_id=clearance.id,
        stated_dose_count=clearance.stated_dose_count,
        last_dose_at=clearance.last_dose_at,
        valid_until=clearance.valid_until,
        reason_code=clearance.reason_code,
    )
    return Change(replace(session, manual_clearance=clearance), (recorded,))
