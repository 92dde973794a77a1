"""Walks a chain from its first row, and says what is wrong with the first that is not as written.

It needs the rows, the key file, and checkpoints that were kept elsewhere. Rows alone show what was
changed, removed, inserted or reordered by somebody without the key. That rows were cut off at the
end, that an older state was put back, or that everything was written anew with the key, only the
checkpoints show: what they vouch for must still be there, as it was.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.audit.chain import KEY_CHANGED, beginning, link
from shared.audit.checkpoint import Checkpoint
from shared.audit.keys import KeyRing

_TOLD_EVERY: Final = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is stored."""

    sequence: int
    body: str
    clients: frozenset[UUID]
    key_id: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where: the first row that is not as it was written."""

    sequence: int
    what: str


@dataclass(slots=True)
class Verified:
    """What came out: how many rows hold, and what speaks against the rest."""

    rows: int = 0
    head: bytes = b""
    finding: Finding | None = None
    vouched: int = 0
    """Up to which row checkpoints vouch; what came after rests on the key alone."""

    @property
    def holds(self) -> bool:
        return self.finding is None


@dataclass(slots=True)
class _Walk:
    service: str
    keys: KeyRing
    checkpoints: Mapping[int, Checkpoint]
    digest: bytes
    sequence: int = 0
    key_id: str | None = None

    def step(self, row: Row) -> Finding | None:
        """The next row, or what is wrong with it."""
        expected = self.sequence + 1
        if row.sequence != expected:
            return Finding(expected, f"row {expected} is missing: {row.sequence} follows")
        wrong = self._wrong(row)
        if wrong is not None:
            return Finding(expected, wrong)
        self.sequence, self.digest = expected, row.digest
        return None

    def _wrong(self, row: Row) -> str | None:
        if self.key_id is not None and row.key_id != self.key_id:
            return f"made with key {row.key_id}, where {self.key_id} goes on"
        key = self.keys.keys.get(row.key_id)
        if key is None:
            return f"made with key {row.key_id}, which is not in the key file"
        if link(key, self.digest, row.body) != row.digest:
            return "not what was written: its digest does not fit its text and the row before"
        said = json.loads(row.body)
        if said["sequence"] != row.sequence:
            return f"stands where row {said['sequence']} belongs"
        if row.clients != frozenset(map(UUID, said.get("clients", ()))):
            return "found under other clients than it tells of"
        vouched = self.checkpoints.get(row.sequence)
        if vouched is not None and vouched.head != row.digest:
            return f"not the row that the checkpoint of {vouched.at:%Y-%m-%d %H:%M:%S} vouches for"
        self.key_id = said["key_id"] if said["action"] == KEY_CHANGED else row.key_id
        return None


def verify(
    service: str,
    rows: Iterable[Row],
    keys: KeyRing,
    checkpoints: Iterable[Checkpoint],
    on_progress: Callable[[int], None] = lambda _rows: None,
) -> Verified:
    """Whether this chain is whole; ``checkpoints`` are those whose signatures hold."""
    kept: dict[int, Checkpoint] = {}
    result = Verified(head=beginning(service))
    clash: Finding | None = None
    for one in checkpoints:
        known = kept.setdefault(one.sequence, one)
        if known.head != one.head and (clash is None or one.sequence < clash.sequence):
            clash = Finding(one.sequence, "two checkpoints vouch for different rows here")
    walk = _Walk(service, keys, kept, beginning(service))
    for row in rows:
        result.finding = walk.step(row)
        if result.finding is not None:
            break
        if walk.sequence % _TOLD_EVERY == 0:
            on_progress(walk.sequence)
    result.rows, result.head = walk.sequence, walk.digest
    result.vouched = max((n for n in kept if n <= walk.sequence), default=0)
    last = kept[max(kept)] if kept else None
    if result.finding is None and last is not None and last.sequence > walk.sequence:
        result.finding = Finding(
            walk.sequence + 1,
            f"missing, as is all after it: a checkpoint of {last.at:%Y-%m-%d %H:%M:%S} "
            f"vouches for {last.count} rows",
        )
    if clash is not None and (result.finding is None or clash.sequence < result.finding.sequence):
        result.finding = clash
    return result
