"""What a session takes up: a room, people, the client; and who else holds it (INV-7, INV-36)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.scheduling.domain.session import Session
from services.scheduling.domain.verdicts import judge
from shared.decisions import Unblock, Verdict

RESOURCES: Final = ("room", "therapist", "attendant", "client")
"""The parts that a session has for something to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Another session that holds a room, a clinician or the client at that time.

    ``session_id`` and ``client_id`` are empty to somebody who may not know whose it is.
    """

    resource: str
    resource_id: str
    session_id: str
    starts_at: datetime
    until: datetime
    client_id: str
    therapist_ref: str
    room_id: str | None = None


def needed(session: Session) -> dict[str, UUID]:
    """What the session takes up, by the part that it plays."""
    wanted = {
        "room": session.room_id,
        "therapist": session.therapist_ref,
        "attendant": session.attendant_ref,
        "client": session.client_id,
    }
    return {part: owner for part, owner in wanted.items() if owner is not None}


def nothing_taken(session: Session, clashes: tuple[Clash, ...]) -> Iterator[Verdict]:
    """One rule for each part that the session has."""
    mine = needed(session)
    for part in RESOURCES:
        if part != "attendant" or part in mine:
            yield _not_taken(part, mine.get(part), [c for c in clashes if c.resource == part])


def _not_taken(part: str, owner: UUID | None, clashes: list[Clash]) -> Verdict:
    """INV-36: nobody else's at that time; a refusal names who and what holds it."""
    return judge(
        f"{part}-taken",
        "INV-36",
        ok=not clashes,
        facts={
            "resource_id": str(owner) if owner else None,
            "sessions": [clash.session_id for clash in clashes],
            "clients": [clash.client_id for clash in clashes],
            "therapists": [clash.therapist_ref for clash in clashes],
            "rooms": [clash.room_id or "" for clash in clashes],
            "since": [clash.starts_at.isoformat() for clash in clashes],
            "until": [clash.until.isoformat() for clash in clashes],
        },
        unblocks=(Unblock(fact=part, owner="scheduling", action=f"another time or {part}"),),
    )
