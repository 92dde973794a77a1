"""Addenda in the API: one pair of routes for each kind of signed record that a service keeps.

Who may sign a record of a kind may add to it, who may read it reads what was added.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StringConstraints

from shared.decisions.addendum import Addendum, SignedRecord, add_to
from shared.storage import addenda
from shared.web.calls import Call, calling
from shared.web.problems import problems
from shared.web.texts import NO_NUL

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL),
]
Words = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000, pattern=NO_NUL),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKind:
    """A kind of signed record: its name, who reads and who signs it, and how one is found.

    ``find`` raises NotFound, also for whoever must not know that there is such a record.
    """

    name: str
    read: str
    sign: str
    find: Callable[[Any, UUID], Awaitable[SignedRecord]]


class AddendumBody(BaseModel):
    """What came later, and why it is added."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason
    text: Words


class AddendumView(BaseModel):
    """Signed by being written; never edited."""

    id: UUID
    record_kind: str
    record_id: UUID
    author_role: str
    author_ref: UUID
    signed_at: datetime
    reason: str
    text: str


class AddendaView(BaseModel):
    """The first one first."""

    items: list[AddendumView]


Read = Callable[[UUID, Call], Awaitable[AddendaView]]
Write = Callable[[UUID, AddendumBody, Call], Awaitable[AddendumView]]


def add_routes(kinds: Sequence[RecordKind]) -> APIRouter:
    """``/records/<kind>/{record_id}/addenda`` for every kind."""
    router = APIRouter(prefix="/records", tags=["records"])
    for kind in kinds:
        _route(router, kind)
    return router


def _route(router: APIRouter, kind: RecordKind) -> None:
    path = f"/{kind.name}/{{record_id}}/addenda"

    async def listed(
        record_id: UUID, call: Annotated[Call, Depends(calling(kind.read))]
    ) -> AddendaView:
        """What was added to this record."""
        return await listing(kind, record_id, call)

    async def added(
        record_id: UUID,
        body: AddendumBody,
        call: Annotated[Call, Depends(calling(kind.sign))],
    ) -> AddendumView:
        """A signed record is locked; what came later is added beneath it."""
        return await adding(kind, record_id, body, call)

    router.get(path, name=f"{kind.name} addenda", responses=problems(404))(listed)
    router.post(
        path, name=f"add to {kind.name}", status_code=201, responses=problems(404, 409, 412)
    )(added)


async def listing(kind: RecordKind, record_id: UUID, call: Call) -> AddendaView:
    """The addenda of one record."""

    async def read(uow: Any) -> AddendaView:
        record = await kind.find(uow, record_id)
        found = await addenda.of_records(uow.connection, kind.name, [record.id], uow.seals)
        return AddendaView(items=[_view(one) for one in found.get(record.id, ())])

    return await call.read(read)


async def adding(kind: RecordKind, record_id: UUID, body: AddendumBody, call: Call) -> AddendumView:
    """Add to a record, in the person's own name."""

    async def add(command: AddendumBody, uow: Any) -> Addendum:
        made = add_to(
            await kind.find(uow, record_id),
            addendum_id=uow.new_id(),
            role=uow.actor.role,
            ref=uow.actor.ref,
            at=uow.now,
            reason=command.reason,
            text=command.text,
        )
        await addenda.add(uow.connection, made, uow.seals)
        return made

    return await call.run(add, body, _view)


async def beneath(
    kind: RecordKind, ids: Collection[UUID], call: Call
) -> Mapping[str, Sequence[AddendumView]]:
    """The addenda of the records of a page, by their ids as text; for a page that shows them."""

    async def read(uow: Any) -> Mapping[str, Sequence[AddendumView]]:
        found = await addenda.of_records(uow.connection, kind.name, ids, uow.seals)
        return {str(record): [_view(one) for one in many] for record, many in found.items()}

    return await call.read(read)


NOTHING_ADDED: Final[Mapping[str, Sequence[AddendumView]]] = {}


def _view(one: Addendum) -> AddendumView:
    return AddendumView(**{name: getattr(one, name) for name in AddendumView.model_fields})
