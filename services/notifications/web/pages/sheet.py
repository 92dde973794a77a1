"""The sheet that the client and the escort take home on paper, in both languages."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.domain.vocabulary import Language
from services.notifications.domain.wording import Wording
from services.notifications.web.api import check_ins
from services.notifications.web.pages.about import about
from services.notifications.web.pages.previews import rendered
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/aftercare")

_PARTS: Final = (Wording.INSTRUCTIONS, Wording.INSTRUCTIONS_FOR_ESCORT)


@router.get("/{aftercare_id}/sheet")
async def sheet(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("deliver_instructions"))]
) -> Response:
    """What the messages say as well, with the hours of the check-ins and room to sign."""
    values = await about(aftercare_id, page.call)
    plan = values["plan"]
    until: datetime | None = plan.restrictions_until if plan.end_known else None
    zone = page.call.service.settings.zone
    planned = await check_ins.list_check_ins(page.call, aftercare_id=aftercare_id)
    return page.show(
        "sheet.html",
        texts=[
            (language.value, [rendered(one, until, language, zone) for one in _PARTS])
            for language in Language
        ],
        check_ins=sorted(planned.items, key=lambda one: one.due_at),
        **values,
    )
