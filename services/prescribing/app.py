"""Composes prescribing: the only module that knows every room."""

from pathlib import Path
from typing import Final

from services.prescribing.answers import ANSWERS
from services.prescribing.handlers import TIMERS
from services.prescribing.peers import NatsPeers
from services.prescribing.persistence.tables import metadata
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.publishing import to_contract
from services.prescribing.subscribers import SUBSCRIPTIONS
from services.prescribing.subscriptions.parked import tell_people
from services.prescribing.web.access import ACCESS, NO_CLIENT, SAFETY, STEP_UP
from services.prescribing.web.api import (
    adverse_events,
    assessments,
    dose_orders,
    holds,
    pre_dose_checks,
    prescriptions,
    records,
    recoveries,
    reviews,
    standing,
)
from services.prescribing.web.pages import PAGES
from shared.serving.definition import ServiceDefinition

DEFINITION: Final = ServiceDefinition(
    name="prescribing",
    unit_of_work=SqlPrescribingUnitOfWork,
    publish=to_contract,
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    answers=ANSWERS,
    peers=NatsPeers,
    routers=(
        assessments.router,
        prescriptions.router,
        pre_dose_checks.router,
        dose_orders.router,
        recoveries.router,
        holds.router,
        adverse_events.router,
        reviews.router,
        standing.router,
        records.router,
    ),
    pages=PAGES,
    access=ACCESS,
    step_up=STEP_UP,
    safety=SAFETY,
    no_client=NO_CLIENT,
    metadata=metadata,
    migrations=Path(__file__).parent / "persistence" / "migrations",
    on_parked=tell_people,
)
