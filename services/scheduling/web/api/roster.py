"""Rooms and clinicians."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from pydantic import Field

from services.scheduling.domain.availability import WorkingHours
from services.scheduling.domain.clinician import Clinician, Credentials
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.keep_roster import (
    AddClinician,
    AddRoom,
    RecordAbsence,
    RenewCredentials,
    SetHours,
    WithdrawAbsence,
    add_absence,
    add_clinician,
    add_room,
    end_absence,
    renew_credentials,
    set_hours,
)
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import (
    Body,
    Code,
    Cursor,
    Limit,
    Moment,
    Name,
    NoBody,
    Until,
    bad_cursor,
    moment,
)
from services.scheduling.web.roster_views import (
    ClinicianView,
    HoursView,
    RoomView,
    clinician_view,
    room_view,
)
from services.scheduling.web.views import Page
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["roster"])
Reading = Annotated[Call, Depends(calling("read_roster"))]
Keeping = Annotated[Call, Depends(calling("keep_roster"))]


class RoomBody(Body):
    name: Name
    dosing_capable: bool = False
    iv_capable: bool = False
    monitor: bool = False


class CredentialsBody(Body):
    """What entitles a clinician, with its ends (F28, F30)."""

    license_valid_until: Until = None
    license_number: Code | None = None
    license_state: Code | None = None
    kap_training_valid_until: Until = None
    kap_certificate: Code | None = None

    def credentials(self, zone: ZoneInfo) -> Credentials:
        return Credentials(
            license_valid_until=moment(self.license_valid_until, zone),
            license_number=self.license_number,
            license_state=self.license_state,
            kap_training_valid_until=moment(self.kap_training_valid_until, zone),
            kap_certificate=self.kap_certificate,
        )


class ClinicianBody(CredentialsBody):
    """``ref`` is the clinician's reference in the whole clinic, when one was given already."""

    name: Name
    role: Role
    ref: UUID | None = None


class HoursBody(Body):
    """The whole week; an empty list means at any time."""

    hours: Annotated[list[HoursView], Field(max_length=28)]


class AbsenceBody(Body):
    since: Moment
    until: Moment


@router.post("/rooms", status_code=201, responses=problems(409))
async def new_room(body: RoomBody, call: Keeping) -> RoomView:
    """A room, and what it is good for."""
    return await call.run(add_room, AddRoom(**body.model_dump()), room_view)


@router.get("/rooms", responses=problems())
async def rooms(call: Reading, limit: Limit = 50, after: Cursor = None) -> Page[RoomView]:
    """Every room."""

    async def read(uow: Uow) -> Page[RoomView]:
        found, following = await queries.list_rooms(uow, after=after, limit=limit)
        return Page(items=[room_view(room) for room in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None


def seen(call: Call) -> Callable[[Clinician], ClinicianView]:
    """How clinicians are shown to this caller, now."""
    return lambda clinician: clinician_view(clinician, call.context.now)


@router.post("/clinicians", status_code=201, responses=problems(409))
async def new_clinician(body: ClinicianBody, call: Keeping) -> ClinicianView:
    """A clinician, and what entitles them (F28 to F30)."""
    held = body.credentials(call.service.settings.zone)
    command = AddClinician(name=body.name, role=body.role, credentials=held, ref=body.ref)
    return await call.run(add_clinician, command, seen(call))


@router.post("/clinicians/{clinician_id}/credentials", responses=problems(404, 409, 412))
async def credentials(clinician_id: UUID, body: CredentialsBody, call: Keeping) -> ClinicianView:
    """New ends of licence or training; what is left out stays as it is."""
    held = body.credentials(call.service.settings.zone)
    command = RenewCredentials(clinician_id=clinician_id, credentials=held)
    return await call.run(renew_credentials, command, seen(call))


@router.post("/clinicians/{clinician_id}/hours", responses=problems(404, 409, 412))
async def hours(clinician_id: UUID, body: HoursBody, call: Keeping) -> ClinicianView:
    """When the clinician works. Bookings outside are blocked by name until somebody moves them."""
    week = tuple(WorkingHours(weekday=h.weekday, start=h.start, end=h.end) for h in body.hours)
    command = SetHours(clinician_id=clinician_id, hours=week)
    return await call.run(set_hours, command, seen(call))


@router.post(
    "/clinicians/{clinician_id}/absences", status_code=201, responses=problems(404, 409, 412)
)
async def absence(clinician_id: UUID, body: AbsenceBody, call: Keeping) -> ClinicianView:
    """Away. Bookings within it are blocked by name until somebody moves them."""
    command = RecordAbsence(clinician_id=clinician_id, since=body.since, until=body.until)
    return await call.run(add_absence, command, seen(call))


@router.post(
    "/clinicians/{clinician_id}/absences/{absence_id}/withdrawal",
    responses=problems(404, 409, 412),
)
async def withdrawal(
    clinician_id: UUID, absence_id: UUID, call: Keeping, _body: NoBody | None = None
) -> ClinicianView:
    """There after all."""
    command = WithdrawAbsence(clinician_id=clinician_id, absence_id=absence_id)
    return await call.run(end_absence, command, seen(call))


@router.get("/clinicians", responses=problems())
async def clinicians(call: Reading, limit: Limit = 50, after: Cursor = None) -> Page[ClinicianView]:
    """Every clinician."""

    show = seen(call)

    async def read(uow: Uow) -> Page[ClinicianView]:
        found, following = await queries.list_clinicians(uow, after=after, limit=limit)
        return Page(items=[show(clinician) for clinician in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None
