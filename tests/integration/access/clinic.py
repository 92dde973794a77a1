"""One client of a running service, the people who may or may not know them, and both walls."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.dialects import postgresql as pg

from shared.access import Place, Resource
from shared.runtime.ids import new_id
from shared.serving.life import RunningService
from shared.storage import row_security
from shared.storage.reach import SqlReach
from shared.web.pages import sessions
from tests.access.test_tables import protected
from tests.support.browsing import Browser
from tests.support.in_scope import in_scope
from tests.support.postgres_part import ServiceDatabase

ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
RELATED: Final = ("therapist", "prescriber")


@dataclass(frozen=True, slots=True)
class Someone:
    role: str
    ref: UUID
    token: str


@dataclass
class Clinic:
    """A service with one client whose rows are known."""

    app: FastAPI
    database: ServiceDatabase
    client_id: UUID
    team: list[Someone]
    others: list[Someone] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def service(self) -> RunningService[Any]:
        service: RunningService[Any] = self.app.state.service
        return service

    async def begin(self) -> None:
        """Let in, for each role that treats, somebody who has nothing to do with the client."""
        file = self.service.settings.tokens_file
        assert file is not None
        known = json.loads(file.read_text())
        for role in RELATED:
            someone = Someone(role, new_id(), f"token-of-another-{role}")
            known[someone.token] = {"role": role, "ref": str(someone.ref), "name": "Another"}
            self.others.append(someone)
        file.write_text(json.dumps(known))

    async def ask(
        self,
        who: Someone,
        method: str,
        path: str,
        *,
        more: Mapping[str, str] = MappingProxyType({}),
        **body: Any,
    ) -> httpx.Response:
        """``more`` are headers beside the person's own."""
        if path.startswith("/api/"):
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            headers = {"Authorization": f"Bearer {who.token}", **more}
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
                return await http.request(method, path, headers=headers, **body)
        if who.token not in self.browsers:
            self.browsers[who.token] = Browser(self.app)
            await self.browsers[who.token].sign_in(who.token)
        return await self.browsers[who.token].open(path)

    async def wake(self, who: Someone) -> None:
        """A session of now, however long ago this person was at their screen."""
        if who.token in self.browsers:
            await self.browsers[who.token].sign_in(who.token)

    async def send(
        self,
        who: Someone,
        path: str,
        *,
        data: Mapping[str, str] = MappingProxyType({}),
        files: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Send a form of this person's session in which nothing else was filled in."""
        await self.ask(who, "GET", "/")
        browser = self.browsers[who.token]
        service = self.service
        async with service.database.engine.begin() as connection:
            session = browser.cookie.split("=", 1)[1] if browser.cookie else ""
            person = await sessions.signed_in(connection, session, stays=True)
        assert person is not None
        return await browser.send(path, {"form_token": person.form_token, **data}, files=files)

    async def forget_that_they_are_here(self) -> None:
        """As if the client were in no session, and long home."""
        async with in_scope(self.service) as connection:
            await connection.execute(
                sa.text(
                    "DELETE FROM client_relations"
                    " WHERE client_id = :client AND role = 'in_our_hands'"
                ),
                {"client": self.client_id},
            )

    async def let_time_run_out(self) -> None:
        """An hour later, for everybody who has opened a record."""
        async with in_scope(self.service) as connection:
            await connection.execute(sa.text("UPDATE emergency_accesses SET ends_at = begins_at"))

    async def ids(self) -> Mapping[str, set[str]]:
        """Every id in any row of the client's, by what it is of: none of them may be told."""
        found: dict[str, set[str]] = {}
        metadata = self.service.definition.metadata
        people = {str(one.ref) for one in (*self.team, *self.others)}
        public = people | {str(room) for room in await self._rooms()}
        async with in_scope(self.service) as connection:
            for name in sorted(protected(self.service.definition.name)):
                table = metadata.tables[name]
                uuids = [c for c in table.c if _holds_ids(c.type)]
                rows = await connection.execute(
                    sa.select(*uuids).where(table.c.client_id == self.client_id)
                )
                for row in rows.mappings():
                    for column, value in row.items():
                        several = value if isinstance(value, list) else [value]
                        told = {str(one) for one in several if one is not None} - public
                        if told:
                            found.setdefault(_kind(name, column), set()).update(told)
        return found

    async def _rooms(self) -> list[UUID]:
        rooms = self.service.definition.metadata.tables.get("rooms")
        if rooms is None:
            return []
        async with in_scope(self.service) as connection:
            return list((await connection.execute(sa.select(rooms.c.id))).scalars())

    async def resource(self) -> Resource:
        """What is known of the client, as the decision is given it."""
        async with in_scope(self.service) as connection:
            rows = await connection.execute(
                sa.text(
                    "SELECT role, person_ref, told FROM client_relations WHERE client_id = :client"
                ),
                {"client": self.client_id},
            )
            found = list(rows)
        return Resource(
            places=tuple(
                Place(role=row.role, person=row.person_ref, told=row.told)
                for row in found
                if row.role != "in_our_hands"
            ),
            in_our_hands=any(row.role == "in_our_hands" for row in found),
        )

    async def place(self, role: str, person: UUID | None) -> None:
        """Give every place of a role to somebody, or to nobody yet."""
        async with in_scope(self.service) as connection:
            await connection.execute(
                sa.text(
                    "UPDATE client_relations SET person_ref = :person"
                    " WHERE client_id = :client AND role = :role"
                ),
                {"person": person, "client": self.client_id, "role": role},
            )


def _holds_ids(kind: Any) -> bool:
    return isinstance(kind.item_type if isinstance(kind, sa.ARRAY) else kind, pg.UUID)


def _kind(table: str, column: str) -> str:
    """``session_id`` for an id of a row of ``sessions``; a column's own name otherwise."""
    if column in {"id", "signatures"}:
        return f"{table.removesuffix('s')}_id"
    return column.removesuffix("s")


@contextmanager
def without_the_first_wall() -> Iterator[None]:
    """As if the application had forgotten to ask whose a record is."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqlReach, "everybody", property(lambda _reach: True))

        async def everybody(_reach: SqlReach, clients: set[Any]) -> set[Any]:
            return clients

        async def labelled_too(_reach: SqlReach, _client: UUID, *, shared: bool) -> bool:
            return True

        patched.setattr(SqlReach, "of_all", everybody)
        patched.setattr(SqlReach, "of_labelled", labelled_too)
        yield


@asynccontextmanager
async def without_the_second_wall(database: ServiceDatabase) -> AsyncIterator[None]:
    """As if nobody had written a policy."""
    tables = sorted(protected(database.service))
    owner = await database.connect("owner")
    try:
        for statement in row_security.expose(tables):
            await owner.execute(statement)
        yield
        for statement in row_security.protect(tables):
            await owner.execute(statement)
    finally:
        await owner.close()
