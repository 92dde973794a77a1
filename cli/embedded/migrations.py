"""Brings the services' databases to their heads, and skips what is there already.

``python -m services.<name> migrate`` is what runs everywhere. It costs a second of start-up each,
so a clinic remembers which steps it ran and which version its database had then; when both are as
they were, there is nothing to run. Each service checks again before it says that it is ready.
"""

import asyncio
import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from cli.embedded.databases import Connect
from cli.embedded.service import APPLICATION, migrations_of, module_of
from cli.supervisor.child import Program, RunningProgram, ended
from cli.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Migrations:
    """What migrating needs."""

    launch: Callable[[Program], RunningProgram]
    connect: Connect
    logs: Path


async def migrate_all(
    environments: Mapping[str, Mapping[str, str]],
    tools: Migrations,
    done_before: Mapping[str, Any],
) -> dict[str, Any]:
    """Migrate what needs it, all at once; returns what to remember for the next start."""
    done = await asyncio.gather(
        *(
            _migrate_if_needed(service, environment, tools, done_before.get(service))
            for service, environment in environments.items()
        )
    )
    return dict(zip(environments, done, strict=True))


async def _migrate_if_needed(
    service: str, environment: Mapping[str, str], tools: Migrations, before: object
) -> dict[str, str | None]:
    steps = _fingerprint(migrations_of(service))
    state = {"steps": steps, "version": await _version(service, tools.connect)}
    if state == before and state["version"] is not None:
        return state
    await _migrate(service, environment, tools)
    return {**state, "version": await _version(service, tools.connect)}


async def _migrate(service: str, environment: Mapping[str, str], tools: Migrations) -> None:
    running = tools.launch(
        Program(
            name=f"migrate-{service}",
            command=(sys.executable, "-m", module_of(service), "migrate"),
            environment=environment,
            folder=APPLICATION,
            log=tools.logs / f"migrate-{service}.log",
        )
    )
    try:
        status = await ended(running)
    except asyncio.CancelledError:
        running.kill()
        raise
    if status != 0:
        lines = running.said().strip().splitlines() or ["it said nothing"]
        raise Trouble(f"the {service} database could not be migrated: {lines[-1]}")


async def _version(service: str, connect: Connect) -> str | None:
    connection = await connect(service)
    try:
        version: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return version


def _fingerprint(migrations: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(migrations.rglob("*.py")):
        digest.update(os.fsencode(file.relative_to(migrations)))
        digest.update(file.read_bytes())
    return digest.hexdigest()
