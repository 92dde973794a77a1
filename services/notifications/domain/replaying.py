"""The decisions of notifications asked again: what each was made from, as one value.

A restriction belongs to the plan that began with it, so a changed protocol does not shorten it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.notifications.domain.aftercare_plan import AftercarePlan
from services.notifications.domain.check_in import CheckIn
from services.notifications.domain.closing import closing_decision
from services.notifications.domain.escalation import Escalation
from services.notifications.domain.gates import NotifyFacts
from shared.decisions import Decision
from shared.protocol import ClinicProtocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """What the end of an aftercare is decided by."""

    plan: AftercarePlan
    check_ins: tuple[CheckIn, ...]
    escalations: tuple[Escalation, ...]
    now: datetime


def decide_closing(f: ClosingFacts) -> Decision:
    return closing_decision(f.plan, f.check_ins, f.escalations, now=f.now)


def notify_under(f: NotifyFacts, protocol: ClinicProtocol) -> NotifyFacts:
    """A channel that the clinic gives up is offered no more; one that nobody carried stays so."""
    used = {channel.value for channel in protocol.messaging.channels}
    channels = f.channels and {
        channel: replace(state, offered=state.offered and channel.value in used)
        for channel, state in f.channels.items()
    }
    return replace(f, channels=channels, quiet_hours=protocol.messaging.quiet_hours)
