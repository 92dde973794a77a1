"""A look after a client some hours after the session (F99, F100): by a person, never by silence.

``planned`` until its hour, ``due`` until somebody reached the client or the wait is over. A
concern and a silence both escalate the aftercare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.notifications.domain.events import CheckInCompleted
from services.notifications.domain.vocabulary import CheckInOutcome, PlanKind
from shared.decisions import Change, refuse
from shared.protocol import Aftercare


class CheckInStatus(StrEnum):
    PLANNED = "planned"
    DUE = "due"
    CLOSED = "closed"


class Trigger(StrEnum):
    MOVE = "move"
    FALL_DUE = "fall_due"
    COMPLETE = "complete"


ALLOWED: Final[Mapping[CheckInStatus, frozenset[Trigger]]] = {
    CheckInStatus.PLANNED: frozenset({Trigger.MOVE, Trigger.FALL_DUE}),
    CheckInStatus.DUE: frozenset({Trigger.COMPLETE}),
    CheckInStatus.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """``hours`` after the session's end; they name the check-in within its aftercare.

    ``patience_hours`` is how long an answer is waited for, from when people were told of it.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    aftercare_id: UUID
    hours: int
    patience_hours: int
    due_at: datetime
    status: CheckInStatus = CheckInStatus.PLANNED
    opened_at: datetime | None = None
    outcome: CheckInOutcome | None = None
    closed_at: datetime | None = None
    closed_by: UUID | None = None

    @property
    def silent_at(self) -> datetime:
        """When no answer counts as silence: sooner for an early check-in."""
        patience = min(timedelta(hours=self.patience_hours), timedelta(hours=self.hours) / 2)
        return (self.opened_at or self.due_at) + patience


CheckInChange: TypeAlias = Change[CheckIn, CheckInCompleted]


def check_in_hours(aftercare: Aftercare, plan: PlanKind) -> tuple[int, ...]:
    """The clinic's hours; the enhanced plan has an early check-in too (F101)."""
    if plan is PlanKind.ENHANCED:
        return aftercare.enhanced_checkins_hours
    return aftercare.checkins_hours


def plan_check_in(
    *,
    checkin_id: UUID,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID,
    aftercare_id: UUID,
    hours: int,
    patience_hours: int,
    since: datetime,
) -> CheckInChange:
    """A check-in ``hours`` after ``since``, the session's end or what is known of it."""
    return Change(
        CheckIn(
            id=checkin_id,
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            aftercare_id=aftercare_id,
            hours=hours,
            patience_hours=patience_hours,
            due_at=since + timedelta(hours=hours),
        )
    )


def move_check_in(state: CheckIn, *, since: datetime) -> CheckInChange:
    """The end is known better: a planned check-in moves with it."""
    _require_allowed(state, Trigger.MOVE)
    return Change(replace(state, due_at=since + timedelta(hours=state.hours)))


def fall_due(state: CheckIn, *, now: datetime) -> CheckInChange:
    """Its hour has come."""
    _require_allowed(state, Trigger.FALL_DUE)
    if now < state.due_at:
        refuse("check-in-not-due", "F99", due_at=state.due_at.isoformat())
    return Change(replace(state, status=CheckInStatus.DUE, opened_at=now))


def complete_check_in(
    state: CheckIn, *, outcome: CheckInOutcome, by: UUID | None, at: datetime
) -> CheckInChange:
    """Somebody reached the client, or tried in vain; once, and for good."""
    _require_allowed(state, Trigger.COMPLETE)
    closed = replace(
        state, status=CheckInStatus.CLOSED, outcome=outcome, closed_at=at, closed_by=by
    )
    completed = CheckInCompleted(
        at=at, checkin_id=state.id, session_id=state.session_id, outcome=outcome
    )
    return Change(closed, (completed,))


def fall_silent(state: CheckIn, *, now: datetime) -> CheckInChange:
    """Nobody reached the client in time: silence is an outcome, and it is carried further."""
    if now < state.silent_at:
        refuse("check-in-still-open", "F99", silent_at=state.silent_at.isoformat())
    return complete_check_in(state, outcome=CheckInOutcome.NO_RESPONSE, by=None, at=now)


def _require_allowed(state: CheckIn, trigger: Trigger) -> None:
    if trigger in ALLOWED[state.status]:
        return
    slug = "check-in-not-due" if state.status is CheckInStatus.PLANNED else "check-in-closed"
    if state.status is CheckInStatus.DUE:
        slug = "check-in-already-due"
    refuse(slug, "F99", status=state.status, trigger=trigger, due_at=state.due_at.isoformat())
