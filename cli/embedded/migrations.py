"""Brings the services' databases to their heads, and skips what is there already.

``python -m services.<name> migrate`` is what runs everywhere. It costs a second of start-up each,
so a clinic remembers which steps it ran and which version its database had then; when both are as
they were, there is nothing to run. Each service checks again before it says that it is ready.
"""

import asyncio
import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from cli.embedded.databases import Connect
from cli.embedded.service import APPLICATION
from cli.trouble import Trouble


async def migrate_all(
    environments: Mapping[str, Mapping[str, str]], connect: Connect, done_before: Mapping[str, Any]
) -> dict[str, Any]:
    """Migrate what needs it, all at once; returns what to remember for the next start."""
    done = await asyncio.gather(
        *(
            _migrate_if_needed(service, environment, connect, done_before.get(service))
            for service, environment in environments.items()
        )
    )
    return dict(zip(environments, done, strict=True))


async def _migrate_if_needed(
    service: str, environment: Mapping[str, str], connect: Connect, before: object
) -> dict[str, str | None]:
    steps = _fingerprint(APPLICATION / "services" / service / "persistence" / "migrations")
    state = {"steps": steps, "version": await _version(service, connect)}
    if state == before and state["version"] is not None:
        return state
    await _migrate(service, environment)
    return {**state, "version": await _version(service, connect)}


async def _migrate(service: str, environment: Mapping[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"services.{service}", "migrate"),
        cwd=APPLICATION,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode != 0:
        lines = output.decode(errors="replace").strip().splitlines() or ["it said nothing"]
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
