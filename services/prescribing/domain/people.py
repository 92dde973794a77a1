"""Who did something, and when: every override has named people (INV-40)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.protocol import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    """A person by role and opaque reference."""

    role: Role
    ref: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A person's word at a time."""

    role: Role
    ref: UUID
    at: datetime

    @classmethod
    def of(cls, who: Clinician, at: datetime) -> "Signature":
        return cls(role=who.role, ref=who.ref, at=at)
