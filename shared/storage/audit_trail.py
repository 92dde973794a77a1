"""Writes the rows of the audit chain, last of all in the transaction that they tell of.

The chain is one line: a row stands on the one before, so whoever adds to it waits until whoever
added last has committed or given up. It is therefore done when everything else is, and nothing is
waited for after it, so that it can close no circle with the locks of clients.

A process remembers where it left the chain, and adds there in one statement, which does nothing
unless that row is committed and still the last. When it is not (another request or another replica
was here, or the remembered row was undone) the chain's lock is taken and its end is read.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from shared.audit import Entry, KeyRing, Outcome, UnkeyedAuditError
from shared.audit.chain import KEY_CHANGED, beginning, link
from shared.storage.driver import Driver

AUDIT_LOCK: Final = 0x0CA7E7ED

_LOCK: Final = f"SELECT pg_advisory_xact_lock({AUDIT_LOCK})"
_END: Final = "SELECT sequence, digest, key_id FROM audit_chain ORDER BY sequence DESC LIMIT 1"
_ADD: Final = """
    INSERT INTO audit_chain (sequence, body, clients, key_id, digest)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
_ADD_AFTER: Final = """
    INSERT INTO audit_chain (sequence, body, clients, key_id, digest)
    SELECT $1::bigint, $2::text, $3::uuid[], $4::text, $5::bytea
      FROM audit_chain WHERE sequence = $1::bigint - 1 AND digest = $6::bytea
    ON CONFLICT DO NOTHING
"""
_CHANGED: Final = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS changed"


_Row: TypeAlias = tuple[int, str, list[UUID], str, bytes]


class End(NamedTuple):
    """Where a chain ends: its last row, and the key that the next one is made with."""

    sequence: int
    digest: bytes
    key_id: str


class AuditTrail:
    """The end of one service's chain."""

    def __init__(self, service: str, key_file: Path | None) -> None:
        self._beginning = beginning(service)
        self._key_file = key_file
        self._ring: KeyRing | None = None
        self._left: End | None = None
        self.added = 0
        """How many rows this process has handed to the database."""

    def assert_keyed(self) -> None:
        """Raise :class:`UnkeyedAuditError` unless there is a key."""
        self._keys()

    async def add(self, driver: Driver, entries: Sequence[Entry]) -> None:
        """Add rows to the open transaction; nothing else may be waited for after this."""
        left, current = self._left, self._keys().current
        at_once = left is not None and left.key_id == current and len(entries) == 1
        if not (at_once and left is not None and await self._add_after(driver, left, entries)):
            await self._add_at_the_end(driver, entries)
        self.added += len(entries)

    async def _add_after(self, driver: Driver, left: End, entries: Sequence[Entry]) -> bool:
        """Add a row after the one that this process added last, if that still is the last one."""
        (row,), end = self._rows(left, entries)
        if await driver.execute(_ADD_AFTER, *row, left.digest) != 1:
            return False
        self._left = end
        return True

    async def _add_at_the_end(self, driver: Driver, entries: Sequence[Entry]) -> None:
        await driver.execute(_LOCK)
        while True:
            found = await driver.fetch(_END)
            end = End(*found[0]) if found else End(0, self._beginning, self._keys().current)
            rows, end = self._rows(end, entries)
            if await driver.execute(_ADD, *rows[0]) == 1:
                break
        # Whoever comes next waits for the row that is there now: these have no rival.
        for row in rows[1:]:
            await driver.execute(_ADD, *row)
        self._left = end

    def _rows(self, end: End, entries: Sequence[Entry]) -> tuple[list[_Row], End]:
        """The rows that go on from there, and where they end."""
        sequence, digest, key_id = end
        keys = self._keys() if key_id in self._keys().keys else self._keys(again=True)
        rows: list[_Row] = []
        for entry in (*self._change_of_key(keys, key_id, entries[0]), *entries):
            sequence += 1
            body = entry.canonical(sequence, datetime.now(UTC))
            digest = link(keys.keys[key_id], digest, body)
            rows.append((sequence, body, sorted(entry.clients), key_id, digest))
            key_id = entry.key_id or key_id
        return rows, End(sequence, digest, key_id)

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
