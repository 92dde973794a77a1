"""A database and three roles for each service, made as declared, again and again the same.

``<service>_owner`` migrates and owns the tables, ``<service>_app`` is the service and may change
rows but no table, ``<service>_audit`` reads. No role reaches another service's database.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from cli.clinic.secrets import password

ROLES: Final = ("owner", "app", "audit")

Connect = Callable[[str], Awaitable[asyncpg.Connection]]

_ROLE_SETTINGS: Final = {
    "owner": {"lock_timeout": "10s"},
    "app": {
        "statement_timeout": "15s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "15s",
        # An error's text may repeat what a person typed: the service gets it, the log does not.
        "log_min_messages": "fatal",
        "log_min_error_statement": "panic",
    },
    "audit": {"default_transaction_read_only": "on", "statement_timeout": "60s"},
}
_EVERYBODY: Final = "PUBLIC"


@dataclass(frozen=True, slots=True)
class RoleSecrets:
    """Where the passwords of the roles are: a file for each."""

    folder: Path

    def file(self, service: str, role: str) -> Path:
        return self.folder / f"{service}_{role}"

    def password(self, service: str, role: str) -> str:
        return password(self.file(service, role))


async def provision_databases(
    connect: Connect, services: Iterable[str], secrets: RoleSecrets
) -> None:
    """Make what is missing; set what has to be so."""
    names = list(services)
    server = await connect("postgres")
    try:
        for service in names:
            for role in ROLES:
                await _role(server, service, role, secrets.password(service, role))
            if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", service):
                await create_database(server, service, service)
        for shared in ("postgres", "template1"):
            await server.execute(f"REVOKE ALL ON DATABASE {shared} FROM {_EVERYBODY}")
    finally:
        await server.close()
    await asyncio.gather(*(_arrange(connect, name, name) for name in names))


async def create_database(
    server: asyncpg.Connection, database: str, service: str, template: str = "template0"
) -> None:
    """A database that only this service's roles may enter."""
    await server.execute(
        f'CREATE DATABASE "{database}" OWNER "{service}_owner" TEMPLATE "{template}"'
    )
    await server.execute(f'REVOKE ALL ON DATABASE "{database}" FROM {_EVERYBODY}')
    for role in ("app", "audit"):
        await server.execute(f'GRANT CONNECT ON DATABASE "{database}" TO "{service}_{role}"')


async def _arrange(connect: Connect, database: str, service: str) -> None:
    """Inside a database: the owner makes tables, and the app uses them. What the auditor reads is
    said with each table of the audit, when the schema is brought to head; nothing else is."""
    owner, app, audit = (f'"{service}_{role}"' for role in ROLES)
    made_by_owner = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner}"
    inside = await connect(database)
    try:
        await inside.execute(
            f"""
            ALTER SCHEMA public OWNER TO {owner};
            REVOKE ALL ON SCHEMA public FROM {_EVERYBODY};
            GRANT USAGE ON SCHEMA public TO {app}, {audit};
            {made_by_owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};
            {made_by_owner} GRANT USAGE ON SEQUENCES TO {app};
            {made_by_owner} REVOKE ALL ON TABLES FROM {audit};
            """
        )
    finally:
        await inside.close()


async def _role(server: asyncpg.Connection, service: str, role: str, secret: str) -> None:
    name = f"{service}_{role}"
    if not await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await server.execute(f'CREATE ROLE "{name}" LOGIN')
    statement = await server.fetchval(
        "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", name, secret
    )
    await server.execute(statement)
    for setting, value in _ROLE_SETTINGS[role].items():
        await server.execute(f"ALTER ROLE \"{name}\" SET {setting} = '{value}'")
