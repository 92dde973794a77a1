"""Intake's pages: the board, a client's record, the course, and a form for each command."""

from pathlib import Path
from typing import Final

from services.intake.web.pages import (
    adding,
    board,
    consenting,
    course,
    ending,
    evaluating,
    holding,
    protocol,
    registering,
    scores,
    screening,
)
from services.intake.web.pages.about import about
from shared.serving.definition import Pages, Way
from shared.web.pages.receipts import receipt_pages

PAGES: Final = Pages(
    routers=(
        board.router,
        registering.router,
        course.router,
        screening.router,
        scores.router,
        evaluating.router,
        consenting.router,
        holding.router,
        ending.router,
        adding.router,
        protocol.router,
        receipt_pages(lambda course_id, page: about(course_id, page.call), "read_course"),
    ),
    templates=Path(__file__).parents[1] / "templates",
    navigation=(
        Way(label="Enquiries", path="/", key="e", action="read_course"),
        Way(label="New enquiry", path="/clients/new", key="n", action="register_client"),
        Way(label="Holds", path="/holds", key="h", action="read_course"),
    ),
)
