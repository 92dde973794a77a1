"""Rooms and clinicians."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.keep_roster import (
    AddClinician,
    AddRoom,
    RenewCredentials,
    add_clinician,
    add_room,
    renew_credentials,
)
from services.scheduling.persistence import queries
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork as Uow
from services.scheduling.web.api.fields import (
    Body,
    Cursor,
    Limit,
    Name,
    Until,
    bad_cursor,
    moment,
)
from services.scheduling.web.views import (
    ClinicianView,
    Page,
    RoomView,
    clinician_view,
    room_view,
)
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


class ClinicianBody(Body):
    """``ref`` is the clinician's reference in the whole clinic, when one was given already."""

    name: Name
    role: Role
    license_valid_until: Until = None
    kap_training_valid_until: Until = None
    ref: UUID | None = None


class CredentialsBody(Body):
    license_valid_until: Until = None
    kap_training_valid_until: Until = None


@router.post("/rooms", status_code=201, responses=problems(409))
async def new_room(body: RoomBody, call: Keeping) -> RoomView:
    """A room, and what it is good for."""
    return await call.run(add_room, AddRoom(**body.model_dump()), room_view)


@router.get("/rooms", responses=problems())
async def rooms(call: Reading, limit: Limit = 50, after: Cursor = None) -> Page[RoomView]:
    """Every room."""

    async def read(uow: Uow) -> Page[RoomView]:
        found, following = await queries.list_rooms(uow.connection, after=after, limit=limit)
        return Page(items=[room_view(room) for room in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None


@router.post("/clinicians", status_code=201, responses=problems(409))
async def new_clinician(body: ClinicianBody, call: Keeping) -> ClinicianView:
    """A clinician, and what entitles them (F28 to F30)."""
    zone = call.service.settings.zone
    command = AddClinician(
        name=body.name,
        role=body.role,
        license_valid_until=moment(body.license_valid_until, zone),
        kap_training_valid_until=moment(body.kap_training_valid_until, zone),
        ref=body.ref,
    )
    return await call.run(add_clinician, command, lambda c: clinician_view(c, call.context.now))


@router.post("/clinicians/{clinician_id}/credentials", responses=problems(404, 409, 412))
async def credentials(clinician_id: UUID, body: CredentialsBody, call: Keeping) -> ClinicianView:
    """New ends of licence or training; what is left out stays as it is."""
    zone = call.service.settings.zone
    command = RenewCredentials(
        clinician_id=clinician_id,
        license_valid_until=moment(body.license_valid_until, zone),
        kap_training_valid_until=moment(body.kap_training_valid_until, zone),
    )
    return await call.run(renew_credentials, command, lambda c: clinician_view(c, call.context.now))


@router.get("/clinicians", responses=problems())
async def clinicians(call: Reading, limit: Limit = 50, after: Cursor = None) -> Page[ClinicianView]:
    """Every clinician."""

    def show(clinician: Clinician) -> ClinicianView:
        return clinician_view(clinician, call.context.now)

    async def read(uow: Uow) -> Page[ClinicianView]:
        found, following = await queries.list_clinicians(uow.connection, after=after, limit=limit)
        return Page(items=[show(clinician) for clinician in found], next_cursor=following)

    try:
        return await call.read(read)
    except queries.BadCursorError:
        raise bad_cursor() from None
