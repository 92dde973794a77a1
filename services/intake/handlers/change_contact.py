"""Where a client is reached, and on which channels they allow it."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.intake.domain.client import (
    ChannelConsent,
    Client,
    Language,
    change_channels,
    correct_contact,
)
from services.intake.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeContactPreferences:
    """None leaves a channel as it was."""

    client_id: UUID
    sms: bool | None = None
    email: bool | None = None
    voice: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectContactDetails:
    """None leaves a detail as it was; an empty text takes it away."""

    client_id: UUID
    phone: str | None = None
    email: str | None = None
    language: Language | None = None
    timezone: str | None = None


async def change_contact_preferences(command: ChangeContactPreferences, uow: UnitOfWork) -> Client:
    client = await uow.clients.get(command.client_id)
    before = client.channels
    channels = ChannelConsent(
        sms=before.sms if command.sms is None else command.sms,
        email=before.email if command.email is None else command.email,
        voice=before.voice if command.voice is None else command.voice,
    )
    return await uow.clients.save(change_channels(client, channels=channels, now=uow.now))


async def correct_contact_details(command: CorrectContactDetails, uow: UnitOfWork) -> Client:
    client = await uow.clients.get(command.client_id)
    contact = client.contact
    if command.phone is not None:
        contact = replace(contact, phone=command.phone or None)
    if command.email is not None:
        contact = replace(contact, email=command.email or None)
    if command.language is not None:
        contact = replace(contact, language=command.language)
    if command.timezone is not None:
        contact = replace(contact, timezone=command.timezone or None)
    return await uow.clients.save(correct_contact(client, contact=contact))
