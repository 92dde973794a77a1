"""What every service tells of records that were opened in an emergency, and that it is over."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from careteam_contracts.base import Event
from careteam_contracts.emergency import EMERGENCY_ACCESS_OPENED, EMERGENCY_ACCESS_REVIEWED
from careteam_contracts.enums import Service
from shared.access import Ground
from shared.audit import Entry, Outcome
from shared.messaging import Due
from shared.storage import SqlUnitOfWork
from shared.storage.emergency import (
    OVER_TIMER,
    EmergencyAccessOpened,
    EmergencyAccessReviewed,
)

_OPENED: Final = {model.producer: model for model in EMERGENCY_ACCESS_OPENED}
_REVIEWED: Final = {model.producer: model for model in EMERGENCY_ACCESS_REVIEWED}


def told_by(service: Service, own: Callable[[Any], Event]) -> Callable[[Any], Event]:
    """A service's own events as contract events, and those that every service has."""

    def to_contract(event: Any) -> Event:
        match event:
            case EmergencyAccessOpened():
                return _OPENED[service](access_id=event.access_id, ends_at=event.ends_at)
            case EmergencyAccessReviewed():
                return _REVIEWED[service](access_id=event.access_id)
            case _:
                return own(event)

    return to_contract


async def when_emergency_access_ends(due: Due, uow: SqlUnitOfWork) -> None:
    """The hour is over by itself; the chain has a row of the end as it has one of the beginning."""
    access = await uow.emergencies.find(due.key)
    if access is None:
        return
    uow.accounted.append(
        Entry(
            action=OVER_TIMER,
            outcome=Outcome.ALLOWED,
            role=access.role,
            ref=access.person_ref,
            why=Ground.BREAK_GLASS,
            clinic_time=access.ends_at,
            correlation_id=uow.context.correlation_id,
            target=access.id,
            clients=(access.client_id,),
        )
    )


TIMERS: Final[Mapping[str, Callable[[Due, Any], Awaitable[None]]]] = {
    OVER_TIMER: when_emergency_access_ends
}
