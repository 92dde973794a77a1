"""Addenda on pages: beneath their record, and a page of their own to sign one."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from shared.decisions.addendum import SignedRecord
from shared.web.addenda import AddendumBody, RecordKind, adding, listing
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

About = Callable[[SignedRecord, Page], Awaitable[Mapping[str, Any]]]
"""What a service's banner needs to know about the record's client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """A kind of record on pages: what its banner shows, and where a record of it is read, with
    ``{course}`` for its course and ``{record}`` for itself."""

    kind: RecordKind
    about: About
    shown_at: str

    async def show(self, page: Page, record_id: UUID, form: Form) -> Response:
        """The record's addenda, and the form for another one."""

        async def read(uow: Any) -> SignedRecord:
            return await self.kind.find(uow, record_id)

        record = await page.call.read(read)
        return page.show(
            "addenda.html",
            form=form,
            record=record,
            kind=self.kind,
            addenda=(await listing(self.kind, record_id, page.call)).items,
            shown_at=self.shown_at.format(course=record.course_id, record=record.id),
            **await self.about(record, page),
        )


def add_pages(about: About, shown_at: Mapping[RecordKind, str]) -> APIRouter:
    """A page for every kind."""
    router = APIRouter(prefix="/records")
    for kind, place in shown_at.items():
        _route(router, RecordPage(kind=kind, about=about, shown_at=place))
    return router


def _route(router: APIRouter, records: RecordPage) -> None:
    kind = records.kind
    path = f"/{kind.name}/{{record_id}}/addenda"

    async def addenda(
        record_id: UUID, page: Annotated[Page, Depends(paged(kind.read))]
    ) -> Response:
        return await records.show(page, record_id, Form())

    async def add(record_id: UUID, page: Annotated[Page, Depends(paged(kind.sign))]) -> Response:
        return await page.submit(
            AddendumBody,
            lambda body, call: adding(kind, record_id, body, call),
            then=f"/records/{kind.name}/{record_id}/addenda",
            again=lambda form: records.show(page, record_id, form),
        )

    router.get(path, name=f"{kind.name} page")(addenda)
    router.post(path, name=f"add to {kind.name} page")(add)
