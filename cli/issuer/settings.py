"""What the issuer is told by its environment."""

from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from shared.runtime.settings import DatabaseSettings
from shared.runtime.transport import is_loopback, refuse_in_the_clear, server_host, servers_in

CLIENT_PREFIX: Final = "careteam-"


class IssuerSettings(DatabaseSettings):
    """Settings of the issuer's process, read from ``CARETEAM_…``."""

    env: Literal["embedded", "compose", "production", "test"] = "embedded"
    sandbox: bool = False
    oidc_issuer: str
    """The address that browsers know, and the name in every token."""
    service_urls: dict[str, str]
    """Each relying party's own address: only there are people sent back to."""
    back_channel_urls: dict[str, str] = Field(default_factory=dict)
    """Where a relying party is told of a sign-out, when that is another address."""
    client_secrets_folder: Path
    administration_secret_file: Path
    signing_key_file: Path
    second_factor_key_file: Path
    """With which the secrets of people's second factors are made: not in the database."""
    audit_key_file: Path
    """The keys of the issuer's audit chain, one a line, the present one last."""
    audit_signing_key_file: Path
    audit_folder: Path
    nats_url: str
    """Where checkpoints of the chain are handed to: all that the issuer has to do with the bus."""
    nats_seed_file: Path | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8100, ge=0, le=65535)
    timezone: str = "America/Los_Angeles"

    @model_validator(mode="after")
    def _tls_beyond_this_machine(self) -> Self:
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme != "https" and not is_loopback(parts.hostname):
            raise ValueError(f"CARETEAM_OIDC_ISSUER={self.oidc_issuer} has to be https")
        refuse_in_the_clear(self.ca_file, map(server_host, self.nats_servers))
        return self

    @property
    def nats_servers(self) -> list[str]:
        return servers_in(self.nats_url)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def host(self) -> str:
        """The name that passkeys are bound to."""
        return urlsplit(self.oidc_issuer).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.oidc_issuer)
        return f"{parts.scheme}://{parts.netloc}"

    def why_no_demo_accounts(self) -> str | None:
        """Why invented people with printed passwords may not be let in here; None where they may.

        In compose every container listens on all of its own addresses, and the port is published
        on loopback only (a check of the compose file); elsewhere it has to listen on loopback.
        """
        if self.env == "production":
            return "CARETEAM_ENV=production"
        if not is_loopback(urlsplit(self.oidc_issuer).hostname):
            return f"CARETEAM_OIDC_ISSUER={self.oidc_issuer} is not of this machine alone"
        if self.env != "compose" and not is_loopback(self.http_host):
            return f"CARETEAM_HTTP_HOST={self.http_host} listens beyond this machine"
        return None
