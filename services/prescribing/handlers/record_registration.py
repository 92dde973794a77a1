"""A prescriber's licence and DEA registration are written down (F38)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.registration import Registration
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRegistration:
    prescriber_ref: UUID
    licence_valid_until: datetime
    dea_valid_until: datetime
    dea_number: str | None = None
    licence_number: str | None = None
    licence_state: str | None = None


async def record_registration(command: RecordRegistration, uow: UnitOfWork) -> Registration:
    """The newest record counts. A prescriber records their own; an operator anybody's."""
    if uow.actor.role == Role.PRESCRIBER and uow.actor.ref != command.prescriber_ref:
        refuse(
            "registration-of-another-prescriber",
            "F38",
            Unblock(
                fact="the prescriber's own word",
                owner="prescribing",
                action="let the prescriber, or an operator, record it",
            ),
        )
    await uow.registrations.find(command.prescriber_ref)
    return await uow.registrations.save(
        Change(
            Registration(
                id=command.prescriber_ref,
                licence_valid_until=command.licence_valid_until,
                dea_valid_until=command.dea_valid_until,
                recorded_at=uow.now,
                dea_number=command.dea_number,
                licence_number=command.licence_number,
                licence_state=command.licence_state,
            )
        )
    )
