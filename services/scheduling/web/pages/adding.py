"""Addenda to the record of a session."""

from collections.abc import Mapping
from typing import Any, Final

from services.scheduling.web.api.records import SESSION
from services.scheduling.web.pages.session_facts import session_facts
from shared.decisions.addendum import SignedRecord
from shared.web.pages.adding import add_pages
from shared.web.pages.page import Page


async def _about(record: SignedRecord, page: Page) -> Mapping[str, Any]:
    return await session_facts(record.id, page.call)


router: Final = add_pages(_about, {SESSION: "/sessions/{record}"})
