"""Whom a transaction reaches: the application's own wall.

A person's transaction asks :func:`shared.access.decide` about each client whose record it comes
to; what it does not reach is not there, for commands and for reading alike, and lists leave it out.
The service's own work reaches everybody.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.util import find_tables

from shared.access import (
    STRANGER,
    Access,
    Action,
    Allow,
    Decided,
    Deny,
    Place,
    Reason,
    Resource,
    decide,
)
from shared.decisions import Refusal, Unblock, Unproven
from shared.storage import scope
from shared.storage.context import Context
from shared.storage.driver import driver_of
from shared.storage.relations import IN_OUR_HANDS

N = TypeVar("N", UUID, UUID | None)

TEAM_KNOWN_SECONDS: Final = 60.0
"""How old a told team may be to be relied on for reading (reliability, section 3)."""

_OF: Final = """
    SELECT client_id, role, person_ref, told FROM client_relations
    WHERE client_id = ANY ($1::uuid[])
"""
_EMERGENCIES: Final = """
    SELECT client_id, max(ends_at) AS ends_at FROM emergency_accesses
    WHERE client_id = ANY ($1::uuid[]) AND role = $2 AND person_ref = $3 AND ends_at > $4
    GROUP BY client_id
"""
_ACCESSES: Final = sa.table(
    "emergency_accesses",
    sa.column("client_id", pg.UUID),
    sa.column("role", sa.Text),
    sa.column("person_ref", pg.UUID),
    sa.column("ends_at", sa.TIMESTAMP(timezone=True)),
)
_RELATIONS: Final = sa.table(
    "client_relations",
    sa.column("client_id", pg.UUID),
    sa.column("role", sa.Text),
    sa.column("person_ref", pg.UUID),
    sa.column("told", sa.Boolean),
)
_DOUBTFUL: Final = Deny(Reason.TEAM_UNKNOWN)
_TEAM_UNKNOWN: Final = Refusal(
    slug="care-team-unknown",
    rule="reliability 3",
    unblocks_with=(Unblock(fact="care team", owner="intake", action="say who is on the team"),),
)
_NOT_SAID: Final = Access(Action(name="", roles=frozenset()))


class Reach(Protocol):
    """Whether a transaction reaches a client. What is nobody's is reached by all."""

    async def of(self, client_id: UUID | None) -> bool: ...
    async def of_named(self, clients: set[N]) -> set[N]: ...
    async def of_all(self, clients: set[N]) -> set[N]: ...


class SqlReach:
    """The reach of one transaction, from the relations as they are in it.

    ``team_known_for`` tells how long ago, in seconds, everything that intake had said was here.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        context: Context,
        team_age: Callable[[], Awaitable[float | None]],
    ) -> None:
        self._connection = connection
        self._context = context
        self._team_age = team_age
        self._known: bool | None = None
        self.incomplete = False
        """Whether a list left somebody out because it is in doubt who is on their team."""
        self.broken: dict[UUID, datetime] = {}
        """Whose records are read in an emergency, and until when."""
        self.decided: dict[UUID, Decided] = {}
        """What was decided about each client that this transaction came to."""

    @property
    def everybody(self) -> bool:
        """Whether it makes no difference whose a record is."""
        return self._context.actor.is_system or isinstance(self._decide(STRANGER), Allow)

    async def of(self, client_id: UUID | None) -> bool:
        """Whether this client's record is there for whoever acts; see :meth:`of_named`."""
        return bool(await self.of_named({client_id}))

    async def of_named(self, clients: set[N]) -> set[N]:
        """Those of these clients whose records are there, when it is they who were asked for.

        Raises :class:`Unproven` when whoever acts was on the team of one, and may not be any more:
        it is no secret to them, and a record that is not there would be a lie.
        """
        reached = await self.of_all(clients)
        if any(self.decided.get(one) == _DOUBTFUL for one in clients if one is not None):
            raise Unproven([_TEAM_UNKNOWN])
        return reached

    async def of_all(self, clients: set[N]) -> set[N]:
        """Those of these clients whose records are there."""
        if self._context.actor.is_system or not clients:
            return clients
        asked = {one for one in clients if one is not None} - self.decided.keys()
        if asked:
            await self._ask(asked)
        return {one for one in clients if one is None or isinstance(self.decided[one], Allow)}

    async def narrow(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The same question, about the clients in reach only: by each table that has a client."""
        if self.everybody:
            return query
        known = await self._team_known()
        self.incomplete = self.incomplete or not known
        mine = sa.union(self._mine(team_known=known), self._opened())
        for source in query.get_final_froms():
            for table in find_tables(source, include_joins=False, include_aliases=True):
                if "client_id" in table.c:
                    column = table.c.client_id
                    query = query.where(sa.or_(column.is_(None), column.in_(mine)))
        return query

    async def across(
        self, statement: sa.Executable, values: Mapping[str, Any]
    ) -> Sequence[sa.Row[Any]]:
        """Rows of clients out of reach too, for what must not be decided on a part of them.

        Whoever asks so gives back nothing that tells who they are: :meth:`of_all` says of whom.
        """
        if self.everybody:
            return (await self._connection.execute(statement, values)).all()
        driver = driver_of(self._connection)
        await driver.execute(scope.RAISE)
        rows = (await self._connection.execute(statement, values)).all()
        await driver.execute(scope.LOWER)
        return rows

    def _mine(self, *, team_known: bool) -> sa.Select[Any]:
        """The clients for whom :func:`decide` says yes, by their relations."""
        known = _RELATIONS.c
        mine = sa.select(known.client_id).where(
            known.role == self._context.actor.role,
            sa.or_(known.person_ref == self._context.actor.ref, known.person_ref.is_(None)),
        )
        if team_known:
            return mine
        here = sa.select(known.client_id).where(known.role == IN_OUR_HANDS)
        return mine.where(sa.or_(sa.not_(known.told), known.client_id.in_(here)))

    def _opened(self) -> sa.Select[Any]:
        """The clients whose records were opened to this person in an emergency."""
        opened = _ACCESSES.c
        access = self._context.access
        return sa.select(opened.client_id).where(
            sa.literal(access is not None and access.reading),
            opened.role == self._context.actor.role,
            opened.person_ref == self._context.actor.ref,
            opened.ends_at > self._context.now,
        )

    async def _ask(self, clients: Iterable[UUID]) -> None:
        driver = driver_of(self._connection)
        places: dict[UUID, list[Place]] = {client: [] for client in clients}
        here = set()
        for row in await driver.fetch(_OF, list(places)):
            if row["role"] == IN_OUR_HANDS:
                here.add(row["client_id"])
            else:
                place = Place(role=row["role"], person=row["person_ref"], told=row["told"])
                places[row["client_id"]].append(place)
        access = self._context.access
        known = not self._in_doubt(places) or await self._team_known()
        for client, found in places.items():
            self.decided[client] = self._decide(
                Resource(places=tuple(found), team_known=known, in_our_hands=client in here)
            )
        denied = [one for one in places if isinstance(self.decided[one], Deny)]
        if denied and access is not None and access.reading:
            await self._look_for_emergencies(denied)
        self._account()

    async def _look_for_emergencies(self, denied: Sequence[UUID]) -> None:
        actor, now = self._context.actor, self._context.now
        driver = driver_of(self._connection)
        for row in await driver.fetch(_EMERGENCIES, denied, actor.role, actor.ref, now):
            self.broken[row["client_id"]] = row["ends_at"]
            self.decided[row["client_id"]] = self._decide(Resource(emergency=True))

    def _in_doubt(self, places: Mapping[UUID, Iterable[Place]]) -> bool:
        """Whether it could make a difference how old what was told is."""
        access = self._context.access
        return (
            access is not None
            and access.reading
            and any(
                place.told and place.role == self._context.actor.role
                for found in places.values()
                for place in found
            )
        )

    def _account(self) -> None:
        """Tell the audit chain by which rights, or for want of which, it was decided."""
        if self._context.attempt is not None:
            grounds = {
                one.because if isinstance(one, Allow) else one.reason
                for one in self.decided.values()
            }
            self._context.attempt.why = " ".join(sorted(grounds))

    def _decide(self, resource: Resource) -> Decided:
        return decide(self._context.actor, self._context.access or _NOT_SAID, resource)

    async def _team_known(self) -> bool:
        if self._known is None:
            age = await self._team_age()
            self._known = age is not None and age <= TEAM_KNOWN_SECONDS
            if not self._known:
                await driver_of(self._connection).execute(scope.DOUBT_THE_TEAM)
        return self._known
