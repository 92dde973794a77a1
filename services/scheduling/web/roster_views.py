"""Rooms and clinicians as the API shows them."""

from datetime import datetime, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.roles import Role
from services.scheduling.domain.room import Room


class RoomView(BaseModel):
    id: UUID
    status: str = "in_use"
    name: str
    dosing_capable: bool
    iv_capable: bool
    monitor: bool


class HoursView(BaseModel):
    """Local times; Monday is 0. An end that is not after its start is on the following day."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    start: time
    end: time


class AbsenceView(BaseModel):
    id: UUID
    since: datetime
    until: datetime


class ClinicianView(BaseModel):
    """Without ``hours`` the clinician may be booked at any time."""

    id: UUID
    status: Literal["entitled", "lapsed"]
    name: str
    role: Role
    license_valid_until: datetime | None
    license_number: str | None
    license_state: str | None
    kap_training_valid_until: datetime | None
    kap_certificate: str | None
    hours: list[HoursView]
    absences: list[AbsenceView]


def room_view(room: Room) -> RoomView:
    return RoomView(
        id=room.id,
        name=room.name,
        dosing_capable=room.dosing_capable,
        iv_capable=room.iv_capable,
        monitor=room.monitor,
    )


def clinician_view(clinician: Clinician, now: datetime) -> ClinicianView:
    lapsed = clinician.role is Role.THERAPIST and any(clinician.missing_for(dosing=True, at=now))
    held = clinician.credentials
    return ClinicianView(
        id=clinician.id,
        status="lapsed" if lapsed else "entitled",
        name=clinician.name,
        role=clinician.role,
        license_valid_until=held.license_valid_until,
        license_number=held.license_number,
        license_state=held.license_state,
        kap_training_valid_until=held.kap_training_valid_until,
        kap_certificate=held.kap_certificate,
        hours=[HoursView(weekday=h.weekday, start=h.start, end=h.end) for h in clinician.hours],
        absences=[
            AbsenceView(id=a.id, since=a.since, until=a.until)
            for a in clinician.absences
            if a.until > now
        ],
    )
