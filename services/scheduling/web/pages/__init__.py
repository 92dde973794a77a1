"""Scheduling's pages: the session screen, and everything that leads to it and away from it."""

from pathlib import Path
from typing import Final

from services.scheduling.web.pages import (
    accompanying,
    adding,
    booking,
    calendar,
    desk,
    leaving,
    roster,
    session,
)
from services.scheduling.web.pages.about import banner_over
from services.scheduling.web.pages.session_facts import gates_now
from shared.serving.definition import Pages, Way
from shared.web.pages.receipts import receipt_pages
from shared.web.pages.standing import Stands, standing_pages

PAGES: Final = Pages(
    routers=(
        calendar.router,
        booking.router,
        session.router,
        accompanying.router,
        leaving.router,
        adding.router,
        desk.router,
        roster.router,
        receipt_pages(banner_over, "read_course"),
        standing_pages(
            banner_over,
            "read_course",
            [Stands(of="session", action="read_gates", read=gates_now)],
        ),
    ),
    templates=Path(__file__).parents[1] / "templates",
    standing={"session": "read_gates"},
    navigation=(
        Way(label="Calendar", path="/", key="c", action="read_sessions"),
        Way(label="Safety board", path="/board", key="b", action="read_sessions"),
        Way(label="Readiness", path="/readiness", key="r", action="read_gates"),
        Way(label="Tasks", path="/tasks", key="t", action="read_tasks"),
        Way(label="Book", path="/sessions/new", key="n", action="book_session"),
        Way(label="Roster", path="/roster", key="o", action="read_roster"),
    ),
)
