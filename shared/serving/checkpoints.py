"""Hands away, again and again, how long the audit chain is and how it ends.

At most a minute after a row was added, and after a thousand rows at the latest, a signed checkpoint
goes to two places that the service can only add to: a file in a folder that may be another volume,
and a stream in an account of its own on the bus. Either may be away; the next checkpoint covers
what an earlier one could not, and how long something has been owed is told to whoever asks.

A checkpoint speaks of committed rows only, so that a crash takes back nothing that it vouched for.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
import structlog
from nats.aio.client import Client

from shared.audit.checkpoint import Checkpoint, signing_key
from shared.messaging.connection import Bus, connect
from shared.runtime.database import Database
from shared.serving.upkeep import Closed, within
from shared.storage import AuditTrail

log = structlog.get_logger()

CHECKPOINTS: Final = "checkpoints.jsonl"
EVERY_SECONDS: Final = 60.0
EVERY_ROWS: Final = 1000
_AGAIN_SECONDS: Final = 5.0
_LOOKED_AT_SECONDS: Final = 1.0
_PATIENCE_SECONDS: Final = 5.0
_HEAD: Final = sa.text("SELECT sequence, digest FROM audit_chain ORDER BY sequence DESC LIMIT 1")


class CheckpointRefusedError(RuntimeError):
    """The stream did not take a checkpoint."""


class Checkpoints:
    """Makes the checkpoints of one service's chain. Several replicas may: they say the same."""

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        bus: Bus,
        *,
        key_file: Path | None,
        folder: Path | None,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._database = database
        self._trail = trail
        self._bus = bus
        self._key_file = key_file
        self._folder = folder
        self._every = every_seconds
        self._client: Client | None = None
        self._kept: dict[str, int] = {}
        self._rows_then = 0
        self._complete_at = time.monotonic()

    @property
    def owed_seconds(self) -> float:
        """How long ago both places knew all that was there to know."""
        return time.monotonic() - self._complete_at

    async def run(self) -> None:
        """Keep handing checkpoints away; ends only when the bus closes the connection for good."""
        if self._key_file is None:
            return
        closed = Closed()
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self._join(closed))
                parts.create_task(closed.fail())
                await self._now_and_then()
        finally:
            client, self._client = self._client, None
            if client is not None:
                await within(_PATIENCE_SECONDS, client.close())

    async def keep(self) -> bool:
        """Make a checkpoint now; returns whether both places have it, or nothing was to be said."""
        async with self._database.engine.connect() as connection:
            head = (await connection.execute(_HEAD)).one_or_none()
        if head is None or self._key_file is None:
            return True
        self._rows_then = self._trail.added
        line = Checkpoint(
            service=self._bus.service,
            sequence=head.sequence,
            count=head.sequence,
            head=bytes(head.digest),
            at=datetime.now(UTC),
        ).signed(signing_key(self._key_file))
        filed = await self._once("file", head.sequence, lambda: self._file(line))
        told = self._client is not None and await self._once(
            "stream", head.sequence, lambda: self._tell(line)
        )
        if filed and told:
            self._complete_at = time.monotonic()
        return filed and told

    async def _now_and_then(self) -> None:
        due = time.monotonic()
        while True:
            many = self._trail.added - self._rows_then >= EVERY_ROWS
            if many or time.monotonic() >= due:
                kept = False
                with suppress(Exception):
                    kept = await self.keep()
                due = time.monotonic() + (self._every if kept else min(_AGAIN_SECONDS, self._every))
            await asyncio.sleep(min(_LOOKED_AT_SECONDS, self._every))

    async def _once(self, place: str, sequence: int, put: Callable[[], Awaitable[None]]) -> bool:
        """Whether this place knows the chain up to here."""
        if self._kept.get(place) == sequence:
            return True
        try:
            await put()
        except Exception as error:  # noqa: BLE001 - the other place is tried all the same
            log.warning("checkpoint not kept", stage=place, error=type(error).__name__)
            return False
        self._kept[place] = sequence
        return True

    async def _file(self, line: str) -> None:
        if self._folder is not None:
            await asyncio.to_thread(_append, self._folder / CHECKPOINTS, line)

    async def _tell(self, line: str) -> None:
        if self._client is None:
            raise CheckpointRefusedError("the bus was not reached yet")
        subject = f"careteam.audit.{self._bus.service}"
        said = await self._client.request(subject, line.encode(), timeout=_PATIENCE_SECONDS)
        if "seq" not in json.loads(said.data):
            raise CheckpointRefusedError(subject)

    async def _join(self, closed: Closed) -> None:
        self._client = await connect(self._bus, "audit", on_closed=closed.tell)


def _append(file: Path, line: str) -> None:
    """Add a line, whole and on the disk; the file is opened for adding only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
