"""Everything that notifications hears. A file per producer is in ``subscriptions``."""

from typing import Any, Final

from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.subscriptions.from_everyone import FROM_EVERYONE
from services.notifications.subscriptions.from_intake import FROM_INTAKE
from services.notifications.subscriptions.from_prescribing import FROM_PRESCRIBING
from services.notifications.subscriptions.from_scheduling import FROM_SCHEDULING
from shared.messaging import Subscription

SUBSCRIPTIONS: Final[tuple[Subscription[Any, SqlNotificationsUnitOfWork], ...]] = (
    *FROM_INTAKE,
    *FROM_PRESCRIBING,
    *FROM_SCHEDULING,
    *FROM_EVERYONE,
)
