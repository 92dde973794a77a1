"""Prescribing's pages: the inbox, a client's medicine, a session's dose, and recovery after it."""

from pathlib import Path
from typing import Final

from services.prescribing.web.api import standing
from services.prescribing.web.pages import (
    accounting,
    adding,
    adverse,
    assessing,
    checking,
    course,
    doses,
    giving,
    holding,
    inbox,
    prescribing,
    recovering,
    registering,
    session,
)
from services.prescribing.web.pages.about import about
from shared.serving.definition import Pages, Way
from shared.web.pages.receipts import receipt_pages
from shared.web.pages.standing import Stands, standing_pages

PAGES: Final = Pages(
    routers=(
        inbox.router,
        doses.router,
        course.router,
        assessing.router,
        prescribing.router,
        holding.router,
        session.router,
        checking.router,
        giving.router,
        accounting.router,
        recovering.router,
        registering.router,
        adverse.router,
        adding.router,
        receipt_pages(lambda course_id, page: about(page, course_id), "see_standing"),
        standing_pages(
            lambda course_id, page: about(page, course_id),
            "see_standing",
            [
                Stands(of="course", action="see_standing", read=standing.course_standing),
                Stands(of="session", action="see_standing", read=standing.session_gates),
            ],
        ),
    ),
    templates=Path(__file__).parents[1] / "templates",
    standing={"course": "see_standing", "session": "see_standing"},
    navigation=(
        Way(label="Inbox", path="/", key="i", action="see_standing"),
        Way(label="Doses", path="/doses", key="d", action="see_dose_orders"),
        Way(label="Holds", path="/holds", key="h", action="see_holds"),
        Way(label="Registrations", path="/registrations", key="r", action="see_registrations"),
    ),
)
