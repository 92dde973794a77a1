"""A session as the API shows it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.scheduling.domain.assent import AssentStatus
from services.scheduling.domain.escort import Escort, EscortStatus
from services.scheduling.domain.events import (
    DischargeMode,
    IncidentCode,
    ManualClearanceReason,
    Outcome,
)
from services.scheduling.domain.left_against_advice import Capacity, LeavingReason
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Leaving, Phase, Session
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from shared.web.calls import Call


class AssentView(BaseModel):
    id: UUID | None
    status: AssentStatus
    at: datetime | None


class EscortView(BaseModel):
    """The assignment; how the person is reached is asked for separately."""

    id: UUID
    session_id: UUID
    status: EscortStatus
    for_this_booking: bool
    confirmed_at: datetime
    arrived_at: datetime | None
    identity_matched: bool
    cancelled_at: datetime | None


class StopView(BaseModel):
    at: datetime
    by_role: Role


class ManualClearanceView(BaseModel):
    id: UUID
    stated_dose_count: int
    last_dose_at: datetime
    cleared_at: datetime
    valid_until: datetime
    reason_code: ManualClearanceReason
    people: list[UUID]


class LeavingView(BaseModel):
    """``mode`` is null for leaving against advice."""

    at: datetime
    mode: DischargeMode | None
    clearance_id: UUID | None
    escort_id: UUID | None
    capacity_assessed: bool | None
    capacity: Capacity | None
    escort_present: bool | None
    reason: LeavingReason | None
    people: list[UUID]
    open_items: list[str]


class IncidentView(BaseModel):
    id: UUID | None
    code: IncidentCode
    at: datetime


class PassageView(BaseModel):
    at: datetime
    status: SessionStatus
    phase: Phase | None
    by: Role


class SessionView(BaseModel):
    """``overrunning`` is an alert and nothing else: no clock ends a session."""

    id: UUID
    client_id: UUID
    course_id: UUID
    kind: SessionKind
    kind_no: int
    setting: Setting
    status: SessionStatus
    phase: Phase | None
    starts_at: datetime
    planned_end_at: datetime
    reserved_until: datetime
    schedule_version: int
    therapist_ref: UUID
    supervisor_ref: UUID | None
    attendant_ref: UUID | None
    room_id: UUID | None
    blocked_by: list[str]
    cancelled_for: str | None
    checked_in_at: datetime | None
    assent: AssentView
    escorts: list[EscortView]
    escort_confirmed: bool
    dose_order_id: UUID | None
    started_at: datetime | None
    doses_seen: int
    last_dose_at: datetime | None
    stopped: StopView | None
    therapy_ended: bool
    ended_at: datetime | None
    outcome: Outcome | None
    manual_clearance: ManualClearanceView | None
    leaving: LeavingView | None
    integration_declined_at: datetime | None
    safety_plan_at: datetime | None
    summary_ref: UUID | None
    released_at: datetime | None
    reopened: bool
    overrunning: bool
    incidents: list[IncidentView]
    passages: list[PassageView]


def shown(call: Call) -> Callable[[Session], SessionView]:
    """How sessions are shown to this caller, now."""
    now, zone = call.context.now, call.service.settings.zone

    def show(session: Session) -> SessionView:
        end, stop = session.end, session.stop
        return SessionView(
            **{name: getattr(session, name) for name in _AS_THEY_ARE},
            blocked_by=list(session.blocked_by),
            assent=AssentView(
                id=session.assent.id,
                status=session.assent.as_of(now, zone),
                at=session.assent.at,
            ),
            escorts=[escort_view(session, escort) for escort in session.escorts],
            doses_seen=session.doses.count,
            last_dose_at=session.doses.last_at,
            stopped=StopView(at=stop.at, by_role=stop.by_role) if stop else None,
            therapy_ended=end is not None,
            ended_at=end.at if end else None,
            outcome=end.outcome if end else None,
            manual_clearance=_manual(session.manual_clearance),
            leaving=_leaving(session.leaving),
            overrunning=session.overrun_at(now),
            incidents=[IncidentView(id=i.id, code=i.code, at=i.at) for i in session.incidents],
            passages=[
                PassageView(at=p.at, status=p.status, phase=p.phase, by=p.by)
                for p in session.passages
            ],
        )

    return show


_AS_THEY_ARE = (
    "id", "client_id", "course_id", "kind", "kind_no", "setting", "status", "phase", "starts_at",
    "planned_end_at", "reserved_until", "schedule_version", "therapist_ref", "supervisor_ref",
    "attendant_ref", "room_id", "cancelled_for", "checked_in_at", "escort_confirmed",
    "dose_order_id", "started_at",
    "integration_declined_at", "safety_plan_at", "summary_ref", "released_at", "reopened",
)  # fmt: skip


def escort_view(session: Session, escort: Escort) -> EscortView:
    return EscortView(
        id=escort.id,
        session_id=session.id,
        status=escort.status,
        for_this_booking=escort.schedule_version == session.schedule_version,
        confirmed_at=escort.confirmed_at,
        arrived_at=escort.arrived_at,
        identity_matched=escort.identity_matched,
        cancelled_at=escort.cancelled_at,
    )


def _manual(clearance: ManualClearance | None) -> ManualClearanceView | None:
    if clearance is None:
        return None
    return ManualClearanceView(
        id=clearance.id,
        stated_dose_count=clearance.stated_dose_count,
        last_dose_at=clearance.last_dose_at,
        cleared_at=clearance.cleared_at,
        valid_until=clearance.valid_until,
        reason_code=clearance.reason_code,
        people=[clearance.first_ref, clearance.second_ref],
    )


def _leaving(leaving: Leaving | None) -> LeavingView | None:
    if leaving is None:
        return None
    how = leaving.circumstances
    return LeavingView(
        at=leaving.at,
        mode=leaving.mode,
        clearance_id=leaving.clearance_id,
        escort_id=leaving.escort_id,
        capacity_assessed=how.capacity is not Capacity.NOT_ASSESSED if how else None,
        capacity=how.capacity if how else None,
        escort_present=how.escort_present if how else None,
        reason=how.reason if how else None,
        people=[p for p in (how.recorded_by, how.witness) if p is not None] if how else [],
        open_items=list(leaving.open_items),
    )
