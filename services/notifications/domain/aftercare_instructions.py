"""Going-home instructions: who received them, how, and who confirmed (F44, F87)."""

from dataclasses import replace
from datetime import datetime

from services.notifications.domain.aftercare_plan import (
    AftercareChange,
    AftercarePlan,
    Handover,
    Trigger,
    require_allowed,
)
from services.notifications.domain.events import InstructionsAcknowledged, InstructionsDelivered
from services.notifications.domain.vocabulary import HandoverChannel, Recipient
from shared.decisions import Change, Unblock, refuse


def deliver_instructions(
    state: AftercarePlan, *, recipient: Recipient, channel: HandoverChannel, at: datetime
) -> AftercareChange:
    """Instructions reached the client or the escort; the same way twice changes nothing."""
    require_allowed(state, Trigger.DELIVER)
    if any((h.recipient, h.channel) == (recipient, channel) for h in state.handovers):
        return Change(state)
    handover = Handover(recipient=recipient, channel=channel, at=at)
    delivered = InstructionsDelivered(
        at=at,
        aftercare_id=state.id,
        session_id=state.session_id,
        recipient=recipient,
        channel=channel,
    )
    return Change(replace(state, handovers=(*state.handovers, handover)), (delivered,))


def acknowledge_instructions(
    state: AftercarePlan, *, recipient: Recipient, at: datetime
) -> AftercareChange:
    """The client or the escort confirmed what they had received."""
    require_allowed(state, Trigger.ACKNOWLEDGE)
    if not state.delivered_to(recipient):
        refuse(
            "instructions-not-delivered",
            "6.4",
            Unblock(fact="instructions", owner="front_desk", action="deliver_instructions"),
            recipient=recipient,
        )
    if recipient in state.acknowledged:
        return Change(state)
    confirmed = InstructionsAcknowledged(
        at=at, aftercare_id=state.id, session_id=state.session_id, recipient=recipient
    )
    return Change(replace(state, acknowledged=(*state.acknowledged, recipient)), (confirmed,))
