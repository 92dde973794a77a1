"""A prescriber's licence and DEA registration are written down (F38)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.registration import Registration
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRegistration:
    prescriber_ref: UUID
    licence_valid_until: datetime
    dea_valid_until: datetime


async def record_registration(command: RecordRegistration, uow: UnitOfWork) -> Registration:
    """The newest record counts."""
    await uow.registrations.find(command.prescriber_ref)
    return await uow.registrations.save(
        Change(
            Registration(
                id=command.prescriber_ref,
                licence_valid_until=command.licence_valid_until,
                dea_valid_until=command.dea_valid_until,
                recorded_at=uow.now,
            )
        )
    )
