"""Intake's JSON API: the routers of all its resources."""

from typing import Final

from services.intake.web import (
    clients,
    consents,
    courses,
    erasures,
    holds,
    protocols,
    questions,
    records,
    reviews,
    screening,
    standing,
)

ROUTERS: Final = (
    clients.router,
    screening.router,
    courses.router,
    standing.router,
    consents.router,
    questions.router,
    holds.router,
    reviews.router,
    protocols.router,
    records.router,
    erasures.router,
)
