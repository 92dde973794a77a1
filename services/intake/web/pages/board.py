"""The enquiries board: every course, where it is, and who is waited for."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from services.intake.domain.course import TERMINAL
from services.intake.domain.next_steps import STEPS
from services.intake.domain.vocabulary import CourseStatus
from services.intake.persistence.queries import (
    Wanted,
    count_courses,
    count_holds,
    list_clients_of,
    list_courses,
)
from services.intake.web import holds
from services.intake.web.fields import Line
from services.intake.web.paging import PAGE, Cursor, cut
from shared.web.pages.page import Page, paged

router = APIRouter()

NEXT: Final = {status: step for status, step in STEPS.items() if status not in TERMINAL}
STATES: Final = (*(state.value for state in CourseStatus), "closing")


@router.get("/")
async def board(
    page: Annotated[Page, Depends(paged("read_course"))],
    status: Annotated[CourseStatus | Literal["closing"] | None, Query()] = None,
    name: Annotated[Line | None, Query()] = None,
    cursor: Cursor = None,
) -> Response:
    """Courses by state, or those of clients with a name."""

    async def read(uow: Any) -> dict[str, Any]:
        wanted = Wanted(statuses=() if status is None else (status,), name=name)
        found = await list_courses(uow, wanted, after=cursor, most=PAGE)
        shown, following = cut(found, PAGE)
        clients = await list_clients_of(uow, [course.client_id for course in shown])
        counts = await count_courses(uow)
        return {"courses": shown, "following": following, "clients": clients, "counts": counts}

    values = await page.call.read(read)
    return page.show(
        "board.html", states=STATES, steps=NEXT, kind=status, name=name or "", **values
    )


@router.get("/holds")
async def all_holds(
    page: Annotated[Page, Depends(paged("read_course"))],
    status: Literal["open", "lifted"] = "open",
    cursor: Cursor = None,
) -> Response:
    """What intake holds, the oldest first."""
    found = await holds.holds(page.call, status, cursor, PAGE)

    async def read(uow: Any) -> dict[str, Any]:
        clients = await list_clients_of(uow, [hold.client_id for hold in found.items])
        return {"clients": clients, "counts": await count_holds(uow)}

    values = await page.call.read(read)
    return page.show("holds.html", holds=found, kind=status, **values)
