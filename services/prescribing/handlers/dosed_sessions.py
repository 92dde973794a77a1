"""Which sessions had a dose, as the rules want to know it."""

from collections.abc import Iterable
from uuid import UUID

from services.prescribing.domain.authorisation import Dosed
from services.prescribing.domain.dose_order import DoseOrder


def dosed_sessions(orders: Iterable[DoseOrder], *, besides: UUID) -> tuple[Dosed, ...]:
    """One entry per session with a dose, over all its orders; never the session ``besides``."""
    times: dict[UUID, list[DoseOrder]] = {}
    for order in orders:
        if order.count and order.session_id != besides:
            times.setdefault(order.session_id, []).append(order)
    return tuple(_dosed(session_id, dosed) for session_id, dosed in times.items())


def _dosed(session_id: UUID, orders: list[DoseOrder]) -> Dosed:
    given = [dose.administered_at for order in orders for dose in order.doses]
    return Dosed(session_id=session_id, first_at=min(given), last_at=max(given))
