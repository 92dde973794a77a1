"""The schema's steps, run as the role that owns the tables."""

import ssl
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.storage.erasures import TABLE
from shared.storage.keyring import Keyring
from shared.storage.tables import APPEND_ONLY, AUDIT, PASSES

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")
_LOCK_KEY = 0x0CA7E7EC
_ERASING = "GRANT EXECUTE ON FUNCTION erase_client(uuid) TO {role}"
_IS_A_ROLE = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)")


async def migrate(
    url: URL,
    migrations: Path,
    metadata: MetaData,
    app_role: str,
    tls: ssl.SSLContext | None = None,
    *,
    keyring: Keyring | None = None,
) -> None:
    """Bring the schema to head, and let the service's own role use it.

    Steps that seal what is stored do so with ``keyring``. Where there is an auditor's role beside
    the service's (``<service>_audit``), it reads what is audit.
    """
    engine = create_async_engine(url, hide_parameters=True, connect_args={"ssl": tls})
    try:
        async with engine.begin() as connection:
            await connection.execute(_LOCK, {"key": _LOCK_KEY})
            await connection.run_sync(_upgrade, migrations, metadata, keyring)
            auditor = f"{app_role.removesuffix('_app')}_audit"
            has_auditor = await connection.scalar(_IS_A_ROLE, {"role": auditor})
            for grant in _grants(app_role, metadata):
                await connection.execute(text(grant))
            for grant in _auditors_grants(auditor, metadata) if has_auditor else ():
                await connection.execute(text(grant))
    finally:
        await engine.dispose()


async def at_head(connection: AsyncConnection, migrations: Path) -> bool:
    """Whether the database has every step of this version."""
    heads = _heads(migrations)
    applied = await connection.run_sync(
        lambda sync: set(MigrationContext.configure(sync).get_current_heads())
    )
    return heads == applied


@cache
def _heads(migrations: Path) -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config(migrations)).get_heads())


def _upgrade(
    connection: Connection, migrations: Path, metadata: MetaData, keyring: Keyring | None
) -> None:
    config = _config(migrations)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    config.attributes["keyring"] = keyring
    command.upgrade(config, "head")


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return config


def _grants(role: str, metadata: MetaData) -> list[str]:
    quoted = _quoted(role)
    added_only = [name for name, table in metadata.tables.items() if table.info.get(APPEND_ONLY)]
    erases = TABLE in metadata.tables
    of_clients = [
        name
        for name, table in metadata.tables.items()
        if erases and "client_id" in table.c and not table.info.get(PASSES)
    ]
    return [
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        *(f'REVOKE UPDATE, DELETE, TRUNCATE ON "{name}" FROM {quoted}' for name in added_only),
        *(f'REVOKE DELETE, TRUNCATE ON "{name}" FROM {quoted}' for name in of_clients),
        *([_ERASING.format(role=quoted)] if erases else []),
    ]


def _auditors_grants(role: str, metadata: MetaData) -> list[str]:
    """Not one table of clients: a chain has ids only, and so have whoever reads it."""
    quoted = _quoted(role)
    audit = [name for name, table in metadata.tables.items() if table.info.get(AUDIT)]
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quoted}",
        *(f'GRANT SELECT ON "{name}" TO {quoted}' for name in audit),
    ]


def _quoted(role: str) -> str:
    return '"' + role.replace('"', '""') + '"'
