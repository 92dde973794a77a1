"""Placing a hold for a finding of the day, and signing that one may go (ruling 19)."""

from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.hold import Hold, LiftReason
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.holds import place_hold
from services.prescribing.handlers.ports import UnitOfWork
from shared.protocol import HoldCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCourse:
    course_id: UUID
    category: HoldCategory
    session_id: UUID | None = None


async def hold_course(command: HoldCourse, uow: UnitOfWork) -> Hold:
    course = await uow.course(command.course_id)
    who = clinician(uow)
    where = command.session_id or command.course_id
    hold = await place_hold(
        uow,
        command.category,
        client_id=course.client_id,
        course_id=course.course_id,
        session_id=command.session_id,
        cause=f"found:{command.category}:{where}:{who.ref}",
        at=uow.now,
    )
    await advance_course(uow, course.course_id, course.client_id)
    return hold


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    hold_id: UUID
    safety_plan_recorded: bool = False
    reason: LiftReason = LiftReason.RESOLVED


async def lift_hold(command: LiftHold, uow: UnitOfWork) -> Hold:
    """Each role signs as itself; the last signature lifts. Then the course is looked at again."""
    hold = await uow.safety_holds.get(command.hold_id)
    who = clinician(uow)
    signed = await uow.safety_holds.save(
        hold.sign(
            who,
            uow.now,
            safety_plan_recorded=command.safety_plan_recorded,
            reason=command.reason,
        )
    )
    if not signed.open:
        if signed.session_id is not None and signed.cause.startswith("pre-dose-check:"):
            checks = await uow.checks.find_by(session_id=signed.session_id)
            if checks is not None:
                await uow.checks.save(checks.pass_by_lift(by=who, at=uow.now))
        await advance_course(uow, signed.course_id, signed.client_id)
    return signed
