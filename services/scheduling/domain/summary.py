"""The therapist's summary of a dosing session. Its words stay here (ruling 1)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    id: UUID
    client_id: UUID
    course_id: UUID
    session_id: UUID
    author_ref: UUID | None
    signed_at: datetime
    text: str
    addendum_to: UUID | None = None
