"""The audit chain in tests: one key for all, and what the chain says."""

import json
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from shared.audit.keys import KeyRing
from shared.serving.life import RunningService

KEY: Final = "5e" * 32
RING: Final = KeyRing.of([KEY], "the tests' key")


def audit_key_file(folder: Path) -> Path:
    """The same key in every test, as databases outlive a test's folder."""
    file = folder / "audit.key"
    file.write_text(KEY)
    return file


async def audited(service: RunningService[Any], **said: Any) -> list[dict[str, Any]]:
    """The chain's entries that say all of this, oldest first."""
    async with service.database.engine.connect() as connection:
        rows = await connection.execute(sa.text("SELECT body FROM audit_chain ORDER BY sequence"))
        entries = [json.loads(body) for body in rows.scalars()]
    return [entry for entry in entries if said.items() <= entry.items()]
