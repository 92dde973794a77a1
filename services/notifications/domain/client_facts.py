"""What a client allows, by event. It can stop a channel, it never opens one (F16, INV-29)."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from services.notifications.domain.vocabulary import Channel
from shared.folds import Highest, Sourced


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelConsent:
    version: int
    sms: bool
    email: bool
    voice: bool

    def allows(self, channel: Channel) -> bool:
        match channel:
            case Channel.SMS:
                return self.sms
            case Channel.EMAIL:
                return self.email
            case Channel.VOICE:
                return self.voice


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """The client's channel consent; the highest version told holds, whenever it arrives."""

    client_id: UUID
    consent: Highest[ChannelConsent] = field(default_factory=Highest)

    def consent_changed(self, told: Sourced[ChannelConsent]) -> "ClientFacts":
        return replace(self, consent=self.consent.tell(told.value.version, told))

    def has_stopped(self, channel: Channel) -> bool:
        told = self.consent.told
        return told is not None and not told.value.allows(channel)

    @property
    def consent_event(self) -> str | None:
        return None if self.consent.told is None else self.consent.told.event_id
