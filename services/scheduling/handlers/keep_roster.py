"""Rooms and clinicians."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.clinician import Clinician
from services.scheduling.domain.roles import Role
from services.scheduling.domain.room import Room
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRoom:
    name: str
    dosing_capable: bool
    iv_capable: bool
    monitor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AddClinician:
    name: str
    role: Role
    license_valid_until: datetime | None
    kap_training_valid_until: datetime | None
    ref: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewCredentials:
    clinician_id: UUID
    license_valid_until: datetime | None
    kap_training_valid_until: datetime | None


async def add_room(command: AddRoom, uow: UnitOfWork) -> Room:
    room = Room(
        id=uow.new_id(),
        name=command.name,
        dosing_capable=command.dosing_capable,
        iv_capable=command.iv_capable,
        monitor=command.monitor,
    )
    return await uow.rooms.save(Change(room))


async def add_clinician(command: AddClinician, uow: UnitOfWork) -> Clinician:
    """Into the roster, once; what entitles is renewed, not entered again."""
    if command.ref is not None and await uow.clinicians.find(command.ref) is not None:
        refuse("clinician-already-known", "F30", clinician_id=str(command.ref))
    clinician = Clinician(
        id=command.ref or uow.new_id(),
        name=command.name,
        role=command.role,
        license_valid_until=command.license_valid_until,
        kap_training_valid_until=command.kap_training_valid_until,
    )
    return await uow.clinicians.save(Change(clinician))


async def renew_credentials(command: RenewCredentials, uow: UnitOfWork) -> Clinician:
    clinician = await uow.clinicians.get(command.clinician_id)
    renewed = clinician.renewed(
        license_until=command.license_valid_until,
        training_until=command.kap_training_valid_until,
    )
    return await uow.clinicians.save(Change(renewed))
