"""What follows from G-NOTIFY: send, hold until a moment, drop, or give the contact to people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from services.notifications.domain.gates import NotifyFacts, usable_channels
from services.notifications.domain.message import Message, MessageStatus, Reason
from services.notifications.domain.quiet_hours import released_at
from services.notifications.domain.vocabulary import Carriage, Channel
from shared.decisions import Decision

URGENT_TRIES: Final = 3
"""With the pauses between them and the patience with each channel, people take over well within
two minutes."""
CHANNEL_TRIES: Final = 30
"""About an hour: a provider that is away for some minutes costs nobody a call."""
LOYAL_TRIES: Final = 4
"""So often a routine message stays with a channel that is away. It may have taken it unheard, and
can say so at the next try; another channel would only say the same once more."""
SESSION_LOOK: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Send:
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    reason: Reason
    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    reason: Reason


@dataclass(frozen=True, slots=True)
class Fail:
    """Not sent although it should have been: staff take over where harm is possible."""

    reason: Reason
    status: MessageStatus


NextStep: TypeAlias = Send | Hold | Drop | Fail


def next_step(facts: NotifyFacts, decision: Decision) -> NextStep:
    """The strongest refusal first: never twice, never too late, then wait, then give up."""
    if decision.allowed:
        return Send(usable_channels(facts))
    refused = {refusal.slug for refusal in decision.refusals}
    if "first-for-cause" in refused:
        return Drop(Reason.ALREADY_SENT)
    if "not-too-late" in refused:
        return _too_late(facts.message)
    if "not-in-session" in refused:
        return Hold(Reason.IN_SESSION, facts.now + SESSION_LOOK)
    release = released_at(facts.quiet_hours, facts.now, facts.zone)
    if "outside-quiet-hours" in refused and release is not None:
        return Hold(Reason.QUIET_HOURS, release)
    if "contact-answered" in refused:
        return after_silence(facts.message, facts.now)
    return Fail(Reason.NO_CONSENTED_CHANNEL, MessageStatus.DROPPED)


def after_silence(message: Message, now: datetime) -> NextStep:
    """The contact's owner did not answer: again soon, but nobody in danger waits for a machine."""
    if message.traits.urgent and message.attempts + 1 >= URGENT_TRIES:
        return Fail(Reason.CONTACT_UNKNOWN, MessageStatus.FAILED)
    return Hold(Reason.CONTACT_UNKNOWN, now)


def tries_others(message: Message) -> bool:
    """Whether the next channel is tried where one is away: at once, if it cannot wait."""
    return message.traits.urgent or message.attempts >= LOYAL_TRIES


def after_refusals(message: Message, now: datetime, said: Iterable[Carriage]) -> NextStep:
    """No channel took it. What every channel refuses for good is not tried again."""
    if all(one is Carriage.REFUSED for one in said):
        return Fail(Reason.ADDRESS_REFUSED, MessageStatus.FAILED)
    return after_channel_failure(message, now)


def after_channel_failure(message: Message, now: datetime) -> NextStep:
    """Channels are away: again soon, and after a number of tries it is people's turn."""
    tries = URGENT_TRIES if message.traits.urgent else CHANNEL_TRIES
    if message.attempts + 1 >= tries:
        return Fail(Reason.CHANNEL_FAILED, MessageStatus.FAILED)
    return Hold(Reason.CHANNEL_FAILED, now)


def _too_late(message: Message) -> NextStep:
    """A message that nobody can act on any more is dropped; safety goes to people (INV-27)."""
    if message.traits.fallback is None:
        return Drop(Reason.LATE)
    return Fail(Reason.LATE, MessageStatus.DROPPED)
