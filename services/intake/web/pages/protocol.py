"""The protocol that a course is run by, and bringing it to a newer version: two roles sign."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.web import clients, protocols
from services.intake.web.fields import Body
from services.intake.web.pages.about import about
from services.intake.web.protocols import ChangeBody
from shared.web.calls import Call
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()


@router.get("/courses/{course_id}/protocol")
async def protocol(
    course_id: UUID, page: Annotated[Page, Depends(paged("read_course"))]
) -> Response:
    """The versions there are, and how the course came to its own."""
    return await _protocol(page, course_id, Form())


@router.post("/courses/{course_id}/protocol")
async def propose(
    course_id: UUID, page: Annotated[Page, Depends(paged("change_protocol"))]
) -> Response:
    """Propose a newer version."""
    return await page.submit(
        ChangeBody,
        lambda body, call: protocols.propose(course_id, body, call),
        then=f"/courses/{course_id}/protocol",
        again=lambda form: _protocol(page, course_id, form),
    )


@router.post("/courses/{course_id}/protocol/{change_id}/signature")
async def sign(
    course_id: UUID, change_id: UUID, page: Annotated[Page, Depends(paged("change_protocol"))]
) -> Response:
    """Sign what the other role proposed; it is decided with it."""

    async def act(_body: Body, call: Call) -> Any:
        return await protocols.signature(change_id, call)

    return await page.submit(
        Body,
        act,
        then=f"/courses/{course_id}/protocol",
        again=lambda form: _protocol(page, course_id, form),
    )


@router.post("/courses/{course_id}/another")
async def another(
    course_id: UUID, page: Annotated[Page, Depends(paged("register_client"))]
) -> Response:
    """The client comes back: a course that is over is followed by another one."""

    async def act(_body: Body, call: Call) -> Any:
        shown = await about(course_id, call)
        return await clients.another_course(shown["client"].id, call)

    return await page.submit(
        Body,
        act,
        then=lambda made: f"/courses/{made['id']}",
        again=lambda form: _protocol(page, course_id, form),
    )


async def _protocol(page: Page, course_id: UUID, form: Form) -> Response:
    shown = await about(course_id, page.call)
    versions = await protocols.protocols(page.call)
    return page.show(
        "protocol.html",
        form=form,
        versions=versions,
        newer=[one for one in versions if one.version > shown["course"].protocol_version],
        changes=(await protocols.changes(course_id, page.call)).items,
        **shown,
    )
