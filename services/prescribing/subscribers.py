"""Everything that prescribing hears. A file per producer is in ``subscriptions``."""

from typing import Any, Final

from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.subscriptions.from_everyone import FROM_EVERYONE
from services.prescribing.subscriptions.from_intake import FROM_INTAKE
from services.prescribing.subscriptions.from_scheduling import FROM_SCHEDULING
from shared.messaging import Subscription

SUBSCRIPTIONS: Final[tuple[Subscription[Any, SqlPrescribingUnitOfWork], ...]] = (
    *FROM_INTAKE,
    *FROM_SCHEDULING,
    *FROM_EVERYONE,
)
