"""The client: who it is, how to reach them, and on which channels that is allowed."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.intake.domain.events import (
    ClientRegistered,
    ContactPreferencesChanged,
    DomainEvent,
)
from shared.decisions import Change


class Language(StrEnum):
    ENGLISH = "en"
    SPANISH = "es"


class ClientStatus(StrEnum):
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """Where a client can be reached. Never leaves intake except to a person who asks (ruling 1).

    ``timezone`` (IANA) is where the client lives, if that is not the clinic's.
    """

    phone: str | None = None
    email: str | None = None
    language: Language = Language.ENGLISH
    timezone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConsent:
    """What the client opted into. Nothing is allowed until they say so (F16)."""

    sms: bool = False
    email: bool = False
    voice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsSince:
    """From when on which channels were allowed. The history stays (6.5)."""

    channels: ChannelConsent
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A person in the clinic's care; ``course_id`` is the newest course."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: ClientStatus = ClientStatus.REGISTERED
    name: str
    date_of_birth: date
    contact: ContactDetails
    channels: ChannelConsent
    pref_version: int = 1
    registered_at: datetime
    channel_history: tuple[ChannelsSince, ...] = ()

    def age_on(self, day: date) -> int:
        """Full years of life; the birthday itself counts."""
        born = self.date_of_birth
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def register(
    *,
    client_id: UUID,
    course_id: UUID,
    name: str,
    date_of_birth: date,
    contact: ContactDetails,
    channels: ChannelConsent,
    now: datetime,
) -> Change[Client, DomainEvent]:
    """Open the record. The channels are told at once, so that nobody has to assume them."""
    client = Client(
        id=client_id,
        client_id=client_id,
        course_id=course_id,
        name=name,
        date_of_birth=date_of_birth,
        contact=contact,
        channels=channels,
        registered_at=now,
        channel_history=(ChannelsSince(channels=channels, since=now),),
    )
    return Change(client, (ClientRegistered(at=now), _channels_told(client, now)))


def begin_another_course(
    client: Client, *, course_id: UUID, now: datetime
) -> Change[Client, DomainEvent]:
    """A client who comes back begins anew (F39, F98); the record stays, and so do its channels."""
    return Change(replace(client, course_id=course_id), (ClientRegistered(at=now),))


def change_channels(
    client: Client, *, channels: ChannelConsent, now: datetime
) -> Change[Client, DomainEvent]:
    """Allow or withdraw channels. Repeating what is known changes nothing."""
    if channels == client.channels:
        return Change(client)
    changed = replace(
        client,
        channels=channels,
        pref_version=client.pref_version + 1,
        channel_history=(
            *client.channel_history,
            ChannelsSince(channels=channels, since=now),
        ),
    )
    return Change(changed, (_channels_told(changed, now),))


def correct_contact(client: Client, *, contact: ContactDetails) -> Change[Client, DomainEvent]:
    """Record where the client is reached now. The others ask when they send, so nothing is told."""
    return Change(replace(client, contact=contact))


def _channels_told(client: Client, now: datetime) -> ContactPreferencesChanged:
    return ContactPreferencesChanged(
        at=now,
        sms_allowed=client.channels.sms,
        email_allowed=client.channels.email,
        voice_allowed=client.channels.voice,
        pref_version=client.pref_version,
    )
