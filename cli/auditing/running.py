"""The chains of a clinic that runs: rows as the auditor's role, checkpoints from both places."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from cli.bus.connection import BusUser, connected
from cli.bus.names import AUDIT_STREAM, checkpoints_of
from cli.clinic.services import CHAINS, IDENTITY
from cli.embedded.databases import RoleSecrets
from cli.trouble import Trouble
from shared.audit.checkpoint import public_key
from shared.audit.keys import KeyRing
from shared.audit.verification import Row
from shared.serving.checkpoints import CHECKPOINTS

_AT_ONCE: Final = 2_000
_ROWS: Final = "SELECT sequence, body, clients, key_id, digest FROM audit_chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are: ``secrets`` holds ``<service>.key``, ``passwords`` those of the database's
    auditors, ``public`` the keys ``<service>.public``, and ``folder`` what was written to files."""

    postgres: str
    passwords: Path
    secrets: Path
    public: Path
    folder: Path
    bus: BusUser


class RunningClinic:
    """Reads; it can change nothing, by its role and by its key."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def services(self) -> list[str]:
        """Who keeps a chain here; a clinic with an issuer of somebody else's has none of ours."""
        ours = (self._places.public / f"{IDENTITY}.public").exists()
        return [name for name in CHAINS if ours or name != IDENTITY]

    def keys(self, service: str) -> KeyRing:
        return KeyRing.read(self._places.secrets / f"{service}.key")

    def public_key(self, service: str) -> Ed25519PublicKey:
        return read_public_key(self._places.public / f"{service}.public")

    async def checkpoints(self, service: str) -> list[tuple[str, str]]:
        file = self._places.folder / service / CHECKPOINTS
        filed = file.read_text().splitlines() if file.exists() else []
        told = await self._told(service)
        return [*(("file", line) for line in filed), *(("stream", line) for line in told)]

    async def rows(self, service: str) -> AsyncGenerator[Row, None]:
        async with self._database(service) as connection, connection.transaction():
            cursor = await connection.cursor(f"{_ROWS} ORDER BY sequence")
            while found := await cursor.fetch(_AT_ONCE):
                for row in found:
                    yield row_of(dict(row))

    async def about(self, service: str, client: UUID) -> list[str]:
        """The entries that tell of a client, oldest first: the accounting of disclosures."""
        async with self._database(service) as connection:
            rows = await connection.fetch(
                "SELECT body FROM audit_chain WHERE clients @> $1 ORDER BY sequence", [client]
            )
        return [row["body"] for row in rows]

    @asynccontextmanager
    async def _database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        secrets = RoleSecrets(self._places.passwords)
        try:
            connection = await asyncpg.connect(
                host=self._places.postgres,
                port=5432,
                user=f"{service}_audit",
                password=secrets.file(service, "audit").read_text().strip(),
                database=service,
                timeout=10,
                ssl=self._places.bus.tls,
            )
        except (OSError, asyncpg.PostgresError) as refused:
            raise Trouble(f"{service}'s database does not let the auditor in: {refused}") from None
        try:
            yield connection
        finally:
            await connection.close()

    async def _told(self, service: str) -> list[str]:
        places = self._places
        lines: list[str] = []
        async with connected(places.bus) as client:
            hub = client.jetstream(timeout=10)
            config = ConsumerConfig(
                name=f"verifying-{service}",
                deliver_policy=DeliverPolicy.ALL,
                ack_policy=AckPolicy.NONE,
                filter_subject=checkpoints_of(service),
                inactive_threshold=30.0,
                mem_storage=True,
            )
            try:
                made = await hub.add_consumer(AUDIT_STREAM, config)
            except NotFoundError:
                raise Trouble(
                    f"the stream {AUDIT_STREAM} is gone: nobody may delete it. Keep its storage "
                    "and look at who reached the server; `careteam provision` makes a new one"
                ) from None
            try:
                pending = made.num_pending or 0
                bound = await hub.pull_subscribe_bind(consumer=made.name, stream=AUDIT_STREAM)
                while len(lines) < pending:
                    got = await bound.fetch(min(500, pending - len(lines)), timeout=5)
                    lines += [message.data.decode(errors="replace") for message in got]
            except NatsTimeoutError:
                raise Trouble(f"{AUDIT_STREAM} told only a part of its checkpoints") from None
            finally:
                await hub.delete_consumer(AUDIT_STREAM, made.name)
        return lines


def read_public_key(file: Path) -> Ed25519PublicKey:
    """Raises a sentence when there is none."""
    try:
        return public_key(file.read_text())
    except FileNotFoundError:
        raise Trouble(f"{file} is missing: checkpoints are believed by it alone") from None
    except ValueError:
        raise Trouble(f"{file} is no public key") from None


def row_of(found: dict[str, Any]) -> Row:
    return Row(
        found["sequence"],
        found["body"],
        frozenset(UUID(str(client)) for client in found["clients"]),
        found["key_id"],
        bytes(found["digest"]),
    )
