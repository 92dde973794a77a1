"""How it stands now, on a page: every rule of gates that nobody has asked.

A receipt is kept of what was asked. What only stands is decided anew each time somebody looks, from
the API's own answer, and nothing of it is kept.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from shared.storage.replaying import events_relied_on
from shared.web.calls import Call
from shared.web.pages.page import Page, paged
from shared.web.pages.receipts import About


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The decisions about a course or a session with all their rules, and how fresh the others'
    events are."""

    course_id: UUID
    decisions: Sequence[Any]
    freshness: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """What a service can say of a course or a session now; ``action`` is who may ask."""

    of: Literal["course", "session"]
    action: str
    read: Callable[[UUID, Call], Awaitable[Any]]
    """Answers with a :class:`Standing`, or a view that has its fields."""


def standing_pages(about: About, sees_whom: str, stands: Sequence[Stands]) -> APIRouter:
    """A page for each of ``stands``, under the banner of its course for whoever has the action
    ``sees_whom``."""
    router = APIRouter()
    for one in stands:
        _add(router, one, about, sees_whom)
    return router


def _add(router: APIRouter, stands: Stands, about: About, sees_whom: str) -> None:
    async def shown(page: Page, subject_id: UUID) -> Response:
        found = await stands.read(subject_id, page.call)
        verdicts = [
            {"source_events": verdict.source_events}
            for decision in found.decisions
            for verdict in decision.verdicts
        ]

        async def read(uow: Any) -> dict[str, tuple[str, int | None]]:
            return await events_relied_on(uow.connection, verdicts)

        return page.show(
            "standing.html",
            decisions=found.decisions,
            freshness=found.freshness,
            events={
                event_id: {"type": kind, "version": version}
                for event_id, (kind, version) in (await page.call.read(read)).items()
            },
            subject_id=subject_id,
            **(await about(found.course_id, page) if page.may(sees_whom) else {}),
        )

    if stands.of == "course":

        async def course(
            course_id: UUID, page: Annotated[Page, Depends(paged(stands.action))]
        ) -> Response:
            return await shown(page, course_id)

        router.get("/courses/{course_id}/standing", name="standing of a course")(course)
    else:

        async def session(
            session_id: UUID, page: Annotated[Page, Depends(paged(stands.action))]
        ) -> Response:
            return await shown(page, session_id)

        router.get("/sessions/{session_id}/standing", name="standing of a session")(session)
