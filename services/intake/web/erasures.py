"""Erasing a client: asked for, confirmed by somebody else, and what came of it."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.domain.erasure import Erasure, ErasureBasis, ErasureStatus, Keeps
from services.intake.handlers.erase_client import (
    ConfirmErasure,
    RequestErasure,
    WithdrawErasure,
    confirm_erasure,
    request_erasure,
    withdraw_erasure,
)
from services.intake.persistence.queries import list_erasures
from services.intake.web.fields import Body
from services.intake.web.paging import PAGE, Cursor, Most, cut
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["erasure"])


class ErasureBody(Body):
    """Why the record may go, and since when the clinic need not keep it any more."""

    basis: ErasureBasis
    duty_ended_on: Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1))]


class KeptView(BaseModel):
    """A service with which something of the client was not over, and what."""

    owner: str
    by: Keeps


class ErasureView(BaseModel):
    """One request, also after the client is gone. ``client_id`` is whom it is or was about.

    ``kept`` is what the last confirmation was refused for; ``silent`` are the services that have
    not answered yet and are asked again.
    """

    id: UUID
    client_id: UUID
    status: ErasureStatus
    basis: ErasureBasis
    duty_ended_on: date
    requested_at: datetime
    requested_by: UUID | None
    confirmed_at: datetime | None
    confirmed_by: UUID | None
    kept: list[KeptView]
    silent: list[str]
    ended_at: datetime | None


class ErasurePage(BaseModel):
    items: list[ErasureView]
    next_cursor: UUID | None


@router.post("/clients/{client_id}/erasure", status_code=201, responses=problems(404, 409, 412))
async def request(
    client_id: UUID, body: ErasureBody, call: Annotated[Call, Depends(calling("request_erasure"))]
) -> ErasureView:
    """Ask that everything known of a client be deleted. An operator confirms it, or does not."""
    command = RequestErasure(
        client_id=client_id, basis=body.basis, duty_ended_on=body.duty_ended_on
    )
    return await call.run(request_erasure, command, erasure_view)


@router.get("/erasures", responses=problems())
async def erasures(
    call: Annotated[Call, Depends(calling("see_erasures"))],
    ended_too: bool = False,
    cursor: Cursor = None,
    most: Most = PAGE,
) -> ErasurePage:
    """What waits to be confirmed or to be answered; with ``ended_too`` all, the oldest first."""

    async def read(uow: Any) -> ErasurePage:
        found = await list_erasures(uow, ended_too=ended_too, after=cursor, most=most)
        shown, following = cut(found, most)
        return ErasurePage(items=[erasure_view(one) for one in shown], next_cursor=following)

    return await call.read(read)


@router.get("/erasures/{erasure_id}", responses=problems(404))
async def erasure(
    erasure_id: UUID, call: Annotated[Call, Depends(calling("see_erasures"))]
) -> ErasureView:
    """One request, and what came of it."""

    async def read(uow: Any) -> ErasureView:
        return erasure_view(await uow.erasures.get(erasure_id))

    return await call.read(read)


@router.post("/erasures/{erasure_id}/confirmation", responses=problems(404, 409, 412))
async def confirmation(
    erasure_id: UUID, call: Annotated[Call, Depends(calling("confirm_erasure"))]
) -> ErasureView:
    """Erase the client, unless something of them is not over anywhere.

    Whoever asked does not confirm. While another service has not answered the state is
    ``erasing``, nothing is begun with the client, and the question is asked again.
    """
    return await call.run_gate(confirm_erasure, ConfirmErasure(erasure_id=erasure_id), erasure_view)


@router.post("/erasures/{erasure_id}/withdrawal", responses=problems(404, 409, 412))
async def withdrawal(
    erasure_id: UUID, call: Annotated[Call, Depends(calling("withdraw_erasure"))]
) -> ErasureView:
    """Take the request back while the client is still there."""
    return await call.run(withdraw_erasure, WithdrawErasure(erasure_id=erasure_id), erasure_view)


def erasure_view(erasure: Erasure) -> ErasureView:
    return ErasureView(
        id=erasure.id,
        client_id=erasure.subject_id,
        status=erasure.status,
        basis=erasure.basis,
        duty_ended_on=erasure.duty_ended_on,
        requested_at=erasure.requested_at,
        requested_by=erasure.requested_by,
        confirmed_at=erasure.confirmed_at,
        confirmed_by=erasure.confirmed_by,
        kept=[KeptView(owner=one.owner, by=one.by) for one in erasure.kept],
        silent=list(erasure.silent),
        ended_at=erasure.ended_at,
    )
