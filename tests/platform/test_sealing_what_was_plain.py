"""A database of before sealing, brought up to date: nothing stays readable, nothing is lost."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.intake.app import DEFINITION as INTAKE
from services.notifications.app import DEFINITION as NOTIFICATIONS
from services.prescribing.app import DEFINITION as PRESCRIBING
from services.scheduling.app import DEFINITION as SCHEDULING
from shared.serving.definition import ServiceDefinition
from shared.storage.keyring import Keyring
from shared.storage.receipts import opened as opened_receipts
from shared.storage.seals import Seals
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase, migrate
from tests.support.toy import settings_url

pytestmark = pytest.mark.real

CLIENT: Final = UUID("018f0000-0000-7000-8000-0000000000aa")
CANARY: Final = "Canary-Whitcombe"
"""Stands in every place for words."""
BODY: Final = json.dumps(
    {"word": CANARY, "plan": "standard", "due_at": "2026-07-01T09:00:00Z", "reason": None}
)


BEFORE: Final = {"intake": "0009", "prescribing": "0008", "scheduling": "0008"} | {
    "notifications": "0008"
}
_NOW: Final = datetime(2026, 7, 1, 9, tzinfo=UTC)
_LEAST: Final[Mapping[str, Callable[[], Any]]] = {
    "uuid": uuid4,
    "text": lambda: "x",
    "integer": lambda: 1,
    "bigint": lambda: 1,
    "boolean": lambda: False,
    "jsonb": lambda: BODY,
    "bytea": BODY.encode,
    "ARRAY": list,
    "timestamp with time zone": lambda: _NOW,
}
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "addenda": ("reason", "text"),
    "emergency_accesses": ("explanation",),
    "clients": ("name",),
    "simulated_outbox": ("sent_to", "subject", "body"),
}


@pytest.mark.parametrize(
    "definition", [INTAKE, PRESCRIBING, SCHEDULING, NOTIFICATIONS], ids=lambda one: one.name
)
async def test_nothing_stays_readable_and_nothing_is_lost(
    definition: ServiceDefinition[Any], fresh_database: FreshDatabase
) -> None:
    database = fresh_database(definition.name, migrated=False)
    await brought_to(definition, database, BEFORE[definition.name])
    aggregates = aggregates_of(definition)
    connection = await database.connect("owner")
    try:
        there = {name for name in definition.metadata.tables if name in WORDS}
        for table in {*aggregates, *there, *ALIKE}:
            words = dict.fromkeys(WORDS.get(table, ()), CANARY)
            own: dict[str, Any] = {} if table in _WITHOUT_CLIENT else {"client_id": CLIENT}
            own |= _NO_WORDS.get(table, {})
            await put(connection, table, **own, **words)
        assert await readable(connection) == {*aggregates, *there, *ALIKE}
    finally:
        await connection.close()

    migrate(database)

    seals = seals_of(database)
    connection = await database.connect("owner")
    try:
        assert await readable(connection) == set()
        for table in aggregates:
            [row] = await connection.fetch(f"SELECT id, client_id, body FROM {table}")  # noqa: S608
            opened = seals.open(row["body"], row["client_id"], table, row["id"])
            assert json.loads(opened) == json.loads(BODY)
        [receipt] = opened_receipts(await connection.fetch("SELECT * FROM receipts"), seals)
        assert (receipt["verdicts"], receipt["inputs"]) == (json.loads(BODY), BODY.encode())
        [draft] = await connection.fetch("SELECT * FROM form_drafts")
        place = f"{draft['role']}|{draft['ref']}|{draft['form']}"
        assert CANARY.encode() in seals.open(draft["fields"], draft["key_id"], "form_drafts", place)
    finally:
        await connection.close()


async def test_it_does_not_begin_without_a_keyring(fresh_database: FreshDatabase) -> None:
    database = fresh_database("intake", migrated=False)
    seals_of(database)
    key = database.sealing_key_file
    kept = key.read_text()
    key.write_text("cd" * 32)
    try:
        with pytest.raises(AssertionError, match="wrapped by another master key"):
            migrate(database)
    finally:
        key.write_text(kept)
    migrate(database)


ALIKE: Final = {"receipts", "answered_commands", "form_drafts", "emergency_accesses"}
"""Every service has them."""
_NO_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "receipts": {"inputs": BODY.encode(), "freshness": "{}", "aggregates": "{}"},
    "answered_commands": {"request_hash": b"a digest"},
}
_WITHOUT_CLIENT: Final = {"answered_commands", "form_drafts"}


def aggregates_of(definition: ServiceDefinition[Any]) -> set[str]:
    """The tables whose documents the service's own step seals."""
    script = ScriptDirectory(str(definition.migrations))
    step = script.get_revision(f"{int(BEFORE[definition.name]) + 1:04}")
    return set(step.module.AGGREGATES)


def seals_of(database: ServiceDatabase) -> Seals:
    keyring = Keyring(database.service, database.keyring_folder, database.sealing_key_file)
    keyring.found()
    return Seals(keyring)


async def brought_to(
    definition: ServiceDefinition[Any], database: ServiceDatabase, step: str
) -> None:
    def upgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(definition.migrations))
        config.attributes |= {"connection": connection, "metadata": definition.metadata}
        command.upgrade(config, step)

    engine = create_async_engine(settings_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


async def put(connection: asyncpg.Connection, table: str, **values: Any) -> None:
    """A row; what is not said is the least that its column takes."""
    columns = await connection.fetch(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = $1 AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO'",
        table,
    )
    row = {one["name"]: _LEAST[one["type"]]() for one in columns} | values
    names = ", ".join(row)
    numbers = ", ".join(f"${number}" for number, _ in enumerate(row, 1))
    insert = f"INSERT INTO {table} ({names}) VALUES ({numbers})"  # noqa: S608
    await connection.execute(insert, *row.values())


async def readable(connection: asyncpg.Connection) -> set[str]:
    """The tables in which the word can be read, in whatever column."""
    await connection.execute("SET bytea_output = 'escape'")
    tables = await connection.fetch(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    found = set()
    for (name,) in tables:
        query = f'SELECT count(*) FROM "{name}" AS one WHERE one::text LIKE $1'  # noqa: S608
        if await connection.fetchval(query, f"%{CANARY}%"):
            found.add(name)
    return found
