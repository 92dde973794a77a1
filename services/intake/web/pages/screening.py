"""The screening form, and what it has found."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.web import courses, questions
from services.intake.web import screening as api
from services.intake.web.pages.about import about
from services.intake.web.screening import ScreeningBody
from shared.protocol import FindingCode, Indication, Programme
from shared.storage import NotFound
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")


@router.get("/{course_id}/screening")
async def screening(
    course_id: UUID, page: Annotated[Page, Depends(paged("submit_screening"))]
) -> Response:
    """What was handed in, and a form for what is new."""
    return await _screening(page, course_id, Form())


@router.post("/{course_id}/screening")
async def submit(
    course_id: UUID, page: Annotated[Page, Depends(paged("submit_screening"))]
) -> Response:
    """Hand in the form; what it finds takes effect at once."""
    client_id = (await courses.course(course_id, page.call)).client_id
    return await page.submit(
        ScreeningBody,
        lambda body, call: api.screening(client_id, body, call),
        then=f"/courses/{course_id}/screening",
        again=lambda form: _screening(page, course_id, form),
    )


async def _screening(page: Page, course_id: UUID, form: Form) -> Response:
    values = await about(course_id, page.call)
    file = None
    if page.may("read_screening"):
        try:
            file = await api.screening_file(values["course"].client_id, page.call)
        except NotFound:
            file = None
    return page.show(
        "screening.html",
        form=form,
        file=file,
        programmes=[one.value for one in Programme],
        indications=[one.value for one in Indication],
        codes=[one.value for one in FindingCode],
        questions=await questions.questions(course_id, page.call, "open"),
        **values,
    )
