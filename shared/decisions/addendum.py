"""What is signed is locked: it is never edited, and what came later is added beneath it.

Every record that a clinician signs follows this one rule, whichever service keeps it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.decisions.refusal import Unblock, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRecord:
    """A record as far as this rule goes: whose it is, and when it was signed, if it was."""

    kind: str
    id: UUID
    client_id: UUID
    course_id: UUID
    signed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """Who adds what to a record, when, and why. It is signed by being written."""

    id: UUID
    record_kind: str
    record_id: UUID
    client_id: UUID
    course_id: UUID
    author_role: str
    author_ref: UUID
    signed_at: datetime
    reason: str
    text: str


def add_to(
    record: SignedRecord,
    *,
    addendum_id: UUID,
    role: str,
    ref: UUID | None,
    at: datetime,
    reason: str,
    text: str,
) -> Addendum:
    """Add to a signed record, as somebody with a name. What is not signed yet is not added to."""
    if record.signed_at is None:
        refuse(
            "record-not-signed",
            "sign and lock",
            Unblock(fact="signature", owner="author", action="sign it first"),
            kind=record.kind,
        )
    if ref is None:
        refuse("author-not-named", "INV-40", role=role)
    return Addendum(
        id=addendum_id,
        record_kind=record.kind,
        record_id=record.id,
        client_id=record.client_id,
        course_id=record.course_id,
        author_role=role,
        author_ref=ref,
        signed_at=at,
        reason=reason,
        text=text,
    )
