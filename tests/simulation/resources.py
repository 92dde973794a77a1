"""The book of rooms and people, by what the sessions say: the same promises as the database's."""

from collections.abc import Iterator
from typing import Any

from services.scheduling.domain.gate_book import RESOURCES, Clash, not_taken
from shared.decisions import Decision


class MemoryResources:
    """Nothing is promised twice at one time, and nobody who is here shares room or therapist."""

    def __init__(self, sessions: Any) -> None:
        self._sessions = sessions

    async def clashes(self, session: Any) -> tuple[Clash, ...]:
        return tuple(
            clash
            for other in await self._others(session)
            if not other.over
            and not other.reopened
            and other.starts_at < session.reserved_until
            and session.starts_at < other.reserved_until
            for clash in _shared(session, other)
        )

    async def occupied(self, session: Any, *, dosing_only: bool) -> tuple[Clash, ...]:
        return tuple(
            clash
            for other in await self._others(session)
            if other.client_is_here and (other.dosing or not dosing_only)
            for clash in _shared(session, other)
        )

    seen_clashes = clashes
    seen_occupied = occupied

    async def follow(self, session: Any) -> tuple[Clash, ...]:
        if session.over:
            return ()
        here = await self.occupied(session, dosing_only=False) if session.client_is_here else ()
        clashes = (*await self.clashes(session), *here)
        if session.reopened:
            return clashes
        # What a late dose opened again holds nothing that somebody else had by then (ruling 12).
        again = {str(one.id) for one in await self._others(session) if one.reopened}
        clashes = tuple(clash for clash in clashes if clash.session_id not in again)
        Decision.of(
            "G-FREE",
            [not_taken(name, [c for c in clashes if c.resource == name]) for name in RESOURCES],
        ).require()
        return ()

    async def _others(self, session: Any) -> list[Any]:
        return [one for one in await self._sessions.list_by() if one.id != session.id]


def _shared(session: Any, other: Any) -> Iterator[Clash]:
    for resource, mine, theirs in (
        ("room", session.room_id, other.room_id),
        ("therapist", session.therapist_ref, other.therapist_ref),
        ("client", session.client_id, other.client_id),
    ):
        if mine is not None and mine == theirs:
            yield Clash(
                resource=resource,
                resource_id=str(mine),
                session_id=str(other.id),
                starts_at=other.starts_at,
                until=other.reserved_until,
            )
