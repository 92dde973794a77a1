"""``python -m cli.compose.secrets``: the first job of a clinic in containers.

Makes, once, every password and key, and hands each container its share in a volume of its own. Then
writes the servers' configuration, which follows from them. A second run finds everything as it is.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from cli.bus.feed_registry import FeedRegistry
from cli.bus.names import AUDITOR, FEED_READER, PROVISIONER
from cli.bus.server_config import Seeds
from cli.clinic.certificates import Authority
from cli.clinic.folder import ClinicFolder
from cli.clinic.secrets import (
    audit_key,
    keep_signing_key,
    password,
    sealing_key,
    store_key,
    webhook_key,
)
from cli.clinic.services import CHAINS, IDENTITY, SERVICES
from cli.clinic.tokens import sign_ins
from cli.compose.places import VOLUMES
from cli.compose.servers import configure_nats, configure_postgres, keep
from cli.embedded.databases import ROLES, RoleSecrets
from cli.issuer.keys import keep_issuer_key


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
    sealing = everything / "sealing"
    for service in SERVICES:
        sealing_key(sealing / f"{service}.key")
    webhook = everything / "webhook.key"
    webhook_key(webhook)
    feeds = everything / "feeds.json"
    FeedRegistry(feeds).make()
    keys = seeds.public_keys(SERVICES)
    authority = Authority(everything / "tls")

    def over_tls(caller: str) -> dict[str, Path]:
        return {"client.pem": authority.keep_caller(caller), "ca.pem": authority.file}

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
                **over_tls(service),
                "sealing.key": sealing / f"{service}.key",
                **({"webhook.key": webhook, "feeds.json": feeds} if service == FEED_READER else {}),
            },
        )
    _hand_out(
        volumes / "secrets-owners",
        {
            "ca.pem": authority.file,
            **{f"{name}_owner": roles.file(name, "owner") for name in (*SERVICES, IDENTITY)},
        },
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
            **over_tls(IDENTITY),
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
            "feeds.json": feeds,
            **over_tls("clinic"),
        },
    )
    _hand_out(
        volumes / "secrets-audit",
        {
            f"nats/{AUDITOR}.seed": seeds.file(AUDITOR),
            **over_tls(AUDITOR),
            **{f"audit/{s}.key": audit / f"{s}.key" for s in CHAINS},
            **{f"audit/{s}.public": audit / f"{s}.public" for s in CHAINS},
            **{f"postgres/{s}_audit": roles.file(s, "audit") for s in CHAINS},
        },
    )
    configure_postgres(volumes / "postgres-config", everything / "superuser", authority)
    store = store_key(seeds.folder / "store.key")
    configure_nats(
        volumes / "nats-config",
        volumes / "nats-data",
        keys,
        authority,
        store,
        feeds=FeedRegistry(feeds).feeds(),
    )
    _name_the_clinic(volumes / "clinic", environment)


def _hand_out(share: Path, files: Mapping[str, Path]) -> None:
    for name, source in files.items():
        keep(share / name, source.read_text())


def _name_the_clinic(folder: Path, environment: Mapping[str, str]) -> None:
    clinic = ClinicFolder.at(folder)
    clinic.create()
    if told := environment.get("CARETEAM_CLINIC_ID"):
        clinic.remember(clinic_id=told)


if __name__ == "__main__":
    prepare(VOLUMES)
