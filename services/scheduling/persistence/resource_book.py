"""The book of rooms, therapists and clients: what is promised, and who is here.

Two things hold it. Whoever promises or takes up a resource locks its row first, in the order of
their numbers, so that of two at once the second sees the first and can name it. And the database
refuses a second promise by an exclusion constraint, and a second occupant by a unique index, if
anybody ever forgets.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.scheduling.domain.gate_book import RESOURCES, Clash, not_taken
from services.scheduling.domain.session import Session
from shared.decisions import Decision
from shared.storage.transactions import driver_error

_NUMBER: Final = sa.text(
    """
    INSERT INTO resources (kind, owner)
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:owners AS uuid[])) AS wanted (kind, owner)
    WHERE NOT EXISTS (
        SELECT FROM resources r WHERE r.kind = wanted.kind AND r.owner = wanted.owner)
    ON CONFLICT DO NOTHING
    """
)
_NUMBERS_OF: Final = """
    SELECT resource_no, kind, owner FROM resources
    WHERE (kind, owner) IN (
        SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:owners AS uuid[])))
    ORDER BY resource_no
"""
_SEE: Final = sa.text(_NUMBERS_OF)
_LOCK: Final = sa.text(_NUMBERS_OF + " FOR UPDATE")
_PROMISED: Final = sa.text(
    """
    SELECT r.kind, r.owner, b.session_id, lower(b.during) AS since, upper(b.during) AS until
    FROM resource_bookings b JOIN resources r USING (resource_no)
    WHERE b.resource_no = ANY (CAST(:numbers AS bigint[])) AND b.active
      AND b.session_id <> :session_id
      AND b.during && tstzrange(CAST(:starts_at AS timestamptz), CAST(:until AS timestamptz), '[)')
    ORDER BY b.during, b.session_id
    """
)
_HERE: Final = sa.text(
    """
    SELECT id AS session_id, room_id, therapist_ref, client_id, starts_at AS since,
           reserved_until AS until
    FROM sessions
    WHERE here AND id <> :session_id AND (kind = 'dosing' OR NOT :dosing_only)
      AND (room_id = :room OR therapist_ref = :therapist OR client_id = :client)
    ORDER BY starts_at, id
    """
)
_RELEASE: Final = sa.text(
    "UPDATE resource_bookings SET active = false, occupied = false WHERE session_id = :session_id"
)
_FORGET: Final = sa.text(
    "DELETE FROM resource_bookings"
    " WHERE session_id = :session_id AND resource_no <> ALL (CAST(:numbers AS bigint[]))"
)
_PROMISE: Final = sa.text(
    """
    INSERT INTO resource_bookings (session_id, resource_no, during, active, occupied)
    SELECT CAST(:session_id AS uuid), number,
           tstzrange(CAST(:starts_at AS timestamptz), CAST(:until AS timestamptz), '[)'),
           active, occupied
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:active AS boolean[]),
                CAST(:occupied AS boolean[])) AS wanted (number, active, occupied)
    ON CONFLICT (session_id, resource_no) DO UPDATE
    SET during = excluded.during, active = excluded.active, occupied = excluded.occupied
    """
)


class SqlResourceBook:
    """The book within one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def clashes(self, session: Session) -> tuple[Clash, ...]:
        """Other promises of what the session needs, at its time; nobody promises more meanwhile."""
        return await self._promised(session, await self._locked(session))

    async def seen_clashes(self, session: Session) -> tuple[Clash, ...]:
        """The same for a page: nothing is held."""
        rows = await self._connection.execute(_SEE, _wanted(session))
        return await self._promised(session, {row.kind: row.resource_no for row in rows})

    async def occupied(self, session: Session, *, dosing_only: bool) -> tuple[Clash, ...]:
        """Other sessions that are still in the room, with the therapist, or with the client."""
        await self._locked(session)
        return await self.seen_occupied(session, dosing_only=dosing_only)

    async def seen_occupied(self, session: Session, *, dosing_only: bool) -> tuple[Clash, ...]:
        """The same for a page: nothing is held."""
        rows = await self._connection.execute(
            _HERE,
            {
                "session_id": session.id,
                "dosing_only": dosing_only,
                "room": session.room_id,
                "therapist": session.therapist_ref,
                "client": session.client_id,
            },
        )
        mine = _needed(session)
        return tuple(
            _clash(kind, mine[kind], row)
            for row in rows
            for kind, theirs in (
                ("room", row.room_id),
                ("therapist", row.therapist_ref),
                ("client", row.client_id),
            )
            if kind in mine and theirs == mine[kind]
        )

    async def follow(self, session: Session) -> tuple[Clash, ...]:
        """Promise, take up or release what the session's state says."""
        if session.over:
            await self._connection.execute(_RELEASE, {"session_id": session.id})
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
            _refuse(found)
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
        await self._connection.execute(_NUMBER, wanted)
        rows = await self._connection.execute(_LOCK, wanted)
        return {row.kind: row.resource_no for row in rows}

    async def _promised(self, session: Session, numbers: Mapping[str, int]) -> tuple[Clash, ...]:
        rows = await self._connection.execute(
            _PROMISED,
            {
                "numbers": list(numbers.values()),
                "session_id": session.id,
                "starts_at": session.starts_at,
                "until": session.reserved_until,
            },
        )
        return tuple(_clash(row.kind, row.owner, row) for row in rows)

    async def _write(
        self, session: Session, numbers: Mapping[str, int], *, clashing: Iterable[str]
    ) -> None:
        clashing = set(clashing)
        await self._connection.execute(
            _FORGET, {"session_id": session.id, "numbers": list(numbers.values())}
        )
        await self._connection.execute(
            _PROMISE,
            {
                "session_id": session.id,
                "starts_at": session.starts_at,
                "until": session.reserved_until,
                "numbers": list(numbers.values()),
                "active": [kind not in clashing for kind in numbers],
                "occupied": [session.client_is_here and kind not in clashing for kind in numbers],
            },
        )


def _needed(session: Session) -> dict[str, UUID]:
    needed = {"therapist": session.therapist_ref, "client": session.client_id}
    return needed if session.room_id is None else {"room": session.room_id, **needed}


def _wanted(session: Session) -> dict[str, list[Any]]:
    needed = _needed(session)
    return {"kinds": list(needed), "owners": list(needed.values())}


def _clash(kind: str, owner: UUID, row: Any) -> Clash:
    return Clash(
        resource=kind,
        resource_id=str(owner),
        session_id=str(row.session_id),
        starts_at=row.since,
        until=row.until,
    )


def _refuse(clashes: tuple[Clash, ...]) -> None:
    """Name what holds it."""
    Decision.of(
        "G-FREE",
        [not_taken(name, [c for c in clashes if c.resource == name]) for name in RESOURCES],
    ).require()
