"""Placing holds: in the transaction of their cause, one per cause (ruling 19)."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from services.prescribing.domain.hold import Hold
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tighten import tighten_recoveries
from shared.protocol import HoldBlock, HoldCategory, Role

DOSING: Final = frozenset({HoldBlock.START, HoldBlock.DOSE})


async def place_hold(
    uow: UnitOfWork,
    category: HoldCategory,
    *,
    client_id: UUID,
    course_id: UUID,
    session_id: UUID | None,
    cause: str,
    at: datetime,
) -> Hold:
    """The open hold of this cause, placed now if there is none."""
    known = [h for h in await uow.safety_holds.list_by(cause=cause) if h.open]
    if known:
        return known[0]
    role = Role(uow.actor.role) if uow.actor.ref is not None else None
    hold = await uow.safety_holds.save(
        Hold.place(
            uow.new_id(),
            client_id=client_id,
            course_id=course_id,
            session_id=session_id,
            category=category,
            cause=cause,
            at=at,
            by=role,
        )
    )
    await tighten_recoveries(uow, course_id, category, cause=str(hold.id))
    return hold


async def open_holds(
    uow: UnitOfWork, course_id: UUID, blocking: Collection[HoldBlock] = DOSING
) -> tuple[Hold, ...]:
    """The open holds of our own that block any of these."""
    ours = await uow.safety_holds.list_by(course_id=course_id, status="open")
    return tuple(hold for hold in ours if set(hold.blocks) & set(blocking))
