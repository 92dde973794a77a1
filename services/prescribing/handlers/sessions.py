"""A dosing session as prescribing knows it: by its orders, its client locked."""

from uuid import UUID

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.recovery import Recovery
from services.prescribing.handlers.ports import UnitOfWork
from shared.storage import NotFound


async def orders_of(uow: UnitOfWork, session_id: UUID) -> list[DoseOrder]:
    """The session's orders, the one that counts last; raises NotFound for an unknown session."""
    orders = await uow.dose_orders.list_by(session_id=session_id)
    if not orders:
        raise NotFound("session", session_id)
    return sorted(orders, key=lambda o: (o.open, o.count > 0, str(o.id)))


async def recovery_of(uow: UnitOfWork, session_id: UUID) -> Recovery:
    """The recovery of a session with a dose; raises NotFound without one."""
    recovery = await uow.recoveries.find_by(session_id=session_id)
    if recovery is None:
        raise NotFound("recovery", session_id)
    return recovery


def newest_prescription(written: list[Prescription]) -> Prescription | None:
    """The one in force; else the newest that anybody relied on; a draft is nobody's yet."""
    relied_on = [rx for rx in written if rx.activated is not None]
    return max(
        relied_on,
        key=lambda rx: (rx.status is PrescriptionStatus.ACTIVE, str(rx.id)),
        default=None,
    )
