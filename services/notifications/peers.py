"""Asks the owners of contacts at the moment of sending, and intake for names on pages.

What they answer is never written down; names stay in memory for a minute at most.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from careteam_contracts.details import Contact, DetailAsk, EscortContact, EscortContactAsk
from careteam_contracts.enums import ActorRole
from careteam_contracts.questions import CONTACT, ESCORT_CONTACT, IDENTITY
from services.notifications.domain.vocabulary import Channel, Language
from services.notifications.handlers.ports import Identity, Reachable
from shared.messaging import Asker
from shared.messaging.remembered import Remembered
from shared.storage import Actor

NAME_SECONDS: Final = 0.8
"""How long a page waits for names: a board with an urgent loop comes without them rather."""


class NatsPeers:
    """The contact questions over request and reply. No answer, or one that is too old: None."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._identities: Remembered[tuple[UUID, Actor], Identity] = Remembered()

    async def who(self, clients: Iterable[UUID], actor: Actor) -> dict[UUID, Identity]:
        """Who these clients are, to this person; those of whom intake says nothing are left out."""
        known = await self._identities.all([(one, actor) for one in clients], self._identity)
        return {client: identity for (client, _), identity in known.items()}

    async def _identity(self, wanted: tuple[UUID, Actor]) -> Identity | None:
        client_id, actor = wanted
        ask = DetailAsk(client_id=client_id, actor_role=ActorRole(actor.role), actor_ref=actor.ref)
        try:
            async with asyncio.timeout(NAME_SECONDS):
                answer = await self._asker.ask(IDENTITY, ask)
        except TimeoutError:
            return None
        if answer is None or answer.value.name is None or answer.value.date_of_birth is None:
            return None
        return Identity(name=answer.value.name, date_of_birth=answer.value.date_of_birth)

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
