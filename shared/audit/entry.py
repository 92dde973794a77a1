"""What one row of the chain says. Ids, enums and times only: an audit must not leak either."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class Outcome(StrEnum):
    """How an attempt ended. ``denied`` is about who asked, ``refused`` about what was asked for."""

    ALLOWED = "allowed"
    DENIED = "denied"
    REFUSED = "refused"
    FAILED = "failed"

    @classmethod
    def of_status(cls, status: int) -> "Outcome":
        """What an HTTP status says. 404 is also the answer about somebody else's client."""
        if status < 400:
            return cls.ALLOWED
        if status in (401, 403, 404):
            return cls.DENIED
        return cls.REFUSED if status < 500 else cls.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Who attempted what, upon which right, and how that ended.

    ``action`` is the action of the route or the name of the question. ``why`` is what access was
    decided by: a role, a relation or broken glass. ``target`` is the resource that was named,
    ``clients`` are those whose data were shown or changed. ``receipts`` are the decisions taken,
    ``command`` is a digest of the idempotency key. ``unasked``: a page read itself again.
    """

    action: str
    outcome: Outcome
    role: str
    ref: UUID | None
    why: str
    clinic_time: datetime
    correlation_id: UUID
    target: UUID | None = None
    clients: Collection[UUID] = ()
    receipts: Collection[UUID] = ()
    command: str | None = None
    unasked: bool = False
    key_id: str | None = None
    """Of the key that the chain goes on with: in the entry that changes it, and only there."""

    def canonical(self, sequence: int, recorded_at: datetime) -> str:
        """The one text of this entry as that row: sorted keys, no spaces, nothing that is empty."""
        said: dict[str, Any] = {
            "sequence": sequence,
            "at": _utc(recorded_at),
            "clinic_time": _utc(self.clinic_time),
            "action": self.action,
            "outcome": self.outcome.value,
            "role": self.role,
            "ref": _text(self.ref),
            "why": self.why,
            "target": _text(self.target),
            "clients": sorted(map(str, self.clients)),
            "receipts": sorted(map(str, self.receipts)),
            "command": self.command,
            "correlation": str(self.correlation_id),
            "unasked": self.unasked,
            "key_id": self.key_id,
        }
        return json.dumps(
            {name: value for name, value in said.items() if value},
            sort_keys=True,
            separators=(",", ":"),
        )


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
