"""Where words may be that may not be there, as whoever reads those places finds them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, cast

import asyncpg
import sqlalchemy as sa
from nats.js.errors import NotFoundError

from cli.bus.connection import BusUser, connected
from cli.bus.names import PROVISIONER, STREAM
from cli.clinic.folder import ClinicFolder
from shared.storage.keyring import KeyDestroyedError, Keyring
from shared.storage.receipts import opened
from shared.storage.seals import Seals
from tests.support.started_clinic import StartedClinic

LEAVES: Final = (
    "outbox",
    "inbox",
    "lane_events",
    "unreadable_messages",
    "timers",
    "receipts",
    "audit_chain",
)
"""The tables whose rows go to others, come from others, or are read by auditors."""


_DOCUMENTS: Final = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name IN ('body', 'client_id')
        AND table_name <> 'audit_chain'
    GROUP BY table_name HAVING count(*) = 2 ORDER BY table_name
"""


@asynccontextmanager
async def database(clinic: StartedClinic, service: str) -> AsyncIterator[asyncpg.Connection]:
    secrets = ClinicFolder.at(clinic.data).secrets / "postgres"
    connection = await asyncpg.connect(
        host=clinic.record.postgres,
        port=5432,
        user="postgres",
        password=(secrets / "superuser").read_text().strip(),
        database=service,
    )
    try:
        yield connection
    finally:
        await connection.close()


async def told_to_others(clinic: StartedClinic, service: str, table: str) -> bytes:
    """All of a table, with payloads as the bytes that they are."""
    async with database(clinic, service) as connection:
        rows = await connection.fetch(f"SELECT * FROM {table}")  # noqa: S608
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in rows
        for value in row.values()
    )


def seals_of(clinic: StartedClinic, service: str) -> tuple[Seals, Keyring]:
    folder = ClinicFolder.at(clinic.data)
    keyring = Keyring(service, folder.keyring(service), folder.sealing_key_file(service))
    return Seals(keyring), keyring


async def told_in_receipts(clinic: StartedClinic, service: str) -> bytes:
    """What gates were told and said, as those who may read it do: stored, it is sealed."""
    seals, keyring = seals_of(clinic, service)
    async with database(clinic, service) as connection:
        keyring.open(await connection.fetchval("SELECT keyring_id FROM keyring_mark"))
        rows = await connection.fetch("SELECT id, client_id, verdicts, inputs FROM receipts")
    return b"\n".join(
        json.dumps(one["verdicts"]).encode() + (one["inputs"] or b"")
        for one in opened((cast("sa.RowMapping", dict(row)) for row in rows), seals)
    )


async def in_the_stream(clinic: StartedClinic) -> bytes:
    """Every message as its readers get it: on disk the stream is encrypted."""
    seed = ClinicFolder.at(clinic.data).secrets / "nats" / f"{PROVISIONER}.seed"
    async with connected(BusUser(PROVISIONER, [clinic.record.nats], seed)) as hub:
        stream = hub.jetstream(timeout=20)
        state = (await stream.stream_info(STREAM)).state
        said = []
        for sequence in range(state.first_seq, state.last_seq + 1):
            try:
                kept = await stream.get_msg(STREAM, sequence)
            except NotFoundError:  # a newer one of the same subject took its place
                continue
            said += [(kept.subject or "").encode(), kept.data or b"", repr(kept.headers).encode()]
    return b"\n".join(said)


async def readable(clinic: StartedClinic, service: str) -> bytes:
    """Every document about a client that a service holds, as far as its keys open it."""
    seals, keyring = seals_of(clinic, service)
    said = []
    async with database(clinic, service) as connection:
        keyring.open(await connection.fetchval("SELECT keyring_id FROM keyring_mark"))
        for name in await connection.fetch(_DOCUMENTS):
            for row in await connection.fetch(f"SELECT * FROM {name['table_name']}"):  # noqa: S608
                with suppress(KeyDestroyedError):
                    said.append(_opened(seals, name["table_name"], row))
    return b"\n".join(said)


def _opened(seals: Seals, table: str, row: asyncpg.Record) -> bytes:
    """A document lies under its own id, facts under the key of whom or what they are about."""
    place = row["id"] if "id" in row else row["key"]
    return seals.open(row["body"], row["client_id"], table, place)
