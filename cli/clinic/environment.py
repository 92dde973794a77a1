"""The settings with which the processes of an embedded clinic are started."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from cli.bus.names import FEED_READER
from cli.clinic.folder import ClinicFolder
from cli.clinic.ports import LOOPBACK
from cli.clinic.services import IDENTITY
from cli.embedded.databases import RoleSecrets
from cli.embedded.nats import Nats
from cli.embedded.postgres import Postgres

_HANDED_ON: Final = ("CARETEAM_TIMEZONE", "CARETEAM_LOG_LEVEL", "CARETEAM_WEBHOOK_NETWORKS")
"""What a person may choose for an embedded clinic; its other settings are decided here."""


def service_environment(
    service: str,
    ports: Mapping[str, int],
    *,
    folder: ClinicFolder,
    clinic_id: UUID,
    protocol: Path | None,
    postgres: Postgres,
    nats: Nats,
    issuer: str,
) -> dict[str, str]:
    """Everything that a service process is told; ``ports`` are those of all services, and
    ``protocol`` is what new courses begin with."""
    roles = RoleSecrets(folder.secrets / "postgres")
    return {
        **_shared(ports, issuer),
        **_audited(service, folder, nats),
        "CARETEAM_CLINIC_ID": str(clinic_id),
        "CARETEAM_PROTOCOL_FILE": str(protocol or ""),
        "CARETEAM_PROTOCOLS_FOLDER": str(folder.protocols),
        "CARETEAM_CLOCK_FILE": str(folder.clock_file),
        "CARETEAM_TOKENS_FILE": str(folder.tokens_file),
        "CARETEAM_OIDC_BACK_CHANNEL": f"http://{LOOPBACK}:{urlsplit(issuer).port}",
        "CARETEAM_OIDC_CLIENT_SECRET_FILE": str(folder.oidc / service),
        "CARETEAM_DATABASE_URL": postgres.url(f"{service}_app", service),
        "CARETEAM_DATABASE_PASSWORD_FILE": str(roles.file(service, "app")),
        "CARETEAM_HTTP_HOST": LOOPBACK,
        "CARETEAM_HTTP_PORT": str(ports[service]),
        **_of_its_own(service, folder),
    }


def _of_its_own(service: str, folder: ClinicFolder) -> dict[str, str]:
    """What no other service is told."""
    sealed = {
        "CARETEAM_SEALING_KEY_FILE": str(folder.sealing_key_file(service)),
        "CARETEAM_KEYRING_FOLDER": str(folder.keyring(service)),
    }
    if service != FEED_READER:
        return sealed
    return {
        **sealed,
        "CARETEAM_WEBHOOK_KEY_FILE": str(folder.webhook_key_file),
        "CARETEAM_FEEDS_FILE": str(folder.feeds_file),
    }


def issuer_environment(
    port: int,
    ports: Mapping[str, int],
    *,
    folder: ClinicFolder,
    postgres: Postgres,
    nats: Nats,
) -> dict[str, str]:
    """Everything that the issuer's process is told; ``ports`` are those of the services."""
    return {
        **_shared(ports, issuer_url(port)),
        **_audited(IDENTITY, folder, nats),
        "CARETEAM_CLIENT_SECRETS_FOLDER": str(folder.oidc),
        "CARETEAM_ADMINISTRATION_SECRET_FILE": str(folder.administration_secret),
        "CARETEAM_SIGNING_KEY_FILE": str(folder.signing_key),
        "CARETEAM_SECOND_FACTOR_KEY_FILE": str(folder.second_factor_key),
        "CARETEAM_DATABASE_URL": postgres.url(f"{IDENTITY}_app", IDENTITY),
        "CARETEAM_DATABASE_PASSWORD_FILE": str(
            RoleSecrets(folder.secrets / "postgres").file(IDENTITY, "app")
        ),
        "CARETEAM_HTTP_HOST": LOOPBACK,
        "CARETEAM_HTTP_PORT": str(port),
    }


def issuer_url(port: int) -> str:
    """The issuer's name and address. A passkey is bound to a name and not to an address of
    numbers, so it is ``localhost``; the services' cookies are on another host for it."""
    return f"http://localhost:{port}"


def migration_environment(
    service: str, environment: Mapping[str, str], *, folder: ClinicFolder, postgres: Postgres
) -> dict[str, str]:
    """The same, with the role that owns the tables: migrations only."""
    roles = RoleSecrets(folder.secrets / "postgres")
    return {
        **environment,
        "CARETEAM_MIGRATION_DATABASE_URL": postgres.url(f"{service}_owner", service),
        "CARETEAM_MIGRATION_DATABASE_PASSWORD_FILE": str(roles.file(service, "owner")),
    }


def _audited(service: str, folder: ClinicFolder, nats: Nats) -> dict[str, str]:
    """Its chain's keys, and where its checkpoints go."""
    return {
        "CARETEAM_AUDIT_KEY_FILE": str(folder.audit_key_file(service)),
        "CARETEAM_AUDIT_SIGNING_KEY_FILE": str(folder.audit_signing_key_file(service)),
        "CARETEAM_AUDIT_FOLDER": str(folder.audit / service),
        "CARETEAM_NATS_URL": nats.url,
        "CARETEAM_NATS_SEED_FILE": str(nats.seeds.file(service)),
    }


def _shared(ports: Mapping[str, int], issuer: str) -> dict[str, str]:
    urls = {name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}
    return {
        **_outside(),
        "CARETEAM_ENV": "embedded",
        "CARETEAM_SANDBOX": "1",
        "CARETEAM_SERVICE_URLS": json.dumps(urls),
        "CARETEAM_OIDC_ISSUER": issuer,
    }


def _outside() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CARETEAM_") or name in _HANDED_ON
    }
