"""Holds that people place, and the lifting that each role signs for itself (ruling 19)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.hold import Hold, HoldCause, place, sign_lift
from services.intake.domain.transitions import refuse_over
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.ports import UnitOfWork
from shared.decisions import Unblock, refuse
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold:
    course_id: UUID
    category: HoldCategory
    blocks: tuple[HoldBlock, ...] = ()
    severity: HoldSeverity | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignLift:
    hold_id: UUID
    safety_plan: str | None = None


async def place_hold(command: PlaceHold, uow: UnitOfWork) -> Hold:
    """A consent hold is not placed by hand: it comes and goes with the client's signature."""
    course = await uow.courses.get(command.course_id)
    if course.terminal:
        refuse_over(course)
    if command.category is HoldCategory.CONSENT:
        refuse(
            "hold-follows-its-cause",
            "ruling 19",
            Unblock(fact="ConsentWithdrawn", owner="intake", action="withdraw the consent"),
            category=command.category.value,
        )
    hold_id = uow.new_id()
    return await uow.safety_holds.save(
        place(
            hold_id=hold_id,
            client_id=course.client_id,
            course_id=course.id,
            category=command.category,
            cause=HoldCause.STAFF,
            cause_ref=str(hold_id),
            placed_by_role=uow.actor.role,
            now=uow.now,
            more_blocks=command.blocks,
            severity=command.severity,
            session_id=command.session_id,
        )
    )


async def sign_hold_lift(command: SignLift, uow: UnitOfWork) -> Hold:
    """Once the last role has signed, whatever waited for this hold is looked at again."""
    hold = await uow.safety_holds.get(command.hold_id)
    signed = await uow.safety_holds.save(
        sign_lift(
            hold,
            role=Role(uow.actor.role),
            ref=uow.actor.ref,
            safety_plan=command.safety_plan,
            now=uow.now,
        )
    )
    if not signed.open:
        await advance_course(uow, await uow.courses.get(hold.course_id))
    return signed
