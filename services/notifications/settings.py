"""How this clinic's messages leave it: settings of its own, beside those that every service has."""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.notifications.channels.smtp import MailServer, Security, Smtp
from services.notifications.channels.telephone import Account, Telephone
from services.notifications.channels.vault import Vault
from services.notifications.channels.webhooks import Webhooks
from services.notifications.domain.discretion import indiscretion
from services.notifications.domain.endpoint_address import Network
from shared.runtime.transport import is_loopback

T = TypeVar("T")


class IntegratorSettings(BaseSettings):
    """How integrators are told: a key for their secrets, and who may be called.

    ``CARETEAM_WEBHOOK_KEY_FILE`` has one key a line, the present one last. Endpoints are outside
    the clinic's own network, but for what ``CARETEAM_WEBHOOK_NETWORKS`` names of it
    (``10.20.0.0/16, ::1/128``).
    """

    model_config = SettingsConfigDict(
        env_prefix="CARETEAM_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    webhook_key_file: Path | None = None
    webhook_networks: str = ""
    webhook_authorities_file: Path | None = None
    """Certificates to trust instead of the machine's own."""
    feeds_file: Path | None = None
    """The integrators that pull over NATS, as whoever runs the bus keeps them."""

    @field_validator("webhook_networks")
    @classmethod
    def _each_is_a_network(cls, told: str) -> str:
        _networks(told)
        return told

    def webhooks(self) -> Webhooks:
        """What calls endpoints, with its keys from their file."""
        return Webhooks(
            Vault.from_file(self.webhook_key_file),
            _networks(self.webhook_networks),
            self.webhook_authorities_file,
        )


class ChannelSettings(BaseSettings):
    """Read from ``CARETEAM_…``. Passwords and tokens are files, never variables.

    A channel that is ``off`` carries nothing: people do instead. Nothing is simulated in
    production, where a message that only seemed to be sent would reach nobody.
    """

    model_config = SettingsConfigDict(
        env_prefix="CARETEAM_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    env: str = "embedded"
    sandbox: bool = False
    email_channel: Literal["simulated", "smtp", "off"] = "simulated"
    sms_channel: Literal["simulated", "telephone", "off"] = "simulated"
    voice_channel: Literal["simulated", "telephone", "off"] = "simulated"
    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Security = Security.STARTTLS
    smtp_sender: str | None = None
    smtp_username: str | None = None
    smtp_password_file: Path | None = None
    smtp_authorities_file: Path | None = None
    telephone_url: str = "https://api.twilio.com"
    telephone_account: str | None = None
    telephone_token_file: Path | None = None
    telephone_number: str | None = Field(default=None, pattern=r"^\+[0-9]{6,15}$")

    @model_validator(mode="after")
    def _nothing_is_simulated_in_production(self) -> Self:
        for name in ("email_channel", "sms_channel", "voice_channel"):
            if self.env == "production" and getattr(self, name) == "simulated":
                raise ValueError(
                    f"CARETEAM_{name.upper()}: nothing is simulated in production: name a channel,"
                    " or write off"
                )
        return self

    @model_validator(mode="after")
    def _an_invented_clock_rings_no_phone(self) -> Self:
        if self.sandbox and self._telephones:
            raise ValueError("CARETEAM_SANDBOX=1 rings no real phone: write simulated or off")
        return self

    @model_validator(mode="after")
    def _what_a_channel_needs_is_told(self) -> Self:
        wanted: tuple[str, ...] = ()
        if self.email_channel == "smtp":
            wanted += ("smtp_host", "smtp_sender")
        if self._telephones:
            wanted += ("telephone_account", "telephone_token_file", "telephone_number")
        for name in wanted:
            if getattr(self, name) is None:
                raise ValueError(f"CARETEAM_{name.upper()} is needed by the channel: set it")
        if (self.smtp_username is None) != (self.smtp_password_file is None):
            raise ValueError("CARETEAM_SMTP_USERNAME and CARETEAM_SMTP_PASSWORD_FILE go together")
        return self

    @model_validator(mode="after")
    def _nobody_listens_in(self) -> Self:
        if self.email_channel == "smtp" and self.smtp_security is Security.NONE:
            _require_this_machine("CARETEAM_SMTP_SECURITY=none", self.smtp_host or "")
        url = urlsplit(self.telephone_url)
        if url.scheme != "https":
            _require_this_machine("CARETEAM_TELEPHONE_URL without https", url.hostname or "")
        return self

    @model_validator(mode="after")
    def _the_sender_says_nothing(self) -> Self:
        found = indiscretion(self.smtp_sender or "")
        if found is not None:
            raise ValueError(
                f"CARETEAM_SMTP_SENDER says too much ({found}): take a neutral address"
            )
        return self

    @property
    def _telephones(self) -> bool:
        return "telephone" in {self.sms_channel, self.voice_channel}

    def mail(self) -> Smtp:
        """The mail server, with its password from its file."""
        return Smtp(
            MailServer(
                host=_told(self.smtp_host),
                port=self.smtp_port,
                security=self.smtp_security,
                sender=_told(self.smtp_sender),
                username=self.smtp_username,
                password=_secret(self.smtp_password_file) if self.smtp_password_file else None,
                authorities=self.smtp_authorities_file,
            )
        )

    def telephone(self) -> Telephone:
        """The telephone provider, with its token from its file."""
        return Telephone(
            Account(
                url=self.telephone_url.rstrip("/"),
                name=_told(self.telephone_account),
                token=_secret(_told(self.telephone_token_file)),
                number=_told(self.telephone_number),
            )
        )


def _networks(told: str) -> list[Network]:
    return [ip_network(one.strip()) for one in told.split(",") if one.strip()]


def _told(value: T | None) -> T:
    if value is None:
        raise ValueError("a channel lacks a setting")
    return value


def _secret(file: Path) -> SecretStr:
    return SecretStr(file.read_text().strip())


def _require_this_machine(what: str, host: str) -> None:
    if not is_loopback(host):
        raise ValueError(f"{what} is for a server on this machine only")
