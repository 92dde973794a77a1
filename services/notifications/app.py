"""Composes notifications: the only module that knows every room."""

from pathlib import Path
from typing import Final

import structlog

from services.notifications.answers import ANSWERS
from services.notifications.channels.simulated import SIMULATED
from services.notifications.handlers import ASKING_TIMERS, TIMERS
from services.notifications.handlers.owe import owe_operator
from services.notifications.peers import NatsPeers
from services.notifications.persistence.tables import metadata
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.publishing import to_contract
from services.notifications.subscribers import SUBSCRIPTIONS
from services.notifications.web.access import ACCESS
from services.notifications.web.api import (
    aftercare,
    check_ins,
    escalations,
    inbox,
    messages,
    standing,
    tasks,
)
from shared.messaging import Delivery
from shared.serving.definition import ServiceDefinition

log = structlog.get_logger()


async def tell_operator(delivery: Delivery, reason: str, uow: SqlNotificationsUnitOfWork) -> None:
    """Nothing is silently dropped: a parked event is somebody's task (INV-39)."""
    log.error("event parked", event_type=delivery.type, reason=reason)
    await owe_operator(
        uow, delivery.client_id, delivery.course_id, cause_id=delivery.event_id, since=uow.now
    )


DEFINITION: Final = ServiceDefinition(
    name="notifications",
    unit_of_work=SqlNotificationsUnitOfWork,
    publish=to_contract,
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    asking_timers={kind: make(SIMULATED) for kind, make in ASKING_TIMERS.items()},
    answers=ANSWERS,
    peers=NatsPeers,
    routers=(
        aftercare.router,
        check_ins.router,
        escalations.router,
        tasks.router,
        messages.router,
        messages.simulated,
        inbox.router,
        standing.router,
    ),
    access=ACCESS,
    metadata=metadata,
    migrations=Path(__file__).parent / "persistence" / "migrations",
    on_parked=tell_operator,
)
