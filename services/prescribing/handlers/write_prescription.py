"""Writing a prescription, and confirming a high one (sections 3.6, 3.11 and 6.2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.prescribing_limits import require_terms
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_elements import DispenseMode
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.vocabulary import PrescriptionKind
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.ports import UnitOfWork
from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPrescription:
    course_id: UUID
    kind: PrescriptionKind
    route: Route
    terms: Terms
    pdmp_checked_at: datetime
    dispense_mode: DispenseMode = DispenseMode.IN_CLINIC
    reason: str | None = None


async def draft_prescription(command: DraftPrescription, uow: UnitOfWork) -> Prescription:
    """A draft binds nobody; it is held to the limits all the same."""
    course = await uow.course(command.course_id)
    protocol = await uow.protocol_of(course.course_id)
    require_terms(
        command.terms,
        kind=command.kind,
        route=command.route,
        start=uow.now,
        protocol=protocol,
        zone=uow.timezone,
        dispense_mode=command.dispense_mode,
    )
    return await uow.prescriptions.save(
        Prescription.draft(
            uow.new_id(),
            client_id=course.client_id,
            course_id=course.course_id,
            kind=command.kind,
            route=command.route,
            terms=command.terms,
            pdmp_checked_at=command.pdmp_checked_at,
            by=clinician(uow),
            at=uow.now,
            dispense_mode=command.dispense_mode,
            reason=command.reason,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPrescription:
    prescription_id: UUID


async def confirm_prescription(command: ConfirmPrescription, uow: UnitOfWork) -> Prescription:
    """A second prescriber stands beside an amount above the ceiling."""
    rx = await uow.prescriptions.get(command.prescription_id)
    return await uow.prescriptions.save(rx.confirm(clinician(uow), uow.now))
