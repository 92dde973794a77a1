"""A prescription is revoked: by its prescriber, or because its ground fell away (section 7.2)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.review_task import TaskKind
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from shared.protocol import HoldCategory

REVOKING: Final = frozenset(
    {
        HoldCategory.MEDICAL,
        HoldCategory.CONTRAINDICATION,
        HoldCategory.SUICIDALITY,
        HoldCategory.ADVERSE_EVENT,
        HoldCategory.ADMINISTRATIVE,
    }
)
"""Causes that arise here; each places its hold with the revocation (ruling 19)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePrescription:
    prescription_id: UUID
    category: HoldCategory = HoldCategory.MEDICAL


async def revoke_prescription(command: RevokePrescription, uow: UnitOfWork) -> Prescription:
    """J7: undosed orders end at once; a client with a dose on board is not touched."""
    rx = await uow.prescriptions.get(command.prescription_id)
    published = rx.activated is not None
    await revoke(uow, rx, command.category, by=clinician(uow))
    if published:
        await place_hold(
            uow,
            command.category,
            client_id=rx.client_id,
            course_id=rx.course_id,
            session_id=None,
            cause=f"prescription-revoked:{rx.id}",
            at=uow.now,
        )
    await advance_course(uow, rx.course_id, rx.client_id)
    return await uow.prescriptions.get(rx.id)


async def revoke(
    uow: UnitOfWork, rx: Prescription, category: HoldCategory, *, by: Clinician | None
) -> None:
    """The revocation itself; a session with a dose leaves a task for the prescriber (6.2)."""
    await keep_prescription(uow, rx.revoke(category, at=uow.now, by=by))
    for order in await uow.dose_orders.list_by(course_id=rx.course_id):
        if order.status is DoseOrderStatus.ADMINISTERED and order.prescription_id == rx.id:
            await raise_task(
                uow,
                TaskKind.REVOKED_AFTER_DOSE,
                client_id=order.client_id,
                course_id=order.course_id,
                session_id=order.session_id,
                cause=str(order.id),
            )


async def revoke_active(uow: UnitOfWork, course_id: UUID, category: HoldCategory) -> None:
    """The ground of the course's prescription fell away elsewhere: no hold of ours follows."""
    for rx in await uow.prescriptions.list_by(course_id=course_id):
        if rx.status is PrescriptionStatus.ACTIVE:
            await revoke(uow, rx, category, by=None)
