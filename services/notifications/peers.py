"""Asks the owners of contacts at the moment of sending; what they answer is never written down."""

from uuid import UUID

from careteam_contracts.details import Contact, DetailAsk, EscortContact, EscortContactAsk
from careteam_contracts.enums import ActorRole
from careteam_contracts.questions import CONTACT, ESCORT_CONTACT
from services.notifications.domain.vocabulary import Channel, Language
from services.notifications.handlers.ports import Reachable
from shared.messaging import Asker


class NatsPeers:
    """Asks over request and reply. No answer, or one that is too old: None."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

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
