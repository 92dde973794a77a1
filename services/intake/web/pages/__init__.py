"""Intake's pages: the board, a client's record, the course, and a form for each command."""

from pathlib import Path
from typing import Final

from services.intake.web.pages import (
    adding,
    board,
    consenting,
    course,
    ending,
    erasing,
    evaluating,
    holding,
    protocol,
    registering,
    scores,
    screening,
)
from services.intake.web.pages.about import about
from services.intake.web.standing import course_standing
from shared.serving.definition import Pages, Way
from shared.web.pages.receipts import receipt_pages
from shared.web.pages.standing import Stands, standing_pages

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
        erasing.router,
        adding.router,
        protocol.router,
        receipt_pages(lambda course_id, page: about(course_id, page.call), "read_course"),
        standing_pages(
            lambda course_id, page: about(course_id, page.call),
            "read_course",
            [Stands(of="course", action="read_standing", read=course_standing)],
        ),
    ),
    templates=Path(__file__).parents[1] / "templates",
    standing={"course": "read_standing"},
    navigation=(
        Way(label="Enquiries", path="/", key="e", action="read_course"),
        Way(label="New enquiry", path="/clients/new", key="n", action="register_client"),
        Way(label="Holds", path="/holds", key="h", action="read_course"),
        Way(label="Erasures", path="/erasures", key="r", action="see_erasures"),
    ),
)
