"""A chain in files, to be kept and verified where there is no clinic.

``<folder>/<service>/rows.jsonl``, ``checkpoints.jsonl`` and ``public``. The key file is not among
them: whoever has it can write a chain, so it is kept apart and named when a chain is verified.
"""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cli.auditing.evidence import Source
from cli.auditing.running import read_public_key, row_of
from cli.trouble import Trouble
from shared.audit.keys import KeyRing
from shared.audit.verification import Row

ROWS: Final = "rows.jsonl"
CHECKPOINTS: Final = "checkpoints.jsonl"
PUBLIC: Final = "public"
_TOLD_EVERY: Final = 20_000


class Exported:
    """An export as a source of evidence."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self._folder = folder
        self._keys = keys

    def services(self) -> list[str]:
        return sorted(file.parent.name for file in self._folder.glob(f"*/{ROWS}"))

    def keys(self, service: str) -> KeyRing:
        return KeyRing.read(self._keys / f"{service}.key")

    def public_key(self, service: str) -> Ed25519PublicKey:
        return read_public_key(self._folder / service / PUBLIC)

    async def checkpoints(self, service: str) -> list[tuple[str, str]]:
        lines = (self._folder / service / CHECKPOINTS).read_text().splitlines()
        kept = [json.loads(line) for line in lines]
        return [(one["where"], one["line"]) for one in kept]

    async def rows(self, service: str) -> AsyncGenerator[Row, None]:
        with (self._folder / service / ROWS).open() as lines:
            for number, line in enumerate(lines, 1):
                try:
                    found = json.loads(line)
                    yield row_of({**found, "digest": bytes.fromhex(found["digest"])})
                except (ValueError, KeyError, TypeError):
                    raise Trouble(f"{service}/{ROWS}, line {number}, is no row") from None


async def export(
    source: Source, service: str, folder: Path, tell: Callable[[int], None] = lambda _rows: None
) -> int:
    """Write one service's chain and what vouches for it; returns how many rows there were."""
    into = folder / service
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = await source.checkpoints(service)
    (into / CHECKPOINTS).write_text(
        "".join(json.dumps({"where": where, "line": line}) + "\n" for where, line in kept)
    )
    (into / PUBLIC).write_text(f"{source.public_key(service).public_bytes_raw().hex()}\n")
    count = 0
    with (into / ROWS).open("w") as lines:
        async with aclosing(source.rows(service)) as rows:
            async for row in rows:
                lines.write(json.dumps(_line(row), separators=(",", ":")) + "\n")
                count += 1
                if count % _TOLD_EVERY == 0:
                    tell(count)
    return count


def _line(row: Row) -> dict[str, object]:
    return {
        "sequence": row.sequence,
        "body": row.body,
        "clients": sorted(map(str, row.clients)),
        "key_id": row.key_id,
        "digest": row.digest.hex(),
    }
