"""The book of rooms and people, by what the sessions say: the same promises as the database's."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from services.scheduling.domain.resources import Clash, needed, nothing_taken
from shared.decisions import Decision

_PEOPLE = frozenset({"therapist", "attendant"})


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

    async def next_promised(self, session: Any) -> tuple[Clash, ...]:
        soon = session.reserved_until + timedelta(hours=12)
        return tuple(
            clash
            for other in await self._others(session)
            if not other.over and session.starts_at <= other.starts_at < soon
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
        Decision.of("G-FREE", nothing_taken(session, clashes)).require()
        return ()

    async def _others(self, session: Any) -> list[Any]:
        return [one for one in await self._sessions.list_by() if one.id != session.id]


def _shared(session: Any, other: Any) -> Iterator[Clash]:
    theirs = needed(other)
    people = {theirs[part] for part in _PEOPLE if part in theirs}
    for part, mine in needed(session).items():
        if mine in people if part in _PEOPLE else theirs.get(part) == mine:
            yield Clash(
                resource=part,
                resource_id=str(mine),
                session_id=str(other.id),
                starts_at=other.starts_at,
                until=other.reserved_until,
                client_id=str(other.client_id),
                therapist_ref=str(other.therapist_ref),
                room_id=str(other.room_id) if other.room_id else None,
            )
