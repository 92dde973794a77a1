"""A message that is due: look, ask for the contact, decide, send, remember.

Three transactions, with the contact question and the channel between them, so that no lock is held
while somebody else is waited for. That a channel is asked is kept before it is asked: an attempt
that was cut off is repeated under the same id, and the channel is told that it was tried before.
Nobody waits for a channel that hangs: the patience with all of them together is shorter than the
time for which the timer is lent.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

import structlog

from services.notifications.domain.gates import ChannelState, NotifyFacts, notify_decision
from services.notifications.domain.message import (
    Message,
    MessageStatus,
    Reason,
    begin_try,
)
from services.notifications.domain.rendering import render
from services.notifications.domain.sending import (
    Fail,
    Hold,
    NextStep,
    Send,
    after_refusals,
    next_step,
    tries_others,
)
from services.notifications.domain.session_reading import holds_messages
from services.notifications.domain.vocabulary import Carriage, Channel, Recipient
from services.notifications.handlers.message_outcomes import (
    TRY_AGAIN,
    explain,
    follow,
    remember_sent,
)
from services.notifications.handlers.ports import (
    Begin,
    Carriers,
    Outgoing,
    Peers,
    Reachable,
    UnitOfWork,
)
from shared.decisions import Decision
from shared.protocol import ClinicProtocol
from shared.storage.ports import Due

log = structlog.get_logger()

CHANNEL_PATIENCE_SECONDS: Final = 6.0
"""How long one channel may take over a message, by the real clock."""


class NotSentYet(Exception):  # noqa: N818 - what is to be said, not that it is an error
    """Somebody did not answer. The timer tries again soon, by the real clock."""


class Sending:
    """What happens when a message is due. ``carriers`` are the clinic's channels."""

    def __init__(self, carriers: Carriers) -> None:
        self._carriers: Final = carriers

    async def __call__(self, due: Due, begin: Begin, peers: Peers) -> None:
        """The policy of the message timer: it asks, so it takes several transactions."""
        message = await self.send(due.key, begin, peers)
        if message is not None and message.pending and message.reason in TRY_AGAIN:
            raise NotSentYet(message.reason)

    async def send(self, message_id: UUID, begin: Begin, peers: Peers) -> Message | None:
        """The message with what became of it, or None when it was not pending any more."""
        async with begin() as uow:
            message = await _pending(uow, message_id)
            if message is None:
                return None
            facts, decision, step = await self._decide(uow, message, None)
            if not _needs_contact(step):
                return await _explain_and_follow(uow, facts, decision, step)
        contact = await _contact(peers, message)
        async with begin() as uow:
            message = await _pending(uow, message_id)
            if message is None:
                return None
            facts, decision, step = await self._decide(uow, message, contact)
            if not isinstance(step, Send) or contact is None:
                return await _explain_and_follow(uow, facts, decision, step)
            letters = _letters(uow, message, step.channels, contact)
            await explain(uow, facts, decision)
            await uow.messages.save(begin_try(message, at=uow.now))
            hurry = tries_others(message)
        taken, said = await self._carry(letters, begin, hurry=hurry)
        async with begin() as uow:
            message = await _pending(uow, message_id)
            if message is None:
                return None
            if taken is None:
                return await follow(uow, message, after_refusals(message, uow.now, said))
            return await remember_sent(uow, message, taken)

    async def _carry(
        self, letters: tuple[Outgoing, ...], begin: Begin, *, hurry: bool
    ) -> tuple[Outgoing | None, list[Carriage]]:
        """One channel after the other, until one takes it."""
        said: list[Carriage] = []
        for letter in letters:
            try:
                async with asyncio.timeout(CHANNEL_PATIENCE_SECONDS):
                    outcome = await self._carriers[letter.channel](letter, begin)
            except Exception as error:  # noqa: BLE001 - a broken channel is one that is away
                log.warning("channel failed", kind=letter.channel, error=type(error).__name__)
                outcome = Carriage.AWAY
            if outcome is Carriage.TAKEN:
                return letter, said
            said.append(outcome)
            if outcome is Carriage.AWAY and not hurry:
                break
        return None, said

    async def _decide(
        self, uow: UnitOfWork, message: Message, contact: Reachable | None
    ) -> tuple[NotifyFacts, Decision, NextStep]:
        protocol = await uow.protocol_of(message.course_id)
        facts = await _facts(uow, message, contact, self._offered(protocol))
        decision = notify_decision(facts)
        return facts, decision, next_step(facts, decision)

    def _offered(self, protocol: ClinicProtocol) -> frozenset[Channel]:
        """Channels that the clinic uses, and that something carries."""
        used = {channel.value for channel in protocol.messaging.channels}
        return frozenset(channel for channel in self._carriers if channel.value in used)


async def _pending(uow: UnitOfWork, message_id: UUID) -> Message | None:
    message = await uow.messages.find(message_id)
    return message if message is not None and message.pending else None


def _needs_contact(step: NextStep) -> bool:
    """Without an answer the gate can only say that it lacks one; then it is worth asking."""
    return isinstance(step, Hold | Fail) and step.reason is Reason.CONTACT_UNKNOWN


async def _contact(peers: Peers, message: Message) -> Reachable | None:
    """How to reach the reader. An escort is written to in the client's language, if that is known:
    nobody asks escorts for theirs, and they are people of the client's choice.
    """
    if message.recipient is Recipient.CLIENT:
        return await peers.client_contact(message.client_id)
    if message.session_id is None:
        return None
    escort = await peers.escort_contact(message.client_id, message.session_id, message.escort_id)
    client = None if escort is None else await peers.client_contact(message.client_id)
    if escort is None or client is None:
        return escort
    return replace(escort, language=client.language)


async def _facts(
    uow: UnitOfWork, message: Message, contact: Reachable | None, offered: frozenset[Channel]
) -> NotifyFacts:
    client = await uow.client_facts.get(message.client_id, message.client_id)
    course = await uow.course_facts.get(message.course_id, message.client_id)
    same = await uow.messages.list_by(
        wording=message.wording,
        cause_id=message.cause_id,
        occasion=message.occasion,
        status=MessageStatus.SENT,
    )
    protocol = await uow.protocol_of(message.course_id)
    to_client = message.recipient is Recipient.CLIENT
    channels: Mapping[Channel, ChannelState] | None = None
    if contact is not None:
        channels = {
            channel: ChannelState(
                allowed=channel in contact.allowed,
                reachable=channel in contact.addresses,
                stopped=to_client and client.has_stopped(channel),
                offered=channel in offered,
            )
            for channel in Channel
        }
    return NotifyFacts(
        message=message,
        now=uow.now,
        zone=uow.timezone,
        quiet_hours=protocol.messaging.quiet_hours,
        channels=channels,
        in_session=to_client
        and any(holds_messages(session, uow.now) for session in course.sessions.values()),
        sent_before=bool(same),
        consent_event=client.consent_event if to_client else None,
    )


def _letters(
    uow: UnitOfWork, message: Message, channels: tuple[Channel, ...], contact: Reachable
) -> tuple[Outgoing, ...]:
    rendered = render(message, contact.language, now=uow.now, zone=uow.timezone)
    return tuple(
        Outgoing(
            message_id=message.id,
            client_id=message.client_id,
            channel=channel,
            language=contact.language,
            address=contact.addresses[channel],
            subject=rendered.subject,
            body=rendered.body,
            at=uow.now,
            tried_since=message.first_tried_at,
        )
        for channel in channels
    )


async def _explain_and_follow(
    uow: UnitOfWork, facts: NotifyFacts, decision: Decision, step: NextStep
) -> Message:
    """Keep why it is not sent now, once for each reason, and let it follow."""
    message = facts.message
    held_for = message.reason if message.status is MessageStatus.HELD else None
    if not (isinstance(step, Hold) and step.reason is held_for):
        await explain(uow, facts, decision)
    return await follow(uow, message, step)
