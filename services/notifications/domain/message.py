"""A message to a client or an escort: one per wording and cause (INV-27, INV-29).

It holds neither an address nor a text: both exist only while it goes out. What became of it is
said with a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from services.notifications.domain.events import DeliveryFailed
from services.notifications.domain.vocabulary import Channel, Language, Purpose, Recipient
from services.notifications.domain.wording import TRAITS, Traits, Wording
from shared.decisions import Change, refuse


class MessageStatus(StrEnum):
    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a message is where it is."""

    QUIET_HOURS = "quiet_hours"
    IN_SESSION = "in_session"
    CONTACT_UNKNOWN = "contact_unknown"
    LATE = "late"
    ALREADY_SENT = "already_sent"
    OVERTAKEN = "overtaken"
    NO_CONSENTED_CHANNEL = "no_consented_channel"
    ADDRESS_REFUSED = "address_refused"
    CHANNEL_FAILED = "channel_failed"


class Trigger(StrEnum):
    TRY = "try"
    SEND = "send"
    HOLD = "hold"
    DROP = "drop"
    FAIL = "fail"


_PENDING: Final = frozenset(Trigger)
ALLOWED: Final[Mapping[MessageStatus, frozenset[Trigger]]] = {
    MessageStatus.QUEUED: _PENDING,
    MessageStatus.HELD: _PENDING,
    MessageStatus.SENT: frozenset(),
    MessageStatus.DROPPED: frozenset(),
    MessageStatus.FAILED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """``cause_id`` and ``occasion`` name the cause: a session and its version, a check-in.

    ``due_at`` is when it should go out, ``next_try_at`` when it will be looked at next, ``about``
    the moment that the text speaks of. From ``first_tried_at`` on a channel may have taken it,
    whatever became of the answer.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    wording: Wording
    cause_id: UUID
    occasion: str
    due_at: datetime
    expires_at: datetime
    session_id: UUID | None = None
    escort_id: UUID | None = None
    about: datetime | None = None
    status: MessageStatus = MessageStatus.QUEUED
    reason: Reason | None = None
    next_try_at: datetime | None = None
    attempts: int = 0
    first_tried_at: datetime | None = None
    channel: Channel | None = None
    language: Language | None = None
    late: bool = False
    closed_at: datetime | None = None

    @property
    def traits(self) -> Traits:
        return TRAITS[self.wording]

    @property
    def purpose(self) -> Purpose:
        return self.traits.purpose

    @property
    def recipient(self) -> Recipient:
        return self.traits.recipient

    @property
    def pending(self) -> bool:
        return self.status in {MessageStatus.QUEUED, MessageStatus.HELD}

    def is_late(self, now: datetime) -> bool:
        return now > self.due_at + self.traits.late_after

    def is_expired(self, now: datetime) -> bool:
        return now >= self.expires_at


MessageChange: TypeAlias = Change[Message, DeliveryFailed]


def queue_message(
    *,
    message_id: UUID,
    client_id: UUID,
    course_id: UUID,
    wording: Wording,
    cause_id: UUID,
    due_at: datetime,
    occasion: str = "",
    session_id: UUID | None = None,
    escort_id: UUID | None = None,
    about: datetime | None = None,
    expires_at: datetime | None = None,
) -> MessageChange:
    """Wants to go out at ``due_at``, and is of no use from ``expires_at`` on."""
    keeps_until = due_at + TRAITS[wording].keeps_for
    return Change(
        Message(
            id=message_id,
            client_id=client_id,
            course_id=course_id,
            wording=wording,
            cause_id=cause_id,
            occasion=occasion,
            due_at=due_at,
            expires_at=keeps_until if expires_at is None else expires_at,
            session_id=session_id,
            escort_id=escort_id,
            about=about,
            next_try_at=due_at,
        )
    )


def begin_try(state: Message, *, at: datetime) -> MessageChange:
    """A channel is about to be asked: kept before, because the answer may never be heard."""
    _require_allowed(state, Trigger.TRY)
    return Change(replace(state, first_tried_at=state.first_tried_at or at))


def sent(state: Message, *, channel: Channel, language: Language, at: datetime) -> MessageChange:
    """It went out; a message that says it is late is kept as such."""
    _require_allowed(state, Trigger.SEND)
    return Change(
        replace(
            state,
            status=MessageStatus.SENT,
            reason=None,
            next_try_at=None,
            attempts=state.attempts + 1,
            channel=channel,
            language=language,
            late=state.is_late(at),
            closed_at=at,
        )
    )


def hold(state: Message, *, reason: Reason, until: datetime) -> MessageChange:
    """Not now: looked at again at ``until``, or when it would expire."""
    _require_allowed(state, Trigger.HOLD)
    again = min(until, state.expires_at)
    tried = state.attempts + (reason in {Reason.CONTACT_UNKNOWN, Reason.CHANNEL_FAILED})
    return Change(
        replace(state, status=MessageStatus.HELD, reason=reason, next_try_at=again, attempts=tried)
    )


def release(state: Message, *, now: datetime) -> MessageChange:
    """What held it may be over: it is looked at now."""
    _require_allowed(state, Trigger.HOLD)
    return Change(replace(state, next_try_at=now))


def drop(state: Message, *, reason: Reason, at: datetime) -> MessageChange:
    """It is not sent, and that is right: overtaken, or sent before."""
    _require_allowed(state, Trigger.DROP)
    return Change(_closed(state, MessageStatus.DROPPED, reason, at))


def fail(state: Message, *, status: MessageStatus, reason: Reason, at: datetime) -> MessageChange:
    """It should have reached somebody and did not: said aloud, unless people call anyway."""
    _require_allowed(state, Trigger.FAIL)
    failed = DeliveryFailed(
        at=at,
        message_id=state.id,
        purpose=state.purpose,
        staff_asked=state.traits.fallback is not None,
    )
    told = () if state.traits.people_call_anyway else (failed,)
    return Change(_closed(state, status, reason, at), told)


def _closed(state: Message, status: MessageStatus, reason: Reason, at: datetime) -> Message:
    return replace(state, status=status, reason=reason, next_try_at=None, closed_at=at)


def _require_allowed(state: Message, trigger: Trigger) -> None:
    if trigger not in ALLOWED[state.status]:
        refuse(f"message-{state.status}", "INV-29", status=state.status, trigger=trigger)
