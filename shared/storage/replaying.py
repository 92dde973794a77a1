"""Asking a gate again: what a receipt kept, decided under another protocol, beside what it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.protocol import ClinicProtocol, Pin
from shared.storage.receipts import opened
from shared.storage.recorded_gates import RecordedGates, UnknownInputs, verdicts_of
from shared.storage.seals import Seals

_KEPT = sa.text(
    """
    SELECT id, gate, subject_id, client_id, course_id, allowed, decided_at, protocol_version,
           protocol_digest, verdicts, inputs_kind, inputs_version, inputs
    FROM receipts
    WHERE (CAST(:after AS uuid) IS NULL OR id > :after)
      AND (CAST(:course_id AS uuid) IS NULL OR course_id = :course_id)
      AND (CAST(:gates AS text[]) IS NULL OR gate = ANY(:gates))
      AND (CAST(:since AS timestamptz) IS NULL OR decided_at >= :since)
    ORDER BY id LIMIT :most
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One decision before and after.

    ``appear`` are the verdicts that refuse only now, ``disappear`` those that refused only then.
    ``to_the_letter``: every rule says the same of the same values. ``unreadable`` says why a
    receipt cannot be replayed; then nothing is known of the decision after.
    """

    allowed_after: bool | None
    appear: tuple[Mapping[str, Any], ...] = ()
    disappear: tuple[Mapping[str, Any], ...] = ()
    to_the_letter: bool = False
    unreadable: str | None = None

    @property
    def differs(self) -> bool:
        return bool(self.appear or self.disappear)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A receipt with all that it takes to decide it again."""

    id: UUID
    gate: str
    subject_id: UUID
    client_id: UUID
    course_id: UUID | None
    allowed: bool
    decided_at: datetime
    protocol_version: int
    protocol_digest: str
    verdicts: list[dict[str, Any]]
    inputs_kind: str | None
    inputs_version: int | None
    inputs: bytes | None


async def kept_decisions(
    connection: AsyncConnection, seals: Seals, *, most: int, **wanted: Any
) -> list[Kept]:
    """Receipts in the order of deciding: after an id, of a course, of some gates, since a time."""
    nothing: dict[str, Any] = {"after": None, "course_id": None, "gates": None, "since": None}
    rows = await connection.execute(_KEPT, {**nothing, **wanted, "most": most})
    return [Kept(**row) for row in opened(rows.mappings(), seals)]


def replay(kept: Kept, gates: RecordedGates, protocol: ClinicProtocol) -> Replayed:
    """What the gate would have decided under this protocol, compared with what it decided."""
    try:
        gate = gates.reading(kept.inputs_kind, kept.inputs_version)
        was = Pin(kept.protocol_version, kept.protocol_digest)
        decision = gate.replay(kept.inputs or b"", protocol, was)
    except (UnknownInputs, ValueError, LookupError) as unreadable:
        return Replayed(allowed_after=None, unreadable=type(unreadable).__name__)
    after = verdicts_of(decision)
    refused_then, refused_now = _refusals(kept.verdicts), _refusals(after)
    return Replayed(
        allowed_after=decision.allowed,
        appear=tuple(v for key, v in refused_now.items() if key not in refused_then),
        disappear=tuple(v for key, v in refused_then.items() if key not in refused_now),
        to_the_letter=after == kept.verdicts,
    )


def _refusals(verdicts: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """By slug; a rule that refuses for several things is told apart by their order."""
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for verdict in verdicts:
        if not verdict["holds"]:
            before = sum(1 for slug, _ in found if slug == verdict["slug"])
            found[verdict["slug"], before] = verdict
    return found


_TOLD_BY = sa.text(
    """
    SELECT event_id, type, aggregate_version AS version FROM inbox WHERE event_id = ANY(:ids)
    UNION ALL
    SELECT event_id, type, aggregate_version FROM outbox WHERE event_id = ANY(:ids)
    UNION ALL
    SELECT event_id, type, CAST(headers ->> 'ce-aggregateversion' AS integer)
    FROM lane_events WHERE event_id = ANY(:ids)
    """
)


async def events_relied_on(
    connection: AsyncConnection, verdicts: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[str, int | None]]:
    """The type and aggregate version of every event that these verdicts name."""
    ids = {UUID(event_id) for verdict in verdicts for event_id in verdict["source_events"]}
    if not ids:
        return {}
    rows = await connection.execute(_TOLD_BY, {"ids": list(ids)})
    return {str(row.event_id): (row.type, row.version) for row in rows}
