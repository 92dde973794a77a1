"""Writes the rows of the audit chain, last of all in the transaction that they tell of.

The chain is one line, so whoever adds to it holds its lock until the commit: the row is therefore
written when everything else is. A transaction that waits for this lock waits for nothing after it,
so it can close no circle with the locks of clients.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from shared.audit import Entry, KeyRing, Outcome, UnkeyedAuditError
from shared.audit.chain import KEY_CHANGED, beginning, link
from shared.storage.driver import Driver

AUDIT_LOCK: Final = 0x0CA7E7ED

_LOCK: Final = f"SELECT pg_advisory_xact_lock({AUDIT_LOCK})"
_HEAD: Final = "SELECT sequence, digest, key_id FROM audit_chain ORDER BY sequence DESC LIMIT 1"
_ADD: Final = (
    "INSERT INTO audit_chain (sequence, body, clients, key_id, digest) VALUES ($1, $2, $3, $4, $5)"
)
_CHANGED: Final = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS changed"


class AuditTrail:
    """The end of one service's chain."""

    def __init__(self, service: str, key_file: Path | None) -> None:
        self._beginning = beginning(service)
        self._key_file = key_file
        self._ring: KeyRing | None = None
        self.added = 0
        """How many rows this process has handed to the database."""

    def assert_keyed(self) -> None:
        """Raise :class:`UnkeyedAuditError` unless there is a key."""
        self._keys()

    async def add(self, driver: Driver, entries: Sequence[Entry]) -> None:
        """Add rows to the open transaction; nothing else may be locked after this."""
        keys = self._keys()
        await driver.execute(_LOCK)
        found = await driver.fetch(_HEAD)
        sequence, digest, key_id = found[0] if found else (0, self._beginning, keys.current)
        if key_id not in keys.keys:
            keys = self._keys(again=True)
        rows: list[tuple[int, str, list[UUID], str, bytes]] = []
        for entry in (*self._change_of_key(keys, key_id, entries[0]), *entries):
            sequence += 1
            body = entry.canonical(sequence, datetime.now(UTC))
            digest = link(keys.keys[key_id], digest, body)
            rows.append((sequence, body, sorted(entry.clients), key_id, digest))
            key_id = entry.key_id or key_id
        for row in rows:
            await driver.execute(_ADD, *row)
        self.added += len(rows)

    def _change_of_key(self, keys: KeyRing, key_id: str, because: Entry) -> tuple[Entry, ...]:
        """The entry that goes over to a newer key, made with the older one."""
        if key_id == keys.current:
            return ()
        if key_id not in keys.keys:
            raise UnkeyedAuditError(f"the chain goes on with key {key_id}, which is not here")
        changed = Entry(
            action=KEY_CHANGED,
            outcome=Outcome.ALLOWED,
            role="system",
            ref=None,
            why="key file",
            clinic_time=because.clinic_time,
            correlation_id=because.correlation_id,
            key_id=keys.current,
        )
        return (changed,)

    def _keys(self, *, again: bool = False) -> KeyRing:
        if again or self._ring is None:
            self._ring = KeyRing.read(self._key_file)
        return self._ring


async def changed_something(driver: Driver) -> bool:
    """Whether the open transaction has written anything: the server gives it a number only then."""
    return bool((await driver.fetch(_CHANGED))[0]["changed"])
