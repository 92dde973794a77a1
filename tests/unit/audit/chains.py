"""Chains for tests: made as a service makes them, and tampered with as nobody may."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from shared.audit import Entry, KeyRing, Outcome
from shared.audit.chain import beginning, link
from shared.audit.checkpoint import Checkpoint
from shared.audit.verification import Row

SERVICE: Final = "intake"
BEGAN: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)
KINDS: Final = (
    "edit", "digest", "delete", "swap", "insert", "repeat", "renumber", "clients", "key", "cut",
)  # fmt: skip
RING: Final = KeyRing.of(["5e" * 32], "tests")


@dataclass(frozen=True, slots=True)
class Kept:
    """A chain, and what was handed away while it grew."""

    rows: tuple[Row, ...]
    checkpoints: tuple[Checkpoint, ...]


def entry(number: int, **said: Any) -> Entry:
    return replace(
        Entry(
            action=("read_client", "register_client", "list_courses")[number % 3],
            outcome=list(Outcome)[number % 4],
            role="therapist",
            ref=UUID(int=number % 5 + 1),
            why="role",
            clinic_time=BEGAN + timedelta(seconds=number),
            correlation_id=UUID(int=number + 1),
            target=UUID(int=900 + number),
            clients=(UUID(int=100 + number % 7),),
        ),
        **said,
    )


def grown(
    entries: Iterator[Entry], keys: KeyRing = RING, *, digest: bytes | None = None, after: int = 0
) -> Iterator[Row]:
    """Rows one after the other, as :class:`shared.storage.audit_trail.AuditTrail` makes them."""
    digest = digest or beginning(SERVICE)
    key_id = next(iter(keys.keys))
    for sequence, one in enumerate(entries, after + 1):
        body = one.canonical(sequence, BEGAN + timedelta(seconds=sequence))
        digest = link(keys.keys[key_id], digest, body)
        yield Row(sequence, body, frozenset(one.clients), key_id, digest)
        key_id = one.key_id or key_id


def kept(length: int, every: int = 10) -> Kept:
    """A chain of this length with a checkpoint now and then, and one at its end."""
    rows = tuple(grown(entry(number) for number in range(length)))
    marked = [row for row in rows if row.sequence % every == 0 or row.sequence == length]
    return Kept(rows, tuple(vouched(row) for row in marked))


def vouched(row: Row) -> Checkpoint:
    return Checkpoint(
        service=SERVICE,
        sequence=row.sequence,
        count=row.sequence,
        head=row.digest,
        at=BEGAN + timedelta(seconds=row.sequence),
    )


def without_key(rows: tuple[Row, ...], chance: random.Random) -> tuple[str, int, list[Row]]:
    """What somebody with the database and no key may do: its kind, the first bad row, the rows."""
    changed = list(rows)
    at = chance.randrange(len(rows))
    kind = chance.choice(
        [
            "edit",
            "digest",
            "delete",
            "swap",
            "insert",
            "repeat",
            "renumber",
            "clients",
            "key",
            "cut",
        ]
    )
    row = rows[at]
    match kind:
        case "edit":
            place = chance.randrange(len(row.body))
            letter = "~" if row.body[place] != "~" else "!"
            changed[at] = replace(row, body=row.body[:place] + letter + row.body[place + 1 :])
        case "digest":
            changed[at] = replace(row, digest=bytes([row.digest[0] ^ 1]) + row.digest[1:])
        case "delete":
            del changed[at]
        case "swap":
            other = chance.choice([n for n in range(len(rows)) if n != at])
            at, other = sorted((at, other))
            first, second = rows[at], rows[other]
            changed[at] = replace(second, sequence=first.sequence)
            changed[other] = replace(first, sequence=second.sequence)
        case "insert" | "repeat":
            forged = (
                replace(row, body=row.body.replace("role", "rule")) if kind == "insert" else row
            )
            later = [replace(one, sequence=one.sequence + 1) for one in rows[at:]]
            changed[at:] = [forged, *later]
            at += kind == "repeat"
        case "renumber":
            del changed[at]
            changed[at:] = [replace(one, sequence=one.sequence - 1) for one in changed[at:]]
        case "clients":
            changed[at] = replace(row, clients=frozenset({UUID(int=1)}))
        case "key":
            changed[at] = replace(row, key_id="00000000")
        case "cut":
            del changed[at:]
    return kind, at + 1, changed
