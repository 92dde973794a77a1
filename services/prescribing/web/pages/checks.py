"""A session's pre-dose checks, as several pages show them."""

from uuid import UUID

from services.prescribing.web.api import pre_dose_checks
from services.prescribing.web.views.dosing import CheckSeriesView
from shared.web.pages.page import Page


async def checks_of(page: Page, session_id: UUID) -> CheckSeriesView | None:
    """The session's checks, for those who may see them."""
    if not page.may("see_pre_dose_checks"):
        return None
    listed = await pre_dose_checks.list_checks(page.call, session_id=session_id, limit=1)
    return listed.items[0] if listed.items else None
