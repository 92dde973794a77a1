"""G-NOTIFY: may this message go out now, and on which channel (ruling 23).

All rules are evaluated. What the owner of the contact answers is what allows a channel; what the
events told can only forbid one (ruling 6). The address itself is no fact of the gate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.notifications.domain.message import Message
from services.notifications.domain.quiet_hours import released_at
from services.notifications.domain.vocabulary import Channel
from shared.decisions import Decision, Unblock, Verdict, holds, violated
from shared.protocol import QuietHours

GATE: Final = "notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """``allowed`` and ``reachable`` by the contact's owner, ``stopped`` by a later event.

    ``offered``: the clinic uses this channel, and has something that carries it.
    """

    allowed: bool
    reachable: bool
    stopped: bool = False
    offered: bool = True

    @property
    def usable(self) -> bool:
        return self.offered and self.allowed and self.reachable and not self.stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyFacts:
    """``channels`` is None while the owner of the contact has not answered."""

    message: Message
    now: datetime
    zone: ZoneInfo
    quiet_hours: QuietHours
    channels: Mapping[Channel, ChannelState] | None
    in_session: bool
    sent_before: bool
    consent_event: str | None = None


def notify_decision(facts: NotifyFacts) -> Decision:
    return Decision.of(
        GATE,
        (
            _contact_answered(facts),
            _channel_consented(facts),
            _outside_quiet_hours(facts),
            _not_in_session(facts),
            _not_too_late(facts),
            _first_for_cause(facts),
        ),
    )


def usable_channels(facts: NotifyFacts) -> tuple[Channel, ...]:
    """Channels that may be used, in the order in which they are tried."""
    known = facts.channels or {}
    return tuple(channel for channel in Channel if channel in known and known[channel].usable)


def _contact_answered(facts: NotifyFacts) -> Verdict:
    owner = "intake" if facts.message.recipient == "client" else "scheduling"
    if facts.channels is not None:
        return holds("contact-answered", "ruling 1", owner=owner)
    return violated(
        "contact-answered",
        "ruling 1",
        owner=owner,
        unblocks_with=(Unblock(fact="contact", owner=owner, action="answer"),),
    )


def _channel_consented(facts: NotifyFacts) -> Verdict:
    sources = (facts.consent_event,) if facts.consent_event else ()
    told: dict[str, Any] = {
        f"{channel}_{name}": value
        for channel, state in (facts.channels or {}).items()
        for name, value in (
            ("allowed", state.allowed),
            ("reachable", state.reachable),
            ("stopped", state.stopped),
            ("offered", state.offered),
        )
    }
    if usable_channels(facts):
        return holds("channel-consented", "INV-29", *sources, **told)
    return violated(
        "channel-consented",
        "INV-29",
        *sources,
        unblocks_with=(
            Unblock(fact="channel consent", owner="intake", action="change_contact_preferences"),
        ),
        **told,
    )


def _outside_quiet_hours(facts: NotifyFacts) -> Verdict:
    release = released_at(facts.quiet_hours, facts.now, facts.zone)
    urgent = facts.message.traits.urgent
    if release is None or urgent:
        return holds("outside-quiet-hours", "ruling 23", urgent=urgent)
    return violated(
        "outside-quiet-hours",
        "ruling 23",
        urgent=urgent,
        released_at=release.isoformat(),
        unblocks_with=(Unblock(fact="time", owner="notifications", action="wait"),),
    )


def _not_in_session(facts: NotifyFacts) -> Verdict:
    urgent = facts.message.traits.urgent
    if urgent or not facts.in_session:
        return holds("not-in-session", "5.4", urgent=urgent)
    return violated(
        "not-in-session",
        "5.4",
        urgent=urgent,
        unblocks_with=(Unblock(fact="departure", owner="scheduling", action="wait"),),
    )


def _not_too_late(facts: NotifyFacts) -> Verdict:
    told: dict[str, Any] = {
        "due_at": facts.message.due_at.isoformat(),
        "expires_at": facts.message.expires_at.isoformat(),
        "says_it_is_late": facts.message.is_late(facts.now),
    }
    if not facts.message.is_expired(facts.now):
        return holds("not-too-late", "INV-27", **told)
    return violated("not-too-late", "INV-27", **told)


def _first_for_cause(facts: NotifyFacts) -> Verdict:
    cause = str(facts.message.cause_id)
    if facts.sent_before:
        return violated("first-for-cause", "ruling 23", cause_id=cause)
    return holds("first-for-cause", "ruling 23", cause_id=cause)
