"""What a service is told by its environment. Secrets are files, never variables."""

import ssl
from pathlib import Path
from typing import Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

from shared.runtime.transport import (
    database_host,
    refuse_in_the_clear,
    server_host,
    servers_in,
    transport,
)


class DatabaseSettings(BaseSettings):
    """Where a process's database is, and whom it believes: all that migrating it needs."""

    model_config = SettingsConfigDict(
        env_prefix="CARETEAM_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: str
    database_password_file: Path | None = None
    migration_database_url: str | None = None
    migration_database_password_file: Path | None = None
    ca_file: Path | None = None
    """The authorities that vouch for PostgreSQL and NATS: then both are spoken to over TLS."""
    certificate_file: Path | None = None
    """This process's own certificate and key, for a NATS that asks who calls."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _database_over_tls(self) -> Self:
        refuse_in_the_clear(self.ca_file, [database_host(make_url(self.database_url))])
        return self

    def transport(self) -> ssl.SSLContext | None:
        """How PostgreSQL and NATS are spoken to; None: within this machine."""
        return transport(self.ca_file, self.certificate_file)

    def database(self) -> URL:
        """The process's own database, with the password from its file."""
        return _with_password(self.database_url, self.database_password_file)

    def migration_database(self) -> URL:
        """The same database as the role that owns its tables."""
        if self.migration_database_url is None:
            raise ValueError(
                "CARETEAM_MIGRATION_DATABASE_URL is not set: migrations need the owner"
            )
        return _with_password(self.migration_database_url, self.migration_database_password_file)

    def app_role(self) -> str:
        """As whom the process itself works in its database."""
        return make_url(self.database_url).username or ""


class ServiceSettings(DatabaseSettings):
    """Settings of one service process, read from ``CARETEAM_…``."""

    env: Literal["embedded", "compose", "production", "test"] = "embedded"
    sandbox: bool = False
    clock_file: Path | None = None
    nats_url: str = "nats://127.0.0.1:4222"
    nats_seed_file: Path | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8100, ge=0, le=65535)
    audit_key_file: Path | None = None
    """The keys of this service's audit chain, one a line, the present one last."""
    audit_signing_key_file: Path | None = None
    """The private key that checkpoints are signed with; without it there are none."""
    audit_folder: Path | None = None
    """Where checkpoints are written too: better another disk than the database's."""
    sealing_key_file: Path | None = None
    """The master keys that wrap the keys of this service's clients, the present one last."""
    keyring_folder: Path | None = None
    """Where those wrapped keys are: on no disk, and in no backup, of the database's."""
    tokens_file: Path | None = None
    """Demo people and their bearer tokens: for sandboxes, refused in production."""
    people_file: Path | None = None
    """Everybody of the clinic by role, UUID and name: whom pages name and forms offer."""
    oidc_issuer: str | None = None
    """The OpenID issuer, by the address that browsers know and that its tokens name."""
    oidc_back_channel: str | None = None
    """Where this process reaches the issuer, when that is another address."""
    oidc_client_id: str | None = None
    """``careteam-<service>`` unless told otherwise."""
    oidc_client_secret_file: Path | None = None
    """Without one this service is a public client, proven by PKCE alone."""
    oidc_audience: str = "careteam"
    oidc_role_claim: str = "careteam_role"
    oidc_ref_claim: str = "careteam_ref"
    oidc_name_claim: str = "name"
    oidc_roles: dict[str, str] = Field(
        default_factory=dict, description="The issuer's words for our roles: group to role"
    )
    service_urls: dict[str, str] = Field(
        default_factory=dict, description="Where people find each service's pages, by its name"
    )
    protocol_file: Path | None = None
    """The protocol that new courses begin with; without it, the highest version of the folder."""
    protocols_folder: Path | None = None
    """Every protocol that a course may be pinned to, a file for each version."""
    clinic_id: UUID = UUID("018f0000-0000-7000-8000-000000000001")
    timezone: str = "America/Los_Angeles"

    @model_validator(mode="after")
    def _sandbox_never_in_production(self) -> Self:
        if self.env == "production" and self.sandbox:
            raise ValueError("CARETEAM_SANDBOX=1 is refused when CARETEAM_ENV=production: unset it")
        if self.env == "production" and self.tokens_file is not None:
            raise ValueError(
                "CARETEAM_TOKENS_FILE is refused when CARETEAM_ENV=production: unset it"
            )
        if self.env == "production" and not (self.oidc_issuer or "").startswith("https://"):
            raise ValueError("CARETEAM_ENV=production needs CARETEAM_OIDC_ISSUER=https://…")
        if self.sandbox and self.clock_file is None:
            raise ValueError("CARETEAM_SANDBOX=1 needs CARETEAM_CLOCK_FILE")
        return self

    @model_validator(mode="after")
    def _bus_over_tls(self) -> Self:
        refuse_in_the_clear(self.ca_file, map(server_host, self.nats_servers))
        return self

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def nats_servers(self) -> list[str]:
        return servers_in(self.nats_url)


def what_is_wrong(error: ValidationError) -> list[str]:
    """A line for each setting that cannot be used, by the name of its variable."""
    lines = []
    for problem in error.errors():
        name = "_".join(str(part) for part in problem["loc"]).upper()
        lines.append(f"CARETEAM_{name}: {problem['msg']}" if name else problem["msg"])
    return lines


def _with_password(url: str, password_file: Path | None) -> URL:
    """A database's address with the password that a file holds."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    if password_file is None:
        return parsed
    password = SecretStr(password_file.read_text().strip())
    return parsed.set(password=password.get_secret_value())
