"""What a dose order tells: its own identity with what happened to it."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from services.prescribing.domain.dose_order_states import Dose
from services.prescribing.domain.events import (
    DoseAdministered,
    DoseAuthorized,
    DoseOrderClosed,
    DoseWithheld,
)
from shared.protocol import HoldCategory

if TYPE_CHECKING:
    from services.prescribing.domain.dose_order import DoseOrder


def dose_authorized(order: "DoseOrder", prescription_id: UUID, at: datetime) -> DoseAuthorized:
    return DoseAuthorized(
        at=at,
        dose_order_id=order.id,
        session_id=order.session_id,
        prescription_id=prescription_id,
        valid_until=order.planned_end_at,
    )


def dose_administered(order: "DoseOrder", dose: Dose, observe_until: datetime) -> DoseAdministered:
    return DoseAdministered(
        at=dose.administered_at,
        session_id=order.session_id,
        dose_order_id=order.id,
        dose_seq=dose.seq,
        administered_at=dose.administered_at,
        timing_profile=dose.timing_profile,
        observe_until=observe_until,
    )


def dose_withheld(order: "DoseOrder", category: HoldCategory, at: datetime) -> DoseWithheld:
    return DoseWithheld(
        at=at, session_id=order.session_id, dose_order_id=order.id, hold_category=category
    )


def dose_order_closed(order: "DoseOrder", at: datetime) -> DoseOrderClosed:
    return DoseOrderClosed(
        at=at,
        session_id=order.session_id,
        dose_order_id=order.id,
        administered_count=order.count,
    )
