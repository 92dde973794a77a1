"""Scheduling's pages: the session screen, and everything that leads to it and away from it."""

from pathlib import Path
from typing import Final

from services.scheduling.web.pages import (
    accompanying,
    booking,
    calendar,
    desk,
    leaving,
    roster,
    session,
)
from shared.serving.definition import Pages, Way

PAGES: Final = Pages(
    routers=(
        calendar.router,
        booking.router,
        session.router,
        accompanying.router,
        leaving.router,
        desk.router,
        roster.router,
    ),
    templates=Path(__file__).parents[1] / "templates",
    navigation=(
        Way(label="Calendar", path="/", key="c"),
        Way(label="Safety board", path="/board", key="b"),
        Way(label="Readiness", path="/readiness", key="r"),
        Way(label="Tasks", path="/tasks", key="t"),
        Way(label="Book a session", path="/sessions/new", key="n"),
        Way(label="Roster", path="/roster", key="o"),
    ),
)
