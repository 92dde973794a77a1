"""Addenda to evaluations and consents."""

from collections.abc import Mapping
from typing import Any, Final

from services.intake.web.pages.about import about
from services.intake.web.records import CONSENT, EVALUATION
from shared.decisions.addendum import SignedRecord
from shared.web.pages.adding import add_pages
from shared.web.pages.page import Page


async def _about(record: SignedRecord, page: Page) -> Mapping[str, Any]:
    return await about(record.course_id, page.call)


router: Final = add_pages(
    _about,
    {EVALUATION: "/courses/{course}", CONSENT: "/courses/{course}/consents"},
)
