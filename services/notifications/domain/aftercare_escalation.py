"""Aftercare that worries somebody: it rises by itself and is calmed only by a named clinician."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notifications.domain.aftercare_plan import (
    AftercareChange,
    AftercarePlan,
    AftercareStatus,
    Trigger,
    calm_status,
    require_allowed,
)
from services.notifications.domain.events import AftercareEscalated
from shared.decisions import Change, Unblock, refuse


def escalate_aftercare(state: AftercarePlan, *, level: int, at: datetime) -> AftercareChange:
    """An escalation opened or climbed; the aftercare shows the highest level reached."""
    require_allowed(state, Trigger.ESCALATE)
    reached = max(state.level, level)
    escalated = replace(state, status=AftercareStatus.ESCALATED, level=reached, closed_at=None)
    told = AftercareEscalated(
        at=at, aftercare_id=state.id, session_id=state.session_id, level=reached
    )
    return Change(escalated, (told,))


def calm_aftercare(state: AftercarePlan, *, by: UUID | None, now: datetime) -> AftercareChange:
    """A named clinician resolved what was open; the plan goes on where its restriction stands."""
    require_allowed(state, Trigger.RESOLVE)
    if by is None:
        refuse(
            "clinician-not-named",
            "6.4",
            Unblock(fact="clinician", owner="therapist", action="sign_in_as_yourself"),
        )
    calm = replace(state, level=0, resolved_by=by)
    return Change(replace(calm, status=calm_status(calm, now)))
