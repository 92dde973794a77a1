"""The on-call board: urgent loops that nobody has ended, and what else is owed now.

Whom a loop calls has a task for it as well; here the loop stands for them.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response

from services.notifications.domain.escalation import CALLED_AT, HIGHEST_LEVEL, EscalationStatus
from services.notifications.domain.task import TaskKind, TaskStatus
from services.notifications.persistence.queries import counted
from services.notifications.persistence.tables import ESCALATIONS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import escalations, inbox, tasks
from services.notifications.web.api.bodies import Body
from services.notifications.web.pages.names import names_of
from services.notifications.web.pages.tasks import settled_at
from services.notifications.web.views import EscalationView, escalation_view
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter()

MOST = 200
"""A board that is longer is no board any more: the rest is counted."""


@router.get("/")
async def on_call(
    page: Annotated[Page, Depends(paged("see_escalations"))],
    status: EscalationStatus | None = None,
) -> Response:
    """Loops by state; without one, those that nobody has ended."""
    return await _board(page, status, Form())


@router.get("/escalations/{escalation_id}")
async def loop(
    escalation_id: UUID, page: Annotated[Page, Depends(paged("see_escalations"))]
) -> Response:
    """On to the aftercare that the loop is about."""
    found = await _loop(page, escalation_id)
    return RedirectResponse(f"/aftercare/{found.aftercare_id}", status_code=303)


@router.post("/escalations/{escalation_id}/acknowledgement")
async def acknowledge(
    escalation_id: UUID, page: Annotated[Page, Depends(paged("acknowledge_escalation"))]
) -> Response:
    """The signed-in person takes it."""
    return await page.submit(
        Body,
        lambda _, call: escalations.acknowledge(escalation_id, call),
        then=lambda made: f"/aftercare/{made['aftercare_id']}",
        again=lambda form: _board(page, None, form),
    )


@router.post("/escalations/{escalation_id}/resolution")
async def resolve(
    escalation_id: UUID, page: Annotated[Page, Depends(paged("resolve_escalation"))]
) -> Response:
    """The signed-in clinician says that the client is safe."""
    return await page.submit(
        Body,
        lambda _, call: escalations.resolve(escalation_id, call),
        then=lambda made: f"/aftercare/{made['aftercare_id']}",
        again=lambda form: _board(page, None, form),
    )


async def _board(page: Page, status: EscalationStatus | None, form: Form) -> Response:
    call = page.call
    loops = await escalations.list_escalations(
        call, open_only=status is None, status=status, limit=MOST
    )
    urgent = await tasks.list_tasks(call, urgent=True, status=TaskStatus.OPEN, limit=MOST)
    unread = await inbox.count_unread(call)
    return page.show(
        "on_call.html",
        form=form,
        loops=sorted(loops.items, key=_most_pressing_first),
        kind=status,
        counts=await _counts(page),
        urgent=sorted(
            (one for one in urgent.items if one.purpose is not TaskKind.CONTACT_CLIENT_NOW),
            key=lambda one: one.due_at,
        ),
        settled_at=settled_at,
        unread=unread,
        circles={level: CALLED_AT[level] for level in range(1, HIGHEST_LEVEL + 1)},
        names=await names_of(call, [*loops.items, *urgent.items]),
    )


def _most_pressing_first(loop: EscalationView) -> tuple[bool, object]:
    return loop.status is not EscalationStatus.OPEN, loop.since


async def _counts(page: Page) -> dict[str, int]:
    async def read(uow: SqlNotificationsUnitOfWork) -> dict[str, int]:
        found = await counted(uow, ESCALATIONS, "status")
        return {state.value: found.get(state, 0) for state in EscalationStatus}

    return await page.call.read(read)


async def _loop(page: Page, escalation_id: UUID) -> EscalationView:
    async def read(uow: SqlNotificationsUnitOfWork) -> EscalationView:
        return escalation_view(await uow.escalations.get(escalation_id))

    return await page.call.read(read)
