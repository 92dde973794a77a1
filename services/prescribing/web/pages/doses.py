"""The doses that lie ahead: today's, and later ones, with what each of them waits for."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import OPEN, UNDOSED
from services.prescribing.domain.pre_dose_check import PreDoseCheck, PreDoseStatus
from services.prescribing.persistence.queries import page as list_page
from services.prescribing.persistence.tables import CHECKS, DOSE_ORDERS
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.pages.about import who
from services.prescribing.web.views.dosing import dose_order_view
from shared.web.pages.page import Page, paged

router = APIRouter()

MOST: Final = 1000
"""More than a clinic books ahead."""


@router.get("/doses")
async def doses(
    page: Annotated[Page, Depends(paged("see_dose_orders"))],
    when: Literal["today", "later"] = "today",
) -> Response:
    """Open orders by time; what is left of an earlier day stands with today's, and says so."""
    orders, checks = await _open(page)
    zone = page.call.service.settings.zone
    day = page.call.context.now.astimezone(zone).date()
    left_over = {one.id for one in orders if one.starts_at.astimezone(zone).date() < day}
    today = [one for one in orders if one.starts_at.astimezone(zone).date() <= day]
    later = orders[len(today) :]
    shown = later if when == "later" else today
    return page.show(
        "doses.html",
        when=when,
        counts={"today": len(today), "later": len(later)},
        orders=[dose_order_view(one) for one in shown],
        left_over=left_over,
        checks=checks,
        names=await who(page, [one.client_id for one in shown]),
    )


async def awaited(page: Page) -> list[DoseOrder]:
    """Orders whose client is here and was not measured yet."""
    orders, checks = await _open(page)
    return [
        one
        for one in orders
        if one.status in UNDOSED and checks.get(one.session_id) is PreDoseStatus.AWAITED
    ]


async def _open(page: Page) -> tuple[Sequence[DoseOrder], Mapping[UUID, PreDoseStatus]]:
    async def read(
        uow: SqlPrescribingUnitOfWork,
    ) -> tuple[Sequence[DoseOrder], Mapping[UUID, PreDoseStatus]]:
        orders: list[DoseOrder] = (
            await list_page(uow, DOSE_ORDERS, after=None, limit=MOST, status=OPEN)
        ).items
        sessions = frozenset(one.session_id for one in orders)
        checks: list[PreDoseCheck] = (
            await list_page(uow, CHECKS, after=None, limit=MOST, session_id=sessions)
        ).items
        return (
            sorted(orders, key=lambda one: (one.starts_at, one.id)),
            {one.session_id: one.status for one in checks},
        )

    return await page.call.read(read)
