"""Walks a chain from its first row, and says what is wrong with the first that is not as written.

It needs the rows, the key file, and checkpoints that were kept elsewhere. Rows alone show what was
changed, removed, inserted or reordered by somebody without the key. That rows were cut off at the
end, that an older state was put back, or that everything was written anew with the key, only the
checkpoints show: what they vouch for must still be there, as it was.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.audit.chain import KEY_CHANGED, beginning, link
from shared.audit.checkpoint import Checkpoint
from shared.audit.keys import KeyRing


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came out: how many rows hold, and what speaks against the rest.

    ``vouched`` is up to which row checkpoints vouch: what came after rests on the key alone.
    """

    rows: int
    head: bytes
    vouched: int
    finding: Finding | None

    @property
    def holds(self) -> bool:
        return self.finding is None


class Verification:
    """Takes a chain's rows one after the other, oldest first, until one is not as written.

    ``checkpoints`` are those whose signatures hold. They have to be read before the rows: what is
    added meanwhile then harms nobody.
    """

    def __init__(self, service: str, keys: KeyRing, checkpoints: Iterable[Checkpoint]) -> None:
        self._keys = keys
        self._checkpoints: dict[int, Checkpoint] = {}
        self._digest = beginning(service)
        self._sequence = 0
        self._key_id: str | None = None
        self._finding: Finding | None = None
        self._clash: Finding | None = None
        for one in checkpoints:
            known = self._checkpoints.setdefault(one.sequence, one)
            before = self._clash.sequence if self._clash else one.sequence + 1
            if known.head != one.head and one.sequence < before:
                self._clash = Finding(one.sequence, "two checkpoints vouch for different rows here")

    def take(self, row: Row) -> bool:
        """Whether the chain still holds with this row; once it does not, the rest is not needed."""
        if self._finding is None:
            wrong = self._wrong(row)
            if wrong is None:
                self._sequence, self._digest = row.sequence, row.digest
            else:
                self._finding = Finding(self._sequence + 1, wrong)
        return self._finding is None

    def result(self) -> Verified:
        """What came out, after the last row."""
        return Verified(
            rows=self._sequence,
            head=self._digest,
            vouched=max((n for n in self._checkpoints if n <= self._sequence), default=0),
            finding=self._first_finding(),
        )

    def _wrong(self, row: Row) -> str | None:
        expected = self._sequence + 1
        if row.sequence != expected:
            return f"missing: {row.sequence} follows {self._sequence}"
        if self._key_id is not None and row.key_id != self._key_id:
            return f"made with key {row.key_id}, where {self._key_id} goes on"
        key = self._keys.keys.get(row.key_id)
        if key is None:
            return f"made with key {row.key_id}, which is not in the key file"
        if link(key, self._digest, row.body) != row.digest:
            return "not what was written: its digest does not fit its text and the row before"
        said = json.loads(row.body)
        if said["sequence"] != row.sequence:
            return f"stands where row {said['sequence']} belongs"
        if row.clients != frozenset(map(UUID, said.get("clients", ()))):
            return "found under other clients than it tells of"
        vouched = self._checkpoints.get(row.sequence)
        if vouched is not None and vouched.head != row.digest:
            return f"not the row that the checkpoint of {vouched.at:%Y-%m-%d %H:%M:%S} vouches for"
        self._key_id = said["key_id"] if said["action"] == KEY_CHANGED else row.key_id
        return None

    def _first_finding(self) -> Finding | None:
        found = self._finding or self._cut_off()
        if self._clash is not None and (found is None or self._clash.sequence < found.sequence):
            return self._clash
        return found

    def _cut_off(self) -> Finding | None:
        last = self._checkpoints[max(self._checkpoints)] if self._checkpoints else None
        if last is None or last.sequence <= self._sequence:
            return None
        return Finding(
            self._sequence + 1,
            f"missing, as is all after it: a checkpoint of {last.at:%Y-%m-%d %H:%M:%S} "
            f"vouches for {last.count} rows",
        )


def verify(
    service: str, rows: Iterable[Row], keys: KeyRing, checkpoints: Iterable[Checkpoint]
) -> Verified:
    """Whether this chain is whole."""
    verification = Verification(service, keys, checkpoints)
    for row in rows:
        if not verification.take(row):
            break
    return verification.result()
