"""Rooms and clinicians: what they are good for, what entitles them, when they are there."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.availability import Absence, WorkingHours
from services.scheduling.domain.clinician import (
    Clinician,
    Credentials,
    record_absence,
    withdraw_absence,
)
from services.scheduling.domain.roles import Role
from services.scheduling.domain.room import Room
from services.scheduling.handlers.deadlines import LOOK_AGAIN
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
    credentials: Credentials
    ref: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewCredentials:
    clinician_id: UUID
    credentials: Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHours:
    clinician_id: UUID
    hours: tuple[WorkingHours, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAbsence:
    clinician_id: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAbsence:
    clinician_id: UUID
    absence_id: UUID


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
        credentials=command.credentials,
    )
    return await uow.clinicians.save(Change(clinician))


async def renew_credentials(command: RenewCredentials, uow: UnitOfWork) -> Clinician:
    clinician = await uow.clinicians.get(command.clinician_id)
    return await _keep(uow, clinician.renewed(command.credentials))


async def set_hours(command: SetHours, uow: UnitOfWork) -> Clinician:
    """When the clinician works, week by week; none means at any time."""
    clinician = await uow.clinicians.get(command.clinician_id)
    return await _keep(uow, replace(clinician, hours=command.hours))


async def add_absence(command: RecordAbsence, uow: UnitOfWork) -> Clinician:
    clinician = await uow.clinicians.get(command.clinician_id)
    absence = Absence(id=uow.new_id(), since=command.since, until=command.until)
    return await _keep(uow, record_absence(clinician, absence))


async def end_absence(command: WithdrawAbsence, uow: UnitOfWork) -> Clinician:
    clinician = await uow.clinicians.get(command.clinician_id)
    return await _keep(uow, withdraw_absence(clinician, command.absence_id))


async def _keep(uow: UnitOfWork, clinician: Clinician) -> Clinician:
    """Bookings with this clinician are looked at again, client by client (ruling 20)."""
    kept = await uow.clinicians.save(Change(clinician))
    for session_id, client_id in await uow.promised_with(kept.id):
        await uow.timers.set(LOOK_AGAIN, session_id, uow.now, client_id=client_id)
    return kept
