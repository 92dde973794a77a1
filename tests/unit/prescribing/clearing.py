"""A recovery that was cleared, for tests about what may happen next."""

from datetime import datetime, timedelta
from uuid import UUID

from services.prescribing.domain.clearance import clear
from services.prescribing.domain.recovery import Recovery
from shared.protocol import ClearanceRole
from tests.unit.prescribing.clinic import NURSE, PROTOCOL, at, observation, recovering

CLEARANCE = UUID(int=40)


def ready(when: datetime | None = None) -> Recovery:
    """Every criterion met at 12:30, the dose at 10:00."""
    looked = when or at("12:30")
    return (
        recovering().record(observation(), PROTOCOL.recovery, by=NURSE, at=looked, now=looked).state
    )


def cleared(when: datetime | None = None) -> Recovery:
    """Cleared at 12:35 for half an hour."""
    return clear(
        ready(),
        CLEARANCE,
        by=NURSE,
        role=ClearanceRole.NURSE,
        at=when or at("12:35"),
        validity=timedelta(minutes=30),
    ).state
