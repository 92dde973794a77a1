"""Addenda to assessments and pre-dose checks."""

from collections.abc import Mapping
from typing import Any, Final

from services.prescribing.web.api.records import ASSESSMENT, PRE_DOSE_CHECK
from services.prescribing.web.pages.about import about
from shared.decisions.addendum import SignedRecord
from shared.web.pages.adding import add_pages
from shared.web.pages.page import Page


async def _about(record: SignedRecord, page: Page) -> Mapping[str, Any]:
    return await about(page, record.course_id)


router: Final = add_pages(
    _about,
    {ASSESSMENT: "/courses/{course}/assessment", PRE_DOSE_CHECK: "/courses/{course}"},
)
