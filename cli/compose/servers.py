"""How PostgreSQL and NATS are configured in containers: reached over TLS, and in no other way."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from cli.bus.server_config import Listen, Proof, server_config, size_of_store
from cli.clinic.certificates import Authority
from cli.clinic.secrets import write_private
from cli.clinic.services import SERVICES
from cli.compose.places import NATS_CONFIG, NATS_HOST, POSTGRES_HOST
from cli.embedded.postgres_settings import settings_file
from shared.messaging.feeds import Feed

FOR_ANOTHER_USER: Final = 0o640
"""PostgreSQL's image has a user of its own, who is in our group. Everybody else reads as us."""

_SERVER: Final = "server.pem"
_AUTHORITY: Final = "ca.pem"
_OWN: Final = f"'/var/run/postgresql/{_SERVER}'"
"""Where `deploy/postgres-start` puts PostgreSQL's copy."""

_POSTGRES: Final[Mapping[str, str]] = {
    "listen_addresses": "'*'",
    "unix_socket_directories": "'/var/run/postgresql'",
    "hba_file": "'/config/pg_hba.conf'",
    "ssl": "on",
    "ssl_cert_file": _OWN,
    "ssl_key_file": _OWN,
    "ssl_min_protocol_version": "'TLSv1.2'",
}
_LET_IN: Final = """\
local all all scram-sha-256
hostssl all all all scram-sha-256
"""


def configure_postgres(config: Path, superuser: Path, authority: Authority) -> None:
    """Its settings, who is let in, its certificate, and the password of its first start."""
    for name, content in {
        "superuser": superuser.read_text(),
        "postgresql.conf": settings_file(_POSTGRES),
        "pg_hba.conf": _LET_IN,
        _SERVER: authority.keep_server(POSTGRES_HOST).read_text(),
    }.items():
        keep(config / name, content, FOR_ANOTHER_USER)


def configure_nats(
    config: Path,
    data: Path,
    keys: Mapping[str, str],
    authority: Authority,
    key: str,
    *,
    feeds: Iterable[Feed] = (),
) -> None:
    """Clients reach it from their own networks; its monitoring stays inside its container. What it
    stores is encrypted under this ``key``; ``feeds`` are the integrators with an account of it."""
    keep(config / _SERVER, authority.keep_server(NATS_HOST).read_text())
    keep(config / _AUTHORITY, authority.file.read_text())
    file = config / NATS_CONFIG.name
    text = server_config(
        services=SERVICES,
        public_keys=keys,
        listen=Listen(host="0.0.0.0", port=4222, monitor_port=8222),  # noqa: S104
        store="/data",
        most_stored=size_of_store(data, file),
        store_key=key,
        proof=Proof(
            own=str(NATS_CONFIG.with_name(_SERVER)),
            authority=str(NATS_CONFIG.with_name(_AUTHORITY)),
        ),
        feeds=feeds,
    )
    keep(file, text)


def keep(file: Path, content: str, mode: int = 0o600) -> None:
    """Write it, unless it is there already: who reads it may be reading now."""
    if not (file.exists() and file.read_text() == content):
        write_private(file, content)
    file.chmod(mode)
