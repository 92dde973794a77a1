"""The aftercare of one dosed session (6.4, INV-28): its state, and what may happen to it.

``armed`` from the first sign of a dose, ``restricted`` once the session's end is known,
``monitoring`` when the restriction is over, ``closed`` when every check-in is done. ``escalated``
is reached from any of them and left only by a named clinician.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.notifications.domain.events import AftercareEvent
from services.notifications.domain.restriction import RestrictionRule, Window
from services.notifications.domain.vocabulary import HandoverChannel, PlanKind, Recipient
from shared.decisions import Change, refuse


class AftercareStatus(StrEnum):
    ARMED = "armed"
    RESTRICTED = "restricted"
    MONITORING = "monitoring"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Trigger(StrEnum):
    LEARN_WINDOW = "learn_window"
    ENHANCE = "enhance"
    END_RESTRICTION = "end_restriction"
    DELIVER = "deliver"
    ACKNOWLEDGE = "acknowledge"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    COMPLETE = "complete"


_ALWAYS: Final = frozenset({Trigger.LEARN_WINDOW, Trigger.ESCALATE})
_WHILE_OPEN: Final = _ALWAYS | {Trigger.ENHANCE, Trigger.DELIVER, Trigger.ACKNOWLEDGE}
ALLOWED: Final[Mapping[AftercareStatus, frozenset[Trigger]]] = {
    AftercareStatus.ARMED: _WHILE_OPEN,
    AftercareStatus.RESTRICTED: _WHILE_OPEN | {Trigger.END_RESTRICTION},
    AftercareStatus.MONITORING: _WHILE_OPEN | {Trigger.COMPLETE},
    AftercareStatus.ESCALATED: _WHILE_OPEN | {Trigger.RESOLVE},
    AftercareStatus.CLOSED: _ALWAYS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """Instructions that reached somebody, in one way."""

    recipient: Recipient
    channel: HandoverChannel
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercarePlan:
    """``rule`` is the clinic's when the plan began: a later protocol does not shorten it."""

    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    status: AftercareStatus
    plan: PlanKind
    rule: RestrictionRule
    restrictions_until: datetime
    end_known: bool
    started_at: datetime
    level: int = 0
    handovers: tuple[Handover, ...] = ()
    acknowledged: tuple[Recipient, ...] = ()
    resolved_by: UUID | None = None
    closed_at: datetime | None = None

    @property
    def window(self) -> Window:
        return Window(until=self.restrictions_until, end_known=self.end_known)

    @property
    def is_open(self) -> bool:
        return self.status is not AftercareStatus.CLOSED

    def delivered_to(self, recipient: Recipient) -> bool:
        return any(handover.recipient is recipient for handover in self.handovers)


AftercareChange: TypeAlias = Change[AftercarePlan, AftercareEvent]


def is_allowed(state: AftercarePlan, trigger: Trigger) -> bool:
    return trigger in ALLOWED[state.status]


def require_allowed(state: AftercarePlan, trigger: Trigger) -> None:
    """Refuse what the plan's status does not allow."""
    if not is_allowed(state, trigger):
        refuse(f"aftercare-{state.status}", "6.4", status=state.status, trigger=trigger)


def calm_status(state: AftercarePlan, now: datetime) -> AftercareStatus:
    """Where a plan stands by its restriction alone."""
    if not state.end_known:
        return AftercareStatus.ARMED
    return AftercareStatus.RESTRICTED if state.window.active(now) else AftercareStatus.MONITORING
