"""The aftercare board, and the page of one aftercare: what is known, owed and done."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.notifications.domain.aftercare_plan import AftercareStatus
from services.notifications.domain.check_in import CheckInStatus
from services.notifications.domain.escalation import CALLED_AT
from services.notifications.domain.vocabulary import HandoverChannel, PlanKind, Recipient
from services.notifications.persistence.queries import being, counted
from services.notifications.persistence.queries import page as list_page
from services.notifications.persistence.tables import AFTERCARE_PLANS, CHECK_INS
from services.notifications.persistence.unit_of_work import SqlNotificationsUnitOfWork
from services.notifications.web.api import aftercare, check_ins, escalations, messages, tasks
from services.notifications.web.api.bodies import AcknowledgementBody, Body, InstructionsBody
from services.notifications.web.api.paging import Cursor
from services.notifications.web.pages.about import about
from services.notifications.web.pages.history import history
from services.notifications.web.pages.names import names_of
from services.notifications.web.pages.on_call import MOST
from services.notifications.web.pages.tasks import settled_at
from services.notifications.web.views import AftercareView, CheckInView, check_in_view
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/aftercare")

BY_HAND = (HandoverChannel.PAPER, HandoverChannel.IN_PERSON)
"""How people hand instructions over; the other ways are those of messages."""


@router.get("")
async def board(
    page: Annotated[Page, Depends(paged("see_aftercare"))],
    status: AftercareStatus | None = None,
    plan: PlanKind | None = None,
    cursor: Cursor = None,
) -> Response:
    """Aftercare by state and plan; without a state, all that is open."""
    call = page.call
    found = await aftercare.list_aftercare(
        call, status=status, plan=plan, open_only=status is None, cursor=cursor
    )
    due = await check_ins.list_check_ins(call, status=CheckInStatus.DUE, limit=MOST)
    return page.show(
        "aftercare_board.html",
        plans=sorted(found.items, key=_most_worrying_first),
        following=found.next_cursor,
        due=sorted(due.items, key=lambda one: one.due_at),
        next_of=await _next_check_ins(page, found.items),
        therapist_of=await _therapists(page, found.items),
        kind=status,
        plan_kind=plan,
        states=await _counts(page),
        plan_kinds=[kind.value for kind in PlanKind],
        names=await names_of(call, [*found.items, *due.items]),
    )


@router.get("/{aftercare_id}")
async def one(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("see_aftercare"))]
) -> Response:
    """One aftercare with its history."""
    return await _one(page, aftercare_id, Form())


@router.post("/{aftercare_id}/escalation-resolution")
async def resolve(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("resolve_escalation"))]
) -> Response:
    """The signed-in clinician says that the client is safe."""
    return await page.submit(
        Body,
        lambda _, call: aftercare.resolve(aftercare_id, call),
        then=f"/aftercare/{aftercare_id}",
        again=lambda form: _one(page, aftercare_id, form),
    )


@router.get("/{aftercare_id}/instructions")
async def handing_over(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("deliver_instructions"))]
) -> Response:
    """Who received the instructions, and how."""
    return await _instructions(page, aftercare_id, Form())


@router.post("/{aftercare_id}/instructions")
async def hand_over(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("deliver_instructions"))]
) -> Response:
    """Record that the instructions were handed over."""
    return await page.submit(
        InstructionsBody,
        lambda body, call: aftercare.deliver(aftercare_id, body, call),
        then=f"/aftercare/{aftercare_id}",
        again=lambda form: _instructions(page, aftercare_id, form),
    )


@router.post("/{aftercare_id}/acknowledgements")
async def confirm(
    aftercare_id: UUID, page: Annotated[Page, Depends(paged("acknowledge_instructions"))]
) -> Response:
    """Record that somebody confirmed them."""
    return await page.submit(
        AcknowledgementBody,
        lambda body, call: aftercare.acknowledge(aftercare_id, body, call),
        then=f"/aftercare/{aftercare_id}",
        again=lambda form: _instructions(page, aftercare_id, form),
    )


def _most_worrying_first(plan: AftercareView) -> tuple[bool, bool, object]:
    """Escalated, then without a known end, then by the end of the restriction."""
    return plan.status is not AftercareStatus.ESCALATED, plan.end_known, plan.restrictions_until


async def _next_check_ins(page: Page, plans: Sequence[AftercareView]) -> dict[UUID, CheckInView]:
    """Of each aftercare, the check-in that comes next or is due."""
    wanted = {plan.id for plan in plans}

    async def read(uow: SqlNotificationsUnitOfWork) -> list[CheckInView]:
        found = await list_page(
            uow,
            CHECK_INS,
            *being(CHECK_INS, "aftercare_id", wanted, True),
            *being(CHECK_INS, "status", {CheckInStatus.CLOSED}, False),
            after=None,
            limit=10 * MOST,
        )
        return [check_in_view(state) for state in found.items]

    by_plan: dict[UUID, list[CheckInView]] = defaultdict(list)
    for check_in in await page.call.read(read):
        by_plan[check_in.aftercare_id].append(check_in)
    return {key: min(those, key=lambda c: c.due_at) for key, those in by_plan.items()}


async def _therapists(page: Page, plans: Sequence[AftercareView]) -> dict[UUID, UUID | None]:
    """Who answers for each course."""

    async def read(uow: SqlNotificationsUnitOfWork) -> dict[UUID, UUID | None]:
        courses = {one.course_id for one in plans}
        await uow.course_facts.prefetch(courses)
        found = {key: await uow.course_facts.find(key) for key in courses}
        return {key: one.care_team.therapist_ref for key, one in found.items() if one}

    return await page.call.read(read)


async def _counts(page: Page) -> list[tuple[str, int]]:
    async def read(uow: SqlNotificationsUnitOfWork) -> list[tuple[str, int]]:
        found = await counted(uow, AFTERCARE_PLANS, "status")
        return [(state.value, found.get(state, 0)) for state in AftercareStatus]

    return await page.call.read(read)


async def _one(page: Page, aftercare_id: UUID, form: Form) -> Response:
    call = page.call
    known = await about(aftercare_id, call)
    plan: AftercareView = known["plan"]
    planned = await check_ins.list_check_ins(call, aftercare_id=aftercare_id)
    loops = await escalations.list_escalations(call, aftercare_id=aftercare_id, limit=MOST)
    sent = await messages.list_messages(call, session_id=plan.session_id, limit=MOST)
    owed = await tasks.list_tasks(call, session_id=plan.session_id, limit=MOST)
    return page.show(
        "aftercare.html",
        form=form,
        check_ins=sorted(planned.items, key=lambda one: one.due_at),
        loops=loops.items,
        tasks=[task for task in owed.items if task.status == "open"],
        recipients=[recipient.value for recipient in Recipient],
        circles=CALLED_AT,
        settled_at=settled_at,
        history=history(plan, planned.items, loops.items, sent.items, owed.items),
        **known,
    )


async def _instructions(page: Page, aftercare_id: UUID, form: Form) -> Response:
    return page.show(
        "instructions.html",
        form=form,
        recipients=[recipient.value for recipient in Recipient],
        channels=[channel.value for channel in BY_HAND],
        **await about(aftercare_id, page.call),
    )
