"""What scheduling publishes: sessions, escorts, the door."""

from typing import Annotated, ClassVar, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from careteam_contracts.base import Event
from careteam_contracts.enums import (
    ActorRole,
    DischargeMode,
    ManualClearanceReason,
    Service,
    SessionKind,
    SessionOutcome,
    Setting,
)
from careteam_contracts.scalars import Ordinal, UtcTime, Version

_I: Final = Service.INTAKE
_P: Final = Service.PRESCRIBING
_N: Final = Service.NOTIFICATIONS


class SchedulingEvent(Event):
    producer: ClassVar[Service] = Service.SCHEDULING


class SessionEvent(SchedulingEvent):
    aggregate_type: ClassVar[str] = "session"

    session_id: UUID


class SessionScheduled(SessionEvent):
    """A session was booked. ``kind_no`` counts this course's sessions of that kind."""

    type: ClassVar[str] = "careteam.scheduling.session_scheduled.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    kind: SessionKind
    kind_no: Ordinal
    starts_at: UtcTime
    planned_end_at: UtcTime
    setting: Setting
    therapist_ref: UUID


class SessionRescheduled(SessionEvent):
    """The session has another time or therapist. Highest ``schedule_version`` wins."""

    type: ClassVar[str] = "careteam.scheduling.session_rescheduled.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    starts_at: UtcTime
    planned_end_at: UtcTime
    schedule_version: Version
    therapist_ref: UUID | None = None


class SessionCancelled(SessionEvent):
    """The session will not start. Why is in the hold, where a hold was the reason."""

    type: ClassVar[str] = "careteam.scheduling.session_cancelled.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    by_role: ActorRole


class SessionMissed(SessionEvent):
    """The client did not come."""

    type: ClassVar[str] = "careteam.scheduling.session_missed.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True


class PreparationCompleted(SchedulingEvent):
    """The preparation minimum is reached and the therapist signed."""

    type: ClassVar[str] = "careteam.scheduling.preparation_completed.v1"
    aggregate_type: ClassVar[str] = "preparation"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P)

    prep_count: Ordinal
    checklist_version: Version


class EscortConfirmed(SessionEvent):
    """A trusted adult will take the client home. ``escort_id`` is the assignment, no person."""

    type: ClassVar[str] = "careteam.scheduling.escort_confirmed.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)

    escort_id: UUID


class EscortCancelled(SessionEvent):
    """This assignment fell through, for good."""

    type: ClassVar[str] = "careteam.scheduling.escort_cancelled.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)
    urgent: ClassVar[bool] = True

    escort_id: UUID


class EscortArrived(SessionEvent):
    """The escort is at the clinic."""

    type: ClassVar[str] = "careteam.scheduling.escort_arrived.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_N,)

    escort_id: UUID
    arrived_at: UtcTime


class ClientCheckedIn(SessionEvent):
    """The client is at the clinic."""

    type: ClassVar[str] = "careteam.scheduling.client_checked_in.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P,)
    public: ClassVar[bool] = True

    at: UtcTime


class DosingSessionStarted(SessionEvent):
    """The start gate allowed it. Names the assent, and the professional who supervises."""

    type: ClassVar[str] = "careteam.scheduling.dosing_session_started.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    gate_id: UUID
    assent_id: UUID
    supervisor_ref: UUID
    started_at: UtcTime


class SessionStopRequested(SessionEvent):
    """Somebody said stop. One is enough, and it is final for the session."""

    type: ClassVar[str] = "careteam.scheduling.session_stop_requested.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)
    urgent: ClassVar[bool] = True

    by_role: ActorRole
    at: UtcTime


class SessionCompleted(SessionEvent):
    """The therapy part is over; after a dose the client stays. The latest ``ended_at`` counts."""

    type: ClassVar[str] = "careteam.scheduling.session_completed.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    kind: SessionKind
    outcome: SessionOutcome
    ended_at: UtcTime


class SessionSummaryShared(SessionEvent):
    """The therapist signed the summary; it is read on scheduling's own page."""

    type: ClassVar[str] = "careteam.scheduling.session_summary_shared.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)

    summary_ref: UUID


class ManualClearanceRecorded(SessionEvent):
    """Two named people cleared the client while prescribing did not answer (ruling 15)."""

    type: ClassVar[str] = "careteam.scheduling.manual_clearance_recorded.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)

    manual_clearance_id: UUID
    stated_dose_count: Annotated[int, Field(ge=1, le=100)]
    last_dose_at: UtcTime
    cleared_at: UtcTime
    valid_until: UtcTime
    reason_code: ManualClearanceReason


class ClientDischarged(SessionEvent):
    """The client left: with clearance and escort, or in the care of another team.

    ``clearance_id`` is the clearance, or the manual clearance, that let the client go; both ids
    are required in mode ``standard`` only (ruling 14).
    """

    type: ClassVar[str] = "careteam.scheduling.client_discharged.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    public: ClassVar[bool] = True

    clearance_id: UUID | None = None
    escort_id: UUID | None = None
    discharged_at: UtcTime
    mode: DischargeMode

    @model_validator(mode="after")
    def _standard_names_both(self) -> Self:
        if self.mode is DischargeMode.STANDARD and None in (self.clearance_id, self.escort_id):
            raise ValueError("a standard discharge names its clearance and its escort")
        return self


class LeftAgainstAdvice(SessionEvent):
    """The client walked out without clearance, or without an escort."""

    type: ClassVar[str] = "careteam.scheduling.left_against_advice.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_I, _P, _N)
    urgent: ClassVar[bool] = True

    left_at: UtcTime
    capacity_assessed: bool
    escort_present: bool


class SafetyPlanConfirmed(SessionEvent):
    """The plan for the hours after an enhanced aftercare was gone through with the client."""

    type: ClassVar[str] = "careteam.scheduling.safety_plan_confirmed.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_N,)

    at: UtcTime


class IntegrationDeclined(SessionEvent):
    """The client prefers no integration session after this dosing session."""

    type: ClassVar[str] = "careteam.scheduling.integration_declined.v1"
    consumers: ClassVar[tuple[Service, ...]] = (_P, _N)

    at: UtcTime
