"""What leaves scheduling: every domain event as its contract event, and nothing else (law 4)."""

from typing import assert_never

from careteam_contracts import enums as words
from careteam_contracts import scheduling, shared_safety
from careteam_contracts.base import Event
from services.scheduling.domain import events as happened
from services.scheduling.domain.events import DomainEvent


def to_contract(event: DomainEvent) -> Event:  # noqa: C901, PLR0912 - an arm per event
    """The minimum that the others need to know."""
    match event:
        case happened.SessionScheduled():
            return scheduling.SessionScheduled(
                session_id=event.session_id,
                kind=words.SessionKind(event.kind),
                kind_no=event.kind_no,
                starts_at=event.starts_at,
                planned_end_at=event.planned_end_at,
                setting=words.Setting(event.setting),
                therapist_ref=event.therapist_ref,
            )
        case happened.SessionRescheduled():
            return scheduling.SessionRescheduled(
                session_id=event.session_id,
                starts_at=event.starts_at,
                planned_end_at=event.planned_end_at,
                schedule_version=event.schedule_version,
                therapist_ref=event.therapist_ref,
            )
        case happened.SessionCancelled():
            return scheduling.SessionCancelled(
                session_id=event.session_id, by_role=words.ActorRole(event.by_role)
            )
        case happened.SessionMissed():
            return scheduling.SessionMissed(session_id=event.session_id)
        case happened.PreparationCompleted():
            return scheduling.PreparationCompleted(
                prep_count=event.prep_count, checklist_version=event.checklist_version
            )
        case happened.EscortConfirmed():
            return scheduling.EscortConfirmed(
                session_id=event.session_id, escort_id=event.escort_id
            )
        case happened.EscortCancelled():
            return scheduling.EscortCancelled(
                session_id=event.session_id, escort_id=event.escort_id
            )
        case happened.EscortArrived():
            return scheduling.EscortArrived(
                session_id=event.session_id, escort_id=event.escort_id, arrived_at=event.at
            )
        case happened.ClientCheckedIn():
            return scheduling.ClientCheckedIn(session_id=event.session_id, at=event.at)
        case happened.DosingSessionStarted():
            return scheduling.DosingSessionStarted(
                session_id=event.session_id,
                gate_id=event.gate_id,
                assent_id=event.assent_id,
                supervisor_ref=event.supervisor_ref,
                started_at=event.at,
            )
        case happened.SessionStopRequested():
            return scheduling.SessionStopRequested(
                session_id=event.session_id,
                by_role=words.ActorRole(event.by_role),
                at=event.at,
            )
        case happened.SessionCompleted():
            return scheduling.SessionCompleted(
                session_id=event.session_id,
                kind=words.SessionKind(event.kind),
                outcome=words.SessionOutcome(event.outcome),
                ended_at=event.at,
            )
        case happened.SessionSummaryShared():
            return scheduling.SessionSummaryShared(
                session_id=event.session_id, summary_ref=event.summary_ref
            )
        case happened.ManualClearanceRecorded():
            return scheduling.ManualClearanceRecorded(
                session_id=event.session_id,
                manual_clearance_id=event.manual_clearance_id,
                stated_dose_count=event.stated_dose_count,
                last_dose_at=event.last_dose_at,
                cleared_at=event.at,
                valid_until=event.valid_until,
                reason_code=words.ManualClearanceReason(event.reason_code),
            )
        case happened.ClientDischarged():
            return scheduling.ClientDischarged(
                session_id=event.session_id,
                clearance_id=event.clearance_id,
                escort_id=event.escort_id,
                discharged_at=event.at,
                mode=words.DischargeMode(event.mode),
            )
        case happened.LeftAgainstAdvice():
            return scheduling.LeftAgainstAdvice(
                session_id=event.session_id,
                left_at=event.at,
                capacity_assessed=event.capacity_assessed,
                escort_present=event.escort_present,
            )
        case happened.SafetyPlanConfirmed():
            return scheduling.SafetyPlanConfirmed(session_id=event.session_id, at=event.at)
        case happened.IntegrationDeclined():
            return scheduling.IntegrationDeclined(session_id=event.session_id, at=event.at)
        case happened.HoldPlaced():
            return shared_safety.SchedulingSafetyHoldPlaced(
                hold_id=event.hold_id,
                hold_category=words.HoldCategory(event.category),
                blocks=tuple(words.HoldBlock(block) for block in event.blocks),
                severity=words.HoldSeverity(event.severity),
                session_id=event.session_id,
            )
        case happened.HoldLifted():
            return shared_safety.SchedulingSafetyHoldLifted(
                hold_id=event.hold_id,
                lifted_by_roles=tuple(words.ActorRole(role) for role in event.lifted_by_roles),
            )
        case happened.IncidentRecorded():
            return shared_safety.SchedulingIncidentRecorded(
                incident_id=event.incident_id,
                incident_code=words.IncidentCode(event.code),
                session_id=event.session_id,
            )
        case _:
            assert_never(event)
