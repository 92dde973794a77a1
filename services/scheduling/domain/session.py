"""A session: who meets whom, where, when, and how far it has come."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from services.scheduling.domain.assent import Assent
from services.scheduling.domain.escort import Escort
from services.scheduling.domain.events import DischargeMode, IncidentCode, Outcome, SessionEvent
from services.scheduling.domain.left_against_advice import Circumstances
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import (
    BEFORE_START,
    GONE,
    IN_THE_ROOM,
    OVER,
    SessionKind,
    SessionStatus,
    Setting,
    Trigger,
    table_of,
)
from shared.decisions import Change, refuse


class Phase(StrEnum):
    """Where a dosing session is; advanced by the clinician, never by the clock (6.3).

    The debrief is offered and never required; silence is as good (F91 to F94, C-15).
    """

    OPENING = "opening"
    ONSET = "onset"
    PEAK = "peak"
    SUBSIDING = "subsiding"
    DEBRIEF = "debrief"


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesSeen:
    """The doses of this session that scheduling knows of, by event or by the closed count."""

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequest:
    at: datetime
    by_role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyEnd:
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """How the client left. ``mode`` is None for leaving against advice, under circumstances."""

    at: datetime
    mode: DischargeMode | None
    clearance_id: UUID | None = None
    escort_id: UUID | None = None
    circumstances: Circumstances | None = None
    open_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something of this session that people must look into; ``id`` once it was recorded."""

    code: IncidentCode
    at: datetime
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One step of the way: when, into what, by whom."""

    at: datetime
    status: SessionStatus
    by: Role
    phase: Phase | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    id: UUID
    client_id: UUID
    course_id: UUID
    kind: SessionKind
    kind_no: int
    setting: Setting
    status: SessionStatus
    starts_at: datetime
    planned_end_at: datetime
    buffer_minutes: int
    therapist_ref: UUID
    supervisor_ref: UUID | None = None
    attendant_ref: UUID | None = None
    room_id: UUID | None = None
    schedule_version: int = 1
    phase: Phase | None = None
    blocked_by: tuple[str, ...] = ()
    cancelled_for: str | None = None
    assent: Assent = field(default_factory=Assent)
    escorts: tuple[Escort, ...] = ()
    checked_in_at: datetime | None = None
    gate_id: UUID | None = None
    dose_order_id: UUID | None = None
    started_at: datetime | None = None
    doses: DosesSeen = field(default_factory=DosesSeen)
    reopened: bool = False
    stop: StopRequest | None = None
    end: TherapyEnd | None = None
    manual_clearance: ManualClearance | None = None
    leaving: Leaving | None = None
    integration_declined_at: datetime | None = None
    safety_plan_at: datetime | None = None
    summary_ref: UUID | None = None
    incidents: tuple[Incident, ...] = ()
    passages: tuple[Passage, ...] = ()

    @property
    def dosing(self) -> bool:
        return self.kind is SessionKind.DOSING

    @property
    def over(self) -> bool:
        """Whether nothing more happens, and the room and the therapist are free (INV-36)."""
        return self.status in OVER

    @property
    def client_is_here(self) -> bool:
        """Whether the client, and so the room and the therapist, are taken up by it."""
        return self.status in IN_THE_ROOM

    @property
    def before_start(self) -> bool:
        return self.status in BEFORE_START

    @property
    def client_has_left(self) -> bool:
        return self.status in GONE

    @property
    def therapy_running(self) -> bool:
        """Whether a stop has something to stop (INV-19)."""
        return self.status in {SessionStatus.IN_PROGRESS, SessionStatus.DOSED}

    @property
    def reserved_until(self) -> datetime:
        """The end of what the room, the therapist and the client are booked for (C-02)."""
        return self.planned_end_at + timedelta(minutes=self.buffer_minutes)

    def overrun_at(self, now: datetime) -> bool:
        """Whether the client is still here after the planned end: an alert, and nothing else."""
        return self.client_is_here and now >= self.planned_end_at

    @property
    def released_at(self) -> datetime | None:
        """When room and therapist became free: with the client's leaving, or the last step."""
        if not self.over:
            return None
        return self.leaving.at if self.leaving else self.passages[-1].at

    @property
    def escort(self) -> Escort | None:
        """The newest assignment that stands for the present booking, else the newest of all."""
        standing = [e for e in self.escorts if self._stands(e)]
        return next(reversed(standing or list(self.escorts)), None)

    @property
    def escort_confirmed(self) -> bool:
        """Whether somebody who did not fall through is promised for this booking (INV-6)."""
        return any(self._stands(escort) for escort in self.escorts)

    def _stands(self, escort: Escort) -> bool:
        return escort.open and escort.schedule_version == self.schedule_version

    def allows(self, trigger: Trigger) -> bool:
        return trigger in table_of(self.kind)[self.status]

    def moved(
        self, trigger: Trigger, at: datetime, by: Role, *, phase: Phase | None = None
    ) -> "Session":
        """The session after a transition of its table; anything else is refused (6.3)."""
        target = table_of(self.kind)[self.status].get(trigger)
        if target is None:
            refuse(
                f"cannot-{trigger.value.replace('_', '-')}",
                "6.3",
                session_id=str(self.id),
                kind=self.kind.value,
                status=self.status.value,
                allowed=sorted(allowed.value for allowed in table_of(self.kind)[self.status]),
            )
        return replace(
            self,
            status=target,
            phase=phase,
            passages=(*self.passages, Passage(at=at, status=target, by=by, phase=phase)),
        )

    def with_incident(self, code: IncidentCode, at: datetime) -> "Session":
        return replace(self, incidents=(*self.incidents, Incident(code=code, at=at)))


SessionChange: TypeAlias = Change[Session, SessionEvent]
