"""Intake put together: the only module that knows every room."""

from pathlib import Path
from typing import Final

from services.intake.answers import ANSWERS
from services.intake.handlers import ASKING_TIMERS, TIMERS
from services.intake.peers import NatsPeers
from services.intake.persistence.tables import metadata
from services.intake.persistence.unit_of_work import SqlIntakeUnitOfWork
from services.intake.publishing import to_contract
from services.intake.subscribers import SUBSCRIPTIONS
from services.intake.subscriptions.policies import tell_people
from services.intake.web.access import ACCESS, NO_CLIENT, SAFETY, STEP_UP
from services.intake.web.api import ROUTERS
from services.intake.web.pages import PAGES
from shared.serving.definition import ServiceDefinition

DEFINITION: Final = ServiceDefinition(
    name="intake",
    unit_of_work=SqlIntakeUnitOfWork,
    publish=to_contract,
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    asking_timers=ASKING_TIMERS,
    answers=ANSWERS,
    peers=NatsPeers,
    routers=ROUTERS,
    pages=PAGES,
    access=ACCESS,
    step_up=STEP_UP,
    safety=SAFETY,
    no_client=NO_CLIENT,
    metadata=metadata,
    migrations=Path(__file__).parent / "persistence" / "migrations",
    on_parked=tell_people,
)
