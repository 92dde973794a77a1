"""Whom a transaction reaches: the application's own wall.

A person's transaction asks :func:`shared.access.decide` about each client whose record it comes
to; what it does not reach is not there, for commands and for reading alike, and lists leave it out.
The service's own work reaches everybody.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
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
from shared.storage.clients_in_reach import opened_to, related_to
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
        self._known_of: dict[UUID, Resource] = {}
        self._labelled: dict[UUID, Decided] = {}

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

    async def of_labelled(self, client_id: UUID, *, shared: bool) -> bool:
        """Whether what tells of this client's treatment for substance use is there as well.

        ``shared``: with the client's consent, that of the record's own course (42 CFR Part 2).
        """
        if self._context.actor.is_system:
            return True
        if not await self.of(client_id):
            return False
        resource = replace(self._known_of[client_id], labelled=True, shared=shared)
        decided = self._decide(resource)
        if isinstance(decided, Deny) and await self._opened([client_id]):
            decided = self._decide(replace(resource, emergency=True))
        self._labelled[client_id] = decided
        self._account()
        return isinstance(decided, Allow)

    async def narrow(self, query: sa.Select[Any]) -> sa.Select[Any]:
        """The same question, about the clients in reach only: by each table that has a client."""
        if self.everybody:
            return query
        known = await self._team_known()
        self.incomplete = self.incomplete or not known
        actor, access = self._context.actor, self._context.access
        mine: sa.Select[Any] | sa.CompoundSelect[Any] = related_to(actor, team_known=known)
        if access is not None and access.reading:
            mine = sa.union(mine, opened_to(actor, self._context.now))
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
        known = not self._in_doubt(places) or await self._team_known()
        for client, found in places.items():
            self._known_of[client] = Resource(
                places=tuple(found), team_known=known, in_our_hands=client in here
            )
            self.decided[client] = self._decide(self._known_of[client])
        denied = [one for one in places if isinstance(self.decided[one], Deny)]
        for client in await self._opened(denied):
            self._known_of[client] = replace(self._known_of[client], emergency=True)
            self.decided[client] = self._decide(self._known_of[client])
        self._account()

    async def _opened(self, denied: Sequence[UUID]) -> Iterable[UUID]:
        """Those of these whose records this person reads in an emergency; never to change them."""
        actor, access, now = self._context.actor, self._context.access, self._context.now
        if not denied or access is None or not access.reading:
            return ()
        rows = await driver_of(self._connection).fetch(
            _EMERGENCIES, denied, actor.role, actor.ref, now
        )
        opened = {row["client_id"]: row["ends_at"] for row in rows}
        self.broken.update(opened)
        return opened.keys()

    def _in_doubt(self, places: Mapping[UUID, Iterable[Place]]) -> bool:
        """Whether it could make a difference how old what was told is. It cannot for whoever is
        on none of these teams: for them it takes as long as what is not there."""
        actor, access = self._context.actor, self._context.access
        return (
            access is not None
            and access.reading
            and any(
                place.told and place.role == actor.role and place.person in {None, actor.ref}
                for found in places.values()
                for place in found
            )
        )

    def _account(self) -> None:
        """Tell the audit chain by which rights, or for want of which, it was decided."""
        if self._context.attempt is not None:
            decided = (*self.decided.values(), *self._labelled.values())
            lacking = {one.reason for one in decided if isinstance(one, Deny)}
            grounds = {one.because for one in decided if isinstance(one, Allow)}
            self._context.attempt.why = " ".join(sorted({*grounds, *lacking}))
            self._context.attempt.lacking = " ".join(sorted(lacking))

    def _decide(self, resource: Resource) -> Decided:
        return decide(self._context.actor, self._context.access or _NOT_SAID, resource)

    async def _team_known(self) -> bool:
        if self._known is None:
            age = await self._team_age()
            self._known = age is not None and age <= TEAM_KNOWN_SECONDS
            if not self._known:
                await driver_of(self._connection).execute(scope.DOUBT_THE_TEAM)
        return self._known
