"""Scheduling, put together."""

from pathlib import Path
from typing import Final

from services.scheduling.answers import ANSWERS
from services.scheduling.handlers import TIMERS
from services.scheduling.peers import NatsPeers
from services.scheduling.persistence.tables import metadata
from services.scheduling.persistence.unit_of_work import SqlSchedulingUnitOfWork
from services.scheduling.publishing import to_contract
from services.scheduling.subscribers import SUBSCRIPTIONS
from services.scheduling.subscriptions import tell_people
from services.scheduling.web.access import ACCESS, NO_CLIENT, SAFETY, STEP_UP
from services.scheduling.web.api import ROUTERS
from services.scheduling.web.pages import PAGES
from shared.serving.definition import ServiceDefinition

DEFINITION: Final = ServiceDefinition(
    name="scheduling",
    unit_of_work=SqlSchedulingUnitOfWork,
    publish=to_contract,
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    answers=ANSWERS,
    peers=NatsPeers,
    routers=ROUTERS,
    access=ACCESS,
    step_up=STEP_UP,
    safety=SAFETY,
    no_client=NO_CLIENT,
    pages=PAGES,
    metadata=metadata,
    migrations=Path(__file__).parent / "persistence" / "migrations",
    on_parked=tell_people,
)
