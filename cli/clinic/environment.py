"""The settings with which the processes of an embedded clinic are started."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID

from cli.clinic.folder import ClinicFolder
from cli.clinic.ports import LOOPBACK
from cli.embedded.databases import RoleSecrets
from cli.embedded.nats import Nats
from cli.embedded.postgres import Postgres

_HANDED_ON: Final = ("CARETEAM_TIMEZONE", "CARETEAM_LOG_LEVEL")
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
) -> dict[str, str]:
    """Everything that a service process is told; ``ports`` are those of all services, and
    ``protocol`` is what new courses begin with."""
    urls = {name: f"http://{LOOPBACK}:{port}" for name, port in ports.items()}
    roles = RoleSecrets(folder.secrets / "postgres")
    return {
        **_outside(),
        "CARETEAM_ENV": "embedded",
        "CARETEAM_SANDBOX": "1",
        "CARETEAM_CLINIC_ID": str(clinic_id),
        "CARETEAM_PROTOCOL_FILE": str(protocol or ""),
        "CARETEAM_PROTOCOLS_FOLDER": str(folder.protocols),
        "CARETEAM_CLOCK_FILE": str(folder.clock_file),
        "CARETEAM_TOKENS_FILE": str(folder.tokens_file),
        "CARETEAM_AUDIT_KEY_FILE": str(folder.audit_key_file(service)),
        "CARETEAM_AUDIT_SIGNING_KEY_FILE": str(folder.audit_signing_key_file(service)),
        "CARETEAM_AUDIT_FOLDER": str(folder.audit / service),
        "CARETEAM_SERVICE_URLS": json.dumps(urls),
        "CARETEAM_DATABASE_URL": postgres.url(f"{service}_app", service),
        "CARETEAM_DATABASE_PASSWORD_FILE": str(roles.file(service, "app")),
        "CARETEAM_NATS_URL": nats.url,
        "CARETEAM_NATS_SEED_FILE": str(nats.seeds.file(service)),
        "CARETEAM_HTTP_HOST": LOOPBACK,
        "CARETEAM_HTTP_PORT": str(ports[service]),
    }


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


def _outside() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CARETEAM_") or name in _HANDED_ON
    }
