"""Holds of scheduling's own: placed and lifted here, respected everywhere."""

from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.hold import Hold, LiftReason, lift_hold, place_hold
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.considering import registered_course
from services.scheduling.handlers.keeping import follow_client
from services.scheduling.handlers.ports import UnitOfWork
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    course_id: UUID
    category: HoldCategory
    blocks: tuple[HoldBlock, ...] | None = None
    severity: HoldSeverity | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    hold_id: UUID
    reason: LiftReason = LiftReason.RESOLVED


async def place_own_hold(command: PlaceHold, uow: UnitOfWork) -> Hold:
    facts = await registered_course(uow, command.course_id)
    change = place_hold(
        hold_id=uow.new_id(),
        client_id=facts.client_id,
        course_id=facts.id,
        category=command.category,
        blocks=command.blocks,
        severity=command.severity,
        session_id=command.session_id,
        at=uow.now,
        by=Role(uow.actor.role),
        by_ref=uow.actor.ref,
    )
    placed = await uow.own_holds.save(change)
    await follow_client(uow, facts.client_id)
    return placed


async def lift_own_hold(command: LiftHold, uow: UnitOfWork) -> Hold:
    hold = await uow.own_holds.get(command.hold_id)
    change = lift_hold(
        hold, at=uow.now, by=Role(uow.actor.role), by_ref=uow.actor.ref, reason=command.reason
    )
    lifted = await uow.own_holds.save(change)
    await follow_client(uow, hold.client_id)
    return lifted
