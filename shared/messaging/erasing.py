"""What every service does about the erasure of a client: says what keeps them, and erases."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from careteam_contracts.base import Event
from careteam_contracts.enums import KeepsClient
from careteam_contracts.erasing import ErasureAnswer
from shared.messaging.delivery import Delivery
from shared.storage import SqlUnitOfWork


async def erase_client(_event: Event, delivery: Delivery, uow: Any) -> None:
    """The fold of the one event after which a client is not there any more."""
    await uow.erase(delivery.client_id)


async def erasure_answer(
    uow: SqlUnitOfWork, client_id: UUID, kept: Mapping[KeepsClient, bool]
) -> ErasureAnswer:
    """The service's own reasons, and those that any service can have."""
    freshness = (await uow.freshness(client_id)).values()
    reasons = {
        **kept,
        KeepsClient.EMERGENCY_ACCESS: await uow.emergencies.unsettled(client_id),
        KeepsClient.PARKED_EVENT: any(one.parked for one in freshness),
    }
    return ErasureAnswer(
        unverifiable=any(one.waiting for one in freshness) and not any(reasons.values()),
        answered_at=uow.now,
        kept_by=tuple(kind for kind, keeps in reasons.items() if keeps),
    )
