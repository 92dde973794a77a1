"""Leaving otherwise: against advice, into other hands, or cleared by two people."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.left_against_advice import Capacity, LeavingReason
from services.scheduling.domain.roles import Role
from services.scheduling.web.api import leaving
from services.scheduling.web.api.leaving import (
    LeavingBody,
    LeftAgainstAdviceBody,
    ManualClearanceBody,
)
from services.scheduling.web.pages.session_facts import session_facts
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/sessions/{session_id}")

CLINICIANS = (Role.THERAPIST, Role.NURSE, Role.PRESCRIBER)


@router.get("/left-against-advice")
async def walking_out(
    session_id: UUID, page: Annotated[Page, Depends(paged("leave_against_advice"))]
) -> Response:
    """The client goes all the same."""
    return await _walked_out(page, session_id, Form())


@router.post("/left-against-advice")
async def walk_out(
    session_id: UUID, page: Annotated[Page, Depends(paged("leave_against_advice"))]
) -> Response:
    """Record it."""
    return await page.submit(
        LeftAgainstAdviceBody,
        lambda body, call: leaving.left_against_advice(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _walked_out(page, session_id, form),
    )


@router.post("/transfer")
async def transfer(
    session_id: UUID, page: Annotated[Page, Depends(paged("transfer_client"))]
) -> Response:
    """Another team takes over, at once."""
    return await page.submit(
        LeavingBody,
        lambda body, call: leaving.transfer(session_id, call, body),
        then=f"/sessions/{session_id}",
        again=lambda form: _walked_out(page, session_id, form),
    )


async def _walked_out(page: Page, session_id: UUID, form: Form) -> Response:
    return page.show(
        "left_against_advice.html",
        form=form,
        capacities=[one.value for one in Capacity if one is not Capacity.NOT_ASSESSED],
        reasons=[one.value for one in LeavingReason],
        colleagues=[one for one in _clinicians(page) if one[0] != page.person.actor.ref],
        **await session_facts(session_id, page.call),
    )


@router.get("/manual-clearance")
async def clearing(
    session_id: UUID, page: Annotated[Page, Depends(paged("clear_manually"))]
) -> Response:
    """Two people look, while prescribing does not answer."""
    return await _clearing(page, session_id, Form())


@router.post("/manual-clearance")
async def clear(
    session_id: UUID, page: Annotated[Page, Depends(paged("clear_manually"))]
) -> Response:
    """State it."""
    return await page.submit(
        ManualClearanceBody,
        lambda body, call: leaving.manual_clearance(session_id, body, call),
        then=f"/sessions/{session_id}",
        again=lambda form: _clearing(page, session_id, form),
    )


async def _clearing(page: Page, session_id: UUID, form: Form) -> Response:
    return page.show(
        "manual_clearance.html",
        form=form,
        reasons=[one.value for one in ManualClearanceReason],
        roles=[one.value for one in CLINICIANS],
        colleagues=[one for one in _clinicians(page) if one[0] != page.person.actor.ref],
        **await session_facts(session_id, page.call),
    )


def _clinicians(page: Page) -> list[Any]:
    return [one for role in CLINICIANS for one in page.people(role)]
