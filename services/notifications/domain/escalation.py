"""An urgent loop: told to one circle of people after the other until somebody takes it (INV-30).

Three steps, each with its own people. An acknowledgement stops the climbing, a named clinician's
resolution ends it. ``since`` is when the cause became true, so a loop that began late, because
this service or the bus was down, shows its true age.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NoReturn, TypeAlias
from uuid import UUID

from services.notifications.domain.task import CLINICIANS
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Messaging, Role

HIGHEST_LEVEL: Final = 3


class Cause(StrEnum):
    LEFT_AGAINST_ADVICE = "left_against_advice"
    UNSAFE_DEPARTURE = "unsafe_departure"
    RECOVERY_ESCALATED = "recovery_escalated"
    CHECK_IN_CONCERN = "check_in_concern"
    CHECK_IN_SILENCE = "check_in_silence"


class EscalationStatus(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Trigger(StrEnum):
    CLIMB = "climb"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    STAND_DOWN = "stand_down"


ALLOWED: Final[Mapping[EscalationStatus, frozenset[Trigger]]] = {
    EscalationStatus.OPEN: frozenset(Trigger),
    EscalationStatus.ACKNOWLEDGED: frozenset({Trigger.RESOLVE, Trigger.STAND_DOWN}),
    EscalationStatus.RESOLVED: frozenset(),
}

CALLED_AT: Final[Mapping[int, tuple[Role, ...]]] = {
    1: (Role.THERAPIST, Role.PRESCRIBER),
    2: (Role.ON_CALL,),
    3: (Role.OPERATOR, Role.FRONT_DESK, Role.NURSE),
}
"""Who is called at each level, beside those who were called before."""

URGENT: Final = frozenset(
    {Cause.LEFT_AGAINST_ADVICE, Cause.UNSAFE_DEPARTURE, Cause.RECOVERY_ESCALATED}
)

RAISES_AFTERCARE: Final = frozenset(Cause) - {Cause.RECOVERY_ESCALATED}
"""Causes that put the aftercare itself into ``escalated``. A recovery check that escalates while
the client is still in the clinic calls people, and its consequences are prescribing's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    aftercare_id: UUID
    cause: Cause
    cause_id: UUID
    since: datetime
    opened_at: datetime
    status: EscalationStatus = EscalationStatus.OPEN
    level: int = 1
    step_minutes: int
    next_step_at: datetime | None
    acknowledged_by: UUID | None = None
    acknowledged_at: datetime | None = None
    resolved_by: UUID | None = None
    resolved_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.status is not EscalationStatus.RESOLVED


EscalationChange: TypeAlias = Change[Escalation, NoReturn]


def step_minutes(cause: Cause, messaging: Messaging) -> int:
    """How long each circle has before the next one is called."""
    if cause in URGENT:
        return min(messaging.urgent_contact_minutes, messaging.escalation_step_minutes)
    return messaging.escalation_step_minutes


def open_escalation(
    *,
    escalation_id: UUID,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID,
    aftercare_id: UUID,
    cause: Cause,
    cause_id: UUID,
    since: datetime,
    now: datetime,
    messaging: Messaging,
) -> EscalationChange:
    """The loop begins at the first level, now, whatever the age of its cause."""
    minutes = step_minutes(cause, messaging)
    return Change(
        Escalation(
            id=escalation_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            aftercare_id=aftercare_id,
            cause=cause,
            cause_id=cause_id,
            since=since,
            opened_at=now,
            step_minutes=minutes,
            next_step_at=now + timedelta(minutes=minutes),
        )
    )


def climb(state: Escalation, *, now: datetime) -> EscalationChange:
    """Nobody took it in time: the next circle is called. The highest level stays open."""
    _require_allowed(state, Trigger.CLIMB)
    if state.next_step_at is None:
        refuse("highest-level-reached", "INV-30", level=state.level)
    if now < state.next_step_at:
        refuse("step-not-due", "INV-30", next_step_at=state.next_step_at.isoformat())
    level = state.level + 1
    following = now + timedelta(minutes=state.step_minutes) if level < HIGHEST_LEVEL else None
    return Change(replace(state, level=level, next_step_at=following))


def acknowledge(state: Escalation, *, by: UUID | None, at: datetime) -> EscalationChange:
    """A named person takes it."""
    _require_allowed(state, Trigger.ACKNOWLEDGE)
    named = _named(by)
    return Change(
        replace(
            state,
            status=EscalationStatus.ACKNOWLEDGED,
            acknowledged_by=named,
            acknowledged_at=at,
            next_step_at=None,
        )
    )


def resolve(state: Escalation, *, by: UUID | None, role: str, at: datetime) -> EscalationChange:
    """A named clinician says that the client is safe (6.4)."""
    _require_allowed(state, Trigger.RESOLVE)
    if role not in CLINICIANS:
        refuse(
            "resolution-needs-a-clinician",
            "6.4",
            Unblock(fact="clinician", owner="therapist", action="resolve_escalation"),
            role=role,
        )
    named = _named(by)
    return Change(
        replace(
            state,
            status=EscalationStatus.RESOLVED,
            resolved_by=named,
            resolved_at=at,
            next_step_at=None,
        )
    )


def stand_down(state: Escalation, *, at: datetime) -> EscalationChange:
    """The client of a worrying check left in the care of others: the call is answered by that."""
    _require_allowed(state, Trigger.STAND_DOWN)
    if state.cause is not Cause.RECOVERY_ESCALATED:
        refuse("resolution-needs-a-clinician", "6.4", cause=state.cause)
    return Change(
        replace(state, status=EscalationStatus.RESOLVED, resolved_at=at, next_step_at=None)
    )


def _named(by: UUID | None) -> UUID:
    if by is None:
        refuse(
            "clinician-not-named",
            "6.4",
            Unblock(fact="clinician", owner="therapist", action="sign_in_as_yourself"),
        )
    return by


def _require_allowed(state: Escalation, trigger: Trigger) -> None:
    if trigger not in ALLOWED[state.status]:
        refuse(
            f"escalation-{state.status}",
            "INV-30",
            status=state.status,
            trigger=trigger,
            level=state.level,
        )
