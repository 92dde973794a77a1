"""Erasing a client: the request, its confirmation by somebody else, and taking it back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.domain.erasure import (
    UNDER_WAY,
    Erasure,
    ErasureBasis,
    confirm,
    erasure_decision,
    request,
    withdraw,
)
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from services.intake.handlers.settle_erasing import (
    erasing_begun,
    erasing_over,
    kept_here,
    settle_erasing,
)
from shared.decisions import Unblock, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestErasure:
    client_id: UUID
    basis: ErasureBasis
    duty_ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmErasure:
    erasure_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawErasure:
    erasure_id: UUID


async def request_erasure(command: RequestErasure, uow: UnitOfWork) -> Erasure:
    """Refused at once for what intake itself knows; the others are asked at the confirmation."""
    client = await uow.clients.get(command.client_id)
    before = await uow.erasures.find_by(
        subject_id=client.id, status=[one.value for one in UNDER_WAY]
    )
    if before is not None:
        refuse(
            "erasure-requested-already",
            "reliability 2.8",
            Unblock(fact="confirmation", owner="intake", action="confirm it or withdraw it"),
        )
    change = request(
        erasure_id=uow.new_id(),
        subject_id=client.id,
        basis=command.basis,
        duty_ended_on=command.duty_ended_on,
        by=uow.actor.ref,
        today=uow.now.astimezone(uow.timezone).date(),
        now=uow.now,
    )
    erasure_decision({"intake": await kept_here(uow, client.id)}).require()
    return await uow.erasures.save(change)


async def confirm_erasure(command: ConfirmErasure, begin: Begin, peers: Peers) -> Erasure:
    """Erased, refused, or still erasing because a peer has not answered: a timer asks again."""
    async with begin() as uow:
        subject_id = (await uow.erasures.get(command.erasure_id)).subject_id
    async with begin() as uow:
        await uow.lock_for_erasing(subject_id)
        erasure = await uow.erasures.get(command.erasure_id)
        change = confirm(erasure, by=uow.actor.ref, now=uow.now)
        if change.state != erasure:
            erasure_decision({"intake": await kept_here(uow, subject_id)}).require()
            await erasing_begun(uow, await uow.erasures.save(change))
    settlement = await settle_erasing(
        command.erasure_id, subject_id, begin, peers, conclusion=lambda after: after
    )
    if settlement.refused and settlement.decision is not None:
        settlement.decision.require()
    return settlement.erasure


async def withdraw_erasure(command: WithdrawErasure, uow: UnitOfWork) -> Erasure:
    """The record stays, and everything goes on with it."""
    subject_id = (await uow.erasures.get(command.erasure_id)).subject_id
    await uow.lock_for_erasing(subject_id)
    erasure = await uow.erasures.save(
        withdraw(await uow.erasures.get(command.erasure_id), now=uow.now)
    )
    await erasing_over(uow, erasure)
    return erasure
