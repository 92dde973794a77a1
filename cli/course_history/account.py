"""An account of a moment: how things stood, what was learned of it later, what was corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cli.clinic.moments import rfc3339
from cli.course_history.folding import fold
from cli.course_history.journal import Entry, Journals
from cli.course_history.standing import Correction, Line, corrections, standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """``standing`` by course, as known at ``known_at``, or now where that is None.

    ``learned_later``: what had become true by ``at`` and was recorded after it. ``corrected``: what
    was believed at that moment itself, where it is known otherwise now.
    """

    at: datetime
    known_at: datetime | None
    standing: Mapping[UUID, tuple[Line, ...]]
    learned_later: tuple[Entry, ...]
    corrected: tuple[Correction, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "as_of": rfc3339(self.at),
            "known_at": None if self.known_at is None else rfc3339(self.known_at),
            "courses": [
                {"course_id": str(course), "standing": [line.as_json() for line in lines]}
                for course, lines in self.standing.items()
            ],
            "learned_later": [entry.as_json() for entry in self.learned_later],
            "corrected": [one.as_json() for one in self.corrected],
        }


async def account(
    found: Journals, client_id: UUID, *, at: datetime, known_at: datetime | None
) -> Account:
    """Fold the journals twice: as they are known at one time, and as they were at the moment."""
    told = await _standing(found, client_id, at=at, known_at=known_at)
    believed = await _standing(found, client_id, at=at, known_at=at)
    now = await _standing(found, client_id, at=at, known_at=None)
    return Account(
        at=at,
        known_at=known_at,
        standing=told,
        learned_later=tuple(
            entry for entry in found.by(true_by=at, known_by=None) if entry.recorded_at > at
        ),
        corrected=tuple(
            one
            for course, lines in now.items()
            for one in corrections(course, believed.get(course, ()), lines)
            if course in believed
        ),
    )


async def _standing(
    found: Journals, client_id: UUID, *, at: datetime, known_at: datetime | None
) -> dict[UUID, tuple[Line, ...]]:
    entries = found.by(true_by=at, known_by=known_at)
    return {known.course_id: standing(known, at) for known in await fold(entries, client_id)}
