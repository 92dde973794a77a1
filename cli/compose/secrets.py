"""``python -m cli.compose.secrets``: the first job of a clinic in containers.

Makes, once, every password and key, and hands each container its share in a volume of its own. Then
writes the servers' configuration, which follows from them. A second run finds everything as it is.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cli.bus.names import AUDITOR, FEED_READER, PROVISIONER
from cli.bus.server_config import Listen, Seeds, server_config, size_of_store
from cli.clinic.folder import ClinicFolder
from cli.clinic.secrets import (
    audit_key,
    keep_signing_key,
    password,
    webhook_key,
    write_private,
)
from cli.clinic.services import CHAINS, IDENTITY, SERVICES
from cli.clinic.tokens import sign_ins
from cli.compose.places import NATS_CONFIG, VOLUMES
from cli.embedded.databases import ROLES, RoleSecrets
from cli.embedded.postgres_settings import settings_file
from cli.issuer.keys import keep_issuer_key

_FOR_ANOTHER_USER: Final = 0o640
"""PostgreSQL's image has a user of its own, who is in our group. Everybody else reads as us."""

_POSTGRES: Final[Mapping[str, str]] = {
    "listen_addresses": "'*'",
    "unix_socket_directories": "'/var/run/postgresql'",
}


def prepare(volumes: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Make what is missing in these volumes."""
    everything = volumes / "secrets"
    roles = RoleSecrets(everything / "postgres")
    seeds = Seeds(everything / "nats")
    tokens = everything / "tokens.json"

    password(everything / "superuser")
    for service in (*SERVICES, IDENTITY):
        for role in ROLES:
            roles.password(service, role)
    audit = everything / "audit"
    for service in CHAINS:
        audit_key(audit / f"{service}.key")
        keep_signing_key(audit / f"{service}.signing", audit)
    webhook = everything / "webhook.key"
    webhook_key(webhook)
    keys = seeds.public_keys(SERVICES)
    sign_ins(tokens)

    oidc, issuer = everything / "oidc", everything / "issuer"
    for service in SERVICES:
        password(oidc / service)
    password(issuer / "administration")
    password(issuer / "second-factor")
    keep_issuer_key(issuer / "signing.json")

    for service in SERVICES:
        _hand_out(
            volumes / f"secrets-{service}",
            {
                "oidc": oidc / service,
                "database": roles.file(service, "app"),
                "nats.seed": seeds.file(service),
                "audit.key": audit / f"{service}.key",
                "audit.signing": audit / f"{service}.signing",
                "tokens.json": tokens,
                **({"webhook.key": webhook} if service == FEED_READER else {}),
            },
        )
    _hand_out(
        volumes / "secrets-owners",
        {f"{name}_owner": roles.file(name, "owner") for name in (*SERVICES, IDENTITY)},
    )
    _hand_out(
        volumes / f"secrets-{IDENTITY}",
        {
            "database": roles.file(IDENTITY, "app"),
            "administration": issuer / "administration",
            "signing.json": issuer / "signing.json",
            "second-factor": issuer / "second-factor",
            "nats.seed": seeds.file(IDENTITY),
            "audit.key": audit / f"{IDENTITY}.key",
            "audit.signing": audit / f"{IDENTITY}.signing",
            **{f"oidc/{service}": oidc / service for service in SERVICES},
        },
    )
    _hand_out(
        volumes / "secrets-clinic",
        {
            f"nats/{PROVISIONER}.seed": seeds.file(PROVISIONER),
            f"nats/{AUDITOR}.seed": seeds.file(AUDITOR),
            "issuer/administration": issuer / "administration",
            "tokens.json": tokens,
        },
    )
    _hand_out(
        volumes / "secrets-audit",
        {
            f"nats/{AUDITOR}.seed": seeds.file(AUDITOR),
            **{f"audit/{s}.key": audit / f"{s}.key" for s in CHAINS},
            **{f"audit/{s}.public": audit / f"{s}.public" for s in CHAINS},
            **{f"postgres/{s}_audit": roles.file(s, "audit") for s in CHAINS},
        },
    )
    _configure_postgres(volumes / "postgres-config", everything / "superuser")
    _configure_nats(volumes / "nats-config", volumes / "nats-data", keys)
    _name_the_clinic(volumes / "clinic", environment)


def _hand_out(share: Path, files: Mapping[str, Path]) -> None:
    for name, source in files.items():
        _keep(share / name, source.read_text())


def _configure_postgres(config: Path, superuser: Path) -> None:
    _keep(config / "superuser", superuser.read_text(), _FOR_ANOTHER_USER)
    _keep(config / "postgresql.conf", settings_file(_POSTGRES), _FOR_ANOTHER_USER)


def _configure_nats(config: Path, data: Path, keys: Mapping[str, str]) -> None:
    """Clients reach it from their own networks; its monitoring stays inside its container."""
    file = config / NATS_CONFIG.name
    text = server_config(
        services=SERVICES,
        public_keys=keys,
        listen=Listen(host="0.0.0.0", port=4222, monitor_port=8222),  # noqa: S104
        store="/data",
        most_stored=size_of_store(data, file),
    )
    _keep(file, text)


def _name_the_clinic(folder: Path, environment: Mapping[str, str]) -> None:
    clinic = ClinicFolder.at(folder)
    clinic.create()
    if told := environment.get("CARETEAM_CLINIC_ID"):
        clinic.remember(clinic_id=told)


def _keep(file: Path, content: str, mode: int = 0o600) -> None:
    """Write it, unless it is there already: who reads it may be reading now."""
    if not (file.exists() and file.read_text() == content):
        write_private(file, content)
    file.chmod(mode)


if __name__ == "__main__":
    prepare(VOLUMES)
