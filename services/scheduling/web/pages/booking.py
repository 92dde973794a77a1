"""Booking, moving and calling off, with what is in the way shown before anybody asks for it."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_states import SessionKind, Setting
from services.scheduling.persistence import calendar_queries
from services.scheduling.web.api import previews, sessions
from services.scheduling.web.api.booking_bodies import BookingBody, RescheduleBody
from services.scheduling.web.api.fields import NoBody
from services.scheduling.web.api.sessions import CancellationBody
from services.scheduling.web.pages.clashes import taken
from services.scheduling.web.pages.colleagues import Colleagues, colleagues_of
from services.scheduling.web.pages.naming import names_of
from services.scheduling.web.pages.session_facts import session_facts
from services.scheduling.web.views import GateView
from shared.runtime.ids import new_id
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions")

_ATTENDING: Final = (Role.NURSE, Role.THERAPIST, Role.PRESCRIBER)
_BY: Final = (Role.CLIENT, Role.THERAPIST, Role.PRESCRIBER, Role.FRONT_DESK, Role.ON_CALL)


@router.get("/new")
async def new_session(
    page: Annotated[Page, Depends(paged("book_session"))],
    course_id: UUID | None = None,
    starts_at: str = "",
    draft: UUID | None = None,
) -> Response:
    """When, with whom, and where? Each booking has a draft of its own."""
    if draft is not None:
        return await _booking(page, page.typed_in(str(draft)))
    if page.kept_form is not None:
        return await _booking(page, page.kept_form)
    given = {"course_id": str(course_id) if course_id else "", "starts_at": starts_at}
    values = {name: value for name, value in given.items() if value}
    return await _booking(page, Form(values=values, subject=str(new_id())))


@router.post("/new")
async def book(page: Annotated[Page, Depends(paged("book_session"))]) -> Response:
    """Book it."""
    return await page.submit(
        BookingBody,
        sessions.book,
        then=lambda made: f"/sessions/{made['id']}",
        again=lambda form: _booking(page, form),
    )


@router.post("/preview")
async def preview(page: Annotated[Page, Depends(paged("book_session"))]) -> Response:
    """What would be in the way; nothing is booked by asking."""
    return await page.ask(
        BookingBody,
        previews.booking,
        shown=lambda form, gate: _booking(page, form, gate),
        again=lambda form: _booking(page, form),
    )


async def _booking(page: Page, form: Form, gate: GateView | None = None) -> Response:
    async def read(uow: Any) -> Any:
        courses = await calendar_queries.open_courses(uow)
        return courses, await calendar_queries.all_rooms(uow)

    courses, rooms = await page.call.read(read)
    names = await names_of(page.call, (one.client_id for one in courses))
    clashes = taken(form, gate)
    colleagues = await colleagues_of(page.call)
    return page.show(
        "booking.html",
        form=form,
        others=page.other_drafts(form),
        gate=gate,
        names=names,
        clashes=clashes,
        clash_names=await names_of(page.call, (one.client_id for one in clashes)),
        courses=sorted(((str(c.id), names.of(c.client_id)) for c in courses), key=lambda c: c[1]),
        rooms=[(str(room.id), room.name) for room in rooms],
        kinds=[one.value for one in SessionKind],
        settings=[one.value for one in Setting],
        name_of=colleagues.name_of,
        **_bookable(colleagues),
    )


@router.get("/{session_id}/reschedule")
async def moving(
    session_id: UUID, page: Annotated[Page, Depends(paged("reschedule_session"))]
) -> Response:
    """Another time, another room, another therapist; or not at all."""
    return await _moving(page, session_id, Form())


@router.post("/{session_id}/reschedule")
async def move(
    session_id: UUID, page: Annotated[Page, Depends(paged("reschedule_session"))]
) -> Response:
    """Move it."""
    return await page.submit(
        RescheduleBody,
        lambda body, call: sessions.reschedule(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _moving(page, session_id, form),
    )


@router.post("/{session_id}/reschedule/preview")
async def preview_move(
    session_id: UUID, page: Annotated[Page, Depends(paged("reschedule_session"))]
) -> Response:
    """What would be in the way; nothing is moved by asking."""
    return await page.ask(
        RescheduleBody,
        lambda body, call: previews.rescheduling(session_id, body, call),
        shown=lambda form, gate: _moving(page, session_id, form, gate),
        again=lambda form: _moving(page, session_id, form),
    )


@router.post("/{session_id}/cancellation")
async def cancel(
    session_id: UUID, page: Annotated[Page, Depends(paged("cancel_session"))]
) -> Response:
    """Call it off."""
    return await page.submit(
        CancellationBody,
        lambda body, call: sessions.cancellation(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _moving(page, session_id, form),
    )


@router.post("/{session_id}/missed")
async def miss(session_id: UUID, page: Annotated[Page, Depends(paged("miss_session"))]) -> Response:
    """The client did not come."""
    return await page.submit(
        NoBody,
        lambda _, call: sessions.missed(session_id, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _moving(page, session_id, form),
    )


async def _moving(
    page: Page, session_id: UUID, form: Form, gate: GateView | None = None
) -> Response:
    clashes = taken(form, gate)
    return page.show(
        "reschedule.html",
        form=form,
        gate=gate,
        clashes=clashes,
        clash_names=await names_of(page.call, (one.client_id for one in clashes)),
        asking=[one.value for one in _BY],
        **_bookable(await colleagues_of(page.call)),
        **await session_facts(session_id, page.call),
    )


def _bookable(colleagues: Colleagues) -> dict[str, list[tuple[str, str]]]:
    """Who stands in the roster: nobody else can be booked."""
    return {
        "therapists": colleagues.in_roster(Role.THERAPIST),
        "supervisors": colleagues.in_roster(Role.PRESCRIBER),
        "attendants": colleagues.in_roster(*_ATTENDING),
    }
