"""Asks the owners of contacts at the moment of sending, and others for banners.

What they answer is never written down; names stay in memory for a minute at most.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from pydantic import BaseModel

from careteam_contracts.details import Contact, DetailAsk, EscortContact, EscortContactAsk
from careteam_contracts.enums import ActorRole, ConsentScope
from careteam_contracts.questions import (
    CONTACT,
    ESCORT_CONTACT,
    INTAKE_STANDING,
    PRESCRIBING_STANDING,
    Question,
)
from careteam_contracts.standing import StandingAsk
from services.notifications.domain.vocabulary import Channel, Language
from services.notifications.handlers.ports import Reachable
from shared.messaging import Answer, Asker

A = TypeVar("A", bound=BaseModel)


BANNER_SECONDS: Final = 0.8
"""How long a page waits for a banner: one with an urgent loop on it comes without it rather."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSays:
    """For a banner. ``told_at`` is of the monotonic clock."""

    consented: bool
    approved_until: datetime | None
    told_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribingSays:
    """For a banner: the prescription in force, if there is one."""

    valid_until: datetime | None
    sessions: int
    left: int
    told_at: float


class NatsPeers:
    """Asks over request and reply. No answer, or one that is too old: None."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def intake_says(self, course_id: UUID) -> IntakeSays | None:
        """Consent and approval of a course, for whoever looks at its page now."""
        answer = await self._soon(INTAKE_STANDING, course_id)
        if answer is None:
            return None
        approval = answer.value.approval
        return IntakeSays(
            consented=answer.value.consents_active(ConsentScope.TREATMENT),
            approved_until=approval.valid_until if approval and approval.active else None,
            told_at=answer.asked_at,
        )

    async def prescribing_says(self, course_id: UUID) -> PrescribingSays | None:
        """What is prescribed in a course, for whoever looks at its page now."""
        answer = await self._soon(PRESCRIBING_STANDING, course_id)
        if answer is None:
            return None
        rx = answer.value.prescription
        active = rx if rx and rx.active else None
        return PrescribingSays(
            valid_until=active.valid_until if active else None,
            sessions=active.sessions_authorised if active else 0,
            left=active.sessions_authorised - active.used if active else 0,
            told_at=answer.asked_at,
        )

    async def _soon(self, question: Question[StandingAsk, A], course_id: UUID) -> Answer[A] | None:
        try:
            async with asyncio.timeout(BANNER_SECONDS):
                return await self._asker.ask(question, StandingAsk(course_id=course_id))
        except TimeoutError:
            return None

    async def client_contact(self, client_id: UUID) -> Reachable | None:
        answer = await self._asker.ask(
            CONTACT, DetailAsk(client_id=client_id, actor_role=ActorRole.SYSTEM)
        )
        if answer is None or not answer.usable:
            return None
        return reachable_client(answer.value)

    async def escort_contact(
        self, client_id: UUID, session_id: UUID, escort_id: UUID | None
    ) -> Reachable | None:
        answer = await self._asker.ask(
            ESCORT_CONTACT,
            EscortContactAsk(
                client_id=client_id,
                actor_role=ActorRole.SYSTEM,
                session_id=session_id,
                escort_id=escort_id,
            ),
        )
        if answer is None or not answer.usable:
            return None
        return reachable_escort(answer.value)


def reachable_client(contact: Contact) -> Reachable:
    """Channels that the client allows, and the addresses that there are."""
    allowed = {
        Channel.SMS: contact.sms_allowed,
        Channel.EMAIL: contact.email_allowed,
        Channel.VOICE: contact.voice_allowed,
    }
    addresses = {
        Channel.SMS: contact.phone,
        Channel.EMAIL: contact.email,
        Channel.VOICE: contact.phone,
    }
    return Reachable(
        language=_language(contact.language),
        allowed=frozenset(channel for channel, yes in allowed.items() if yes),
        addresses={channel: address for channel, address in addresses.items() if address},
    )


def reachable_escort(contact: EscortContact) -> Reachable:
    """An escort gave their number to be reached about the ride: that is their consent."""
    by_phone = (Channel.SMS, Channel.VOICE)
    addresses = {} if contact.phone is None else dict.fromkeys(by_phone, contact.phone)
    return Reachable(language=Language.ENGLISH, allowed=frozenset(addresses), addresses=addresses)


def _language(code: str) -> Language:
    """The client's language where there are texts in it, else English."""
    return Language(code) if code in set(Language) else Language.ENGLISH
