"""A check-in: somebody calls the client, and says how it went."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.vocabulary import CheckInOutcome
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import check_ins
from services.notifications.web.api.bodies import CheckInBody
from services.notifications.web.pages.about import about
from services.notifications.web.views import CheckInView, check_in_view
from shared.web.pages.client import open_questions
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/check-ins")


@router.get("/{checkin_id}")
async def check_in(
    checkin_id: UUID, page: Annotated[Page, Depends(paged("see_check_ins"))]
) -> Response:
    """When it is due, and how it went."""
    return await _check_in(page, checkin_id, Form())


@router.post("/{checkin_id}")
async def complete(
    checkin_id: UUID, page: Annotated[Page, Depends(paged("complete_check_in"))]
) -> Response:
    """Record how it went. A concern, or no response, calls people."""
    return await page.submit(
        CheckInBody,
        lambda body, call: check_ins.complete(checkin_id, body, call),
        then=lambda made: f"/aftercare/{made['aftercare_id']}",
        again=lambda form: _check_in(page, checkin_id, form),
    )


async def _check_in(page: Page, checkin_id: UUID, form: Form) -> Response:
    async def read(uow: SqlNotificationsUnitOfWork) -> CheckInView:
        return check_in_view(await uow.check_ins.get(checkin_id))

    found = await page.call.read(read)
    asked = (
        await open_questions(page.call, found.course_id)
        if found.status is not CheckInStatus.CLOSED
        else None
    )
    return page.show(
        "check_in.html",
        form=form,
        check_in=found,
        open_questions=asked,
        outcomes=[outcome.value for outcome in CheckInOutcome],
        **await about(found.aftercare_id, page.call),
    )
