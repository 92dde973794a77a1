"""Rooms and clinicians: what they are good for, and when they are there."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.roles import Role
from services.scheduling.web.api import roster as api
from services.scheduling.web.api.fields import NoBody
from services.scheduling.web.api.roster import (
    AbsenceBody,
    ClinicianBody,
    CredentialsBody,
    RoomBody,
)
from services.scheduling.web.pages.colleagues import MOST, colleagues_of
from services.scheduling.web.pages.working_hours import WEEK, WeekBody, written
from shared.storage import NotFound
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/roster")

_TREATING = (Role.THERAPIST, Role.PRESCRIBER, Role.NURSE)


@router.get("")
async def roster(page: Annotated[Page, Depends(paged("read_roster"))]) -> Response:
    """Everybody and every room."""
    return await _roster(page, Form())


@router.post("/rooms")
async def add_room(page: Annotated[Page, Depends(paged("keep_roster"))]) -> Response:
    """A room."""
    return await page.submit(
        RoomBody, api.new_room, then="/roster", again=lambda form: _roster(page, form)
    )


@router.post("/clinicians")
async def add_clinician(page: Annotated[Page, Depends(paged("keep_roster"))]) -> Response:
    """A clinician."""
    return await page.submit(
        ClinicianBody, api.new_clinician, then="/roster", again=lambda form: _roster(page, form)
    )


@router.get("/clinicians/{clinician_id}")
async def clinician(
    clinician_id: UUID, page: Annotated[Page, Depends(paged("read_roster"))]
) -> Response:
    """One clinician: papers, hours, absences."""
    return await _clinician(page, clinician_id, Form())


@router.post("/clinicians/{clinician_id}/credentials")
async def renew(
    clinician_id: UUID, page: Annotated[Page, Depends(paged("keep_roster"))]
) -> Response:
    """New ends of licence or training."""
    return await page.submit(
        CredentialsBody,
        lambda body, call: api.credentials(clinician_id, body, call),
        then=f"/roster/clinicians/{clinician_id}",
        again=lambda form: _clinician(page, clinician_id, form),
    )


@router.post("/clinicians/{clinician_id}/hours")
async def working_hours(
    clinician_id: UUID, page: Annotated[Page, Depends(paged("keep_roster"))]
) -> Response:
    """The whole week anew."""
    return await page.submit(
        WeekBody,
        lambda body, call: api.hours(clinician_id, body.hours(), call),
        then=f"/roster/clinicians/{clinician_id}",
        again=lambda form: _clinician(page, clinician_id, form),
    )


@router.post("/clinicians/{clinician_id}/absences")
async def away(
    clinician_id: UUID, page: Annotated[Page, Depends(paged("keep_roster"))]
) -> Response:
    """Away; what is booked within it is blocked by name until somebody moves it."""
    return await page.submit(
        AbsenceBody,
        lambda body, call: api.absence(clinician_id, body, call),
        then=f"/roster/clinicians/{clinician_id}",
        again=lambda form: _clinician(page, clinician_id, form),
    )


@router.post("/clinicians/{clinician_id}/absences/{absence_id}/withdrawal")
async def there_after_all(
    clinician_id: UUID, absence_id: UUID, page: Annotated[Page, Depends(paged("keep_roster"))]
) -> Response:
    """There after all."""
    return await page.submit(
        NoBody,
        lambda _, call: api.withdrawal(clinician_id, absence_id, call),
        then=f"/roster/clinicians/{clinician_id}",
        again=lambda form: _clinician(page, clinician_id, form),
    )


async def _roster(page: Page, form: Form) -> Response:
    colleagues = await colleagues_of(page.call)
    return page.show(
        "roster.html",
        form=form,
        rooms=(await api.rooms(page.call, MOST)).items,
        clinicians=sorted(colleagues.roster, key=lambda one: one.name),
        outside=colleagues.outside(*_TREATING),
        roles=[one.value for one in _TREATING],
    )


async def _clinician(page: Page, clinician_id: UUID, form: Form) -> Response:
    everybody = (await api.clinicians(page.call, MOST)).items
    one = next((who for who in everybody if who.id == clinician_id), None)
    if one is None:
        raise NotFound("clinician", clinician_id)
    week = written(one.hours)
    return page.show(
        "clinician.html",
        form=form,
        clinician=one,
        week=[(day, week.get(day, "")) for day in WEEK],
    )
