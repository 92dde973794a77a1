"""The book of rooms, therapists and clients: what is promised, and who is here.

Two things hold it. Whoever promises or takes up a resource locks its row first, in the order of
their numbers, so that of two at once the second sees the first and can name it. And the database
refuses a second promise by an exclusion constraint, and a second occupant by a unique index, if
anybody ever forgets.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scheduling.domain.resources import Clash, needed, nothing_taken
from services.scheduling.domain.session import Session
from services.scheduling.persistence import resource_statements as statements
from shared.decisions import Decision
from shared.storage.reach import SqlReach
from shared.storage.transactions import driver_error

_PEOPLE: Final = ("therapist", "attendant")
_KIND_OF: Final = {
    "room": "room",
    "therapist": "clinician",
    "attendant": "clinician",
    "client": "client",
}
"""A clinician is one person, whichever part they play."""


class SqlResourceBook:
    """The book within one transaction.

    What is taken is taken, whoever's it is, so these questions go across clients; but of a client
    out of reach it is not said who it is, nor in which session.
    """

    def __init__(self, connection: AsyncConnection, reach: SqlReach) -> None:
        self._connection = connection
        self._reach = reach

    async def clashes(self, session: Session) -> tuple[Clash, ...]:
        """Other promises of what the session needs, at its time; nobody promises more meanwhile."""
        return await self._promised(session, await self._locked(session))

    async def seen_clashes(self, session: Session) -> tuple[Clash, ...]:
        """The same for a page: nothing is held."""
        rows = await self._connection.execute(statements.SEE, _wanted(session))
        return await self._promised(session, _by_part(session, rows))

    async def occupied(self, session: Session, *, dosing_only: bool) -> tuple[Clash, ...]:
        """Other sessions that are still in the room, with the therapist, or with the client."""
        await self._locked(session)
        return await self.seen_occupied(session, dosing_only=dosing_only)

    async def seen_occupied(self, session: Session, *, dosing_only: bool) -> tuple[Clash, ...]:
        """The same for a page: nothing is held."""
        mine = needed(session)
        rows = await self._reach.across(
            statements.HERE,
            {
                "session_id": session.id,
                "dosing_only": dosing_only,
                "room": session.room_id,
                "people": [mine[part] for part in _PEOPLE if part in mine],
                "client": session.client_id,
            },
        )
        named = await self._named(rows)
        return tuple(
            _clash(part, mine[part], row, named=row.client_id in named)
            for row in rows
            for part in mine
            if mine[part] in _taken_up(row, part)
        )

    async def next_promised(self, session: Session) -> tuple[Clash, ...]:
        """Whoever waits next, within the day, for each part of a session that takes longer."""
        rows = await self._connection.execute(statements.SEE, _wanted(session))
        numbers = _by_part(session, rows)
        following = await self._reach.across(
            statements.NEXT,
            {
                "numbers": list(numbers.values()),
                "session_id": session.id,
                "since": session.starts_at,
                "before": session.reserved_until + timedelta(hours=12),
            },
        )
        return _clashes(session, numbers, following, await self._named(following))

    async def follow(self, session: Session) -> tuple[Clash, ...]:
        """Promise, take up or release what the session's state says."""
        if session.over:
            await self._connection.execute(statements.RELEASE, {"session_id": session.id})
            return ()
        numbers = await self._locked(session)
        if session.reopened:
            return await self._follow_reopened(session, numbers)
        try:
            async with self._connection.begin_nested():
                await self._write(session, numbers, clashing=())
        except IntegrityError as error:
            if not isinstance(
                driver_error(error), asyncpg.ExclusionViolationError | asyncpg.UniqueViolationError
            ):
                raise
            promised = await self._promised(session, numbers)
            found = (*promised, *await self.occupied(session, dosing_only=False))
            Decision.of("G-FREE", nothing_taken(session, found)).require()
            raise
        return ()

    async def _follow_reopened(
        self, session: Session, numbers: Mapping[str, int]
    ) -> tuple[Clash, ...]:
        """A late dose takes back what is still free, and names what is not (ruling 12)."""
        promised = await self._promised(session, numbers)
        here = await self.occupied(session, dosing_only=False)
        clashes = (*promised, *here)
        await self._write(session, numbers, clashing={clash.resource for clash in clashes})
        return clashes

    async def _locked(self, session: Session) -> Mapping[str, int]:
        """The numbers of what the session needs, locked in ascending order."""
        wanted = _wanted(session)
        await self._connection.execute(statements.NUMBER, wanted)
        return _by_part(session, await self._connection.execute(statements.LOCK, wanted))

    async def _promised(self, session: Session, numbers: Mapping[str, int]) -> tuple[Clash, ...]:
        rows = await self._reach.across(
            statements.PROMISED,
            {
                "numbers": list(numbers.values()),
                "session_id": session.id,
                "starts_at": session.starts_at,
                "until": session.reserved_until,
            },
        )
        return _clashes(session, numbers, rows, await self._named(rows))

    async def _named(self, rows: Iterable[Any]) -> set[UUID]:
        return await self._reach.of_all({row.client_id for row in rows})

    async def _write(
        self, session: Session, numbers: Mapping[str, int], *, clashing: Iterable[str]
    ) -> None:
        clashing = set(clashing)
        await self._connection.execute(
            statements.FORGET, {"session_id": session.id, "numbers": list(numbers.values())}
        )
        await self._connection.execute(
            statements.PROMISE,
            {
                "session_id": session.id,
                "starts_at": session.starts_at,
                "until": session.reserved_until,
                "numbers": list(numbers.values()),
                "active": [kind not in clashing for kind in numbers],
                "occupied": [session.client_is_here and kind not in clashing for kind in numbers],
            },
        )


def _wanted(session: Session) -> dict[str, list[Any]]:
    mine = needed(session)
    return {"kinds": [_KIND_OF[part] for part in mine], "owners": list(mine.values())}


def _by_part(session: Session, rows: Iterable[Any]) -> dict[str, int]:
    """The numbers of what the session needs, by the part that each plays."""
    numbers = {(row.kind, row.owner): row.resource_no for row in rows}
    mine = needed(session)
    return {
        part: numbers[_KIND_OF[part], owner]
        for part, owner in mine.items()
        if (_KIND_OF[part], owner) in numbers
    }


def _clashes(
    session: Session, numbers: Mapping[str, int], rows: Iterable[Any], named: set[UUID]
) -> tuple[Clash, ...]:
    mine = needed(session)
    return tuple(
        _clash(part, mine[part], row, named=row.client_id in named)
        for row in rows
        for part, number in numbers.items()
        if number == row.resource_no
    )


def _taken_up(row: Any, part: str) -> tuple[UUID | None, ...]:
    if part in _PEOPLE:
        return (row.therapist_ref, row.attendant_ref)
    return (row.room_id if part == "room" else row.client_id,)


def _clash(part: str, owner: UUID, row: Any, *, named: bool) -> Clash:
    return Clash(
        resource=part,
        resource_id=str(owner),
        session_id=str(row.session_id) if named else "",
        starts_at=row.since,
        until=row.until,
        client_id=str(row.client_id) if named else "",
        therapist_ref=str(row.therapist_ref),
        room_id=str(row.room_id) if row.room_id else None,
    )
