"""The same parts from the images that compose uses, for machines with a Docker engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from cli.bus.server_config import Listen, Seeds, server_config
from cli.clinic.secrets import password, store_key
from cli.clinic.services import IDENTITY, SERVICES
from cli.embedded.databases import RoleSecrets, provision_databases
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import PostgresPart, apart
from tests.support.waiting import eventually

POSTGRES_IMAGE: Final = "postgres:18-alpine"
NATS_IMAGE: Final = "nats:2.15-alpine"
HERE: Final = "127.0.0.1"
"""The engine is on this machine: by any other of its names a service would ask for TLS."""
_STORE: Final = 2**30


@contextmanager
def container_postgres(folder: Path) -> Iterator[PostgresPart]:
    """PostgreSQL over TCP on loopback, with the same roles and grants."""
    secrets = RoleSecrets(folder / "secrets" / "pg")
    secret = password(folder / "secrets" / "superuser")
    container = (
        DockerContainer(POSTGRES_IMAGE)
        .with_env("POSTGRES_PASSWORD", secret)
        .with_env("POSTGRES_INITDB_ARGS", "--data-checksums")
        .with_exposed_ports(5432)
        .with_command("postgres -c max_connections=200")
        .waiting_for(LogMessageWaitStrategy("ready to accept connections"))
    )
    with container:
        address = f"{HERE}:{container.get_exposed_port(5432)}"

        async def connect(database: str) -> asyncpg.Connection:
            connection: asyncpg.Connection = await asyncpg.connect(
                f"postgresql://postgres@{address}/{database}", password=secret, timeout=10
            )
            return connection

        async def answers() -> bool:
            # The image starts a server of its own first, to set itself up.
            try:
                await (await connect("postgres")).close()
            except (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError):
                return False
            return True

        apart(lambda: eventually(answers, seconds=60, every=0.1))
        apart(lambda: provision_databases(connect, (*SERVICES, IDENTITY), secrets))
        yield PostgresPart(
            connect, lambda role, name: f"postgresql://{role}@{address}/{name}", secrets
        )


@contextmanager
def container_nats(folder: Path) -> Iterator[NatsPart]:
    """NATS with the same accounts file."""
    seeds = Seeds(folder / "secrets" / "nats")
    config = folder / "nats.conf"
    config.write_text(
        server_config(
            services=SERVICES,
            public_keys=seeds.public_keys(SERVICES),
            listen=Listen(host="0.0.0.0", port=4222, monitor_port=8222),  # noqa: S104 - in a container
            store="/tmp/store",
            most_stored=_STORE,
            store_key=store_key(folder / "secrets" / "nats" / "store.key"),
        )
    )
    container = (
        DockerContainer(NATS_IMAGE)
        .with_copy_into_container(config, "/etc/nats/careteam.conf")
        .with_exposed_ports(4222)
        .with_command("-c /etc/nats/careteam.conf")
        .waiting_for(LogMessageWaitStrategy("Server is ready"))
    )
    with container:
        url = f"nats://{HERE}:{container.get_exposed_port(4222)}"
        part = NatsPart(url, seeds, _STORE)
        part.renew_stream()
        yield part
