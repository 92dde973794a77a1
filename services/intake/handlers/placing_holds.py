"""Placing the holds that intake owns, one for each cause (ruling 19)."""

from collections.abc import Iterable
from uuid import UUID

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.hold import Hold, HoldCause, place
from services.intake.domain.screening import GradedFinding
from services.intake.handlers.course_in_full import open_holds
from services.intake.handlers.ports import UnitOfWork
from shared.protocol import HoldCategory


async def hold_for_findings(
    uow: UnitOfWork,
    course: TreatmentCourse,
    category: HoldCategory,
    findings: Iterable[GradedFinding],
) -> None:
    """A hold for each finding that none is open for."""
    for finding in findings:
        await place_once(
            uow,
            course,
            category=category,
            cause=HoldCause.FINDING,
            cause_ref=str(finding.finding_id),
            finding_ref=finding.finding_id,
        )


async def place_once(
    uow: UnitOfWork,
    course: TreatmentCourse,
    *,
    category: HoldCategory,
    cause: HoldCause,
    cause_ref: str,
    session_id: UUID | None = None,
    finding_ref: UUID | None = None,
) -> Hold | None:
    """Place a hold unless one of the same cause is open. A course that is over needs none."""
    if course.terminal:
        return None
    for hold in await open_holds(uow, course.id):
        if (hold.category, hold.cause, hold.cause_ref) == (category, cause, cause_ref):
            return None
    return await uow.safety_holds.save(
        place(
            hold_id=uow.new_id(),
            client_id=course.client_id,
            course_id=course.id,
            category=category,
            cause=cause,
            cause_ref=cause_ref,
            placed_by_role=uow.actor.role,
            now=uow.now,
            session_id=session_id,
            finding_ref=finding_ref,
        )
    )
