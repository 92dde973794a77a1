"""Everything that intake knows of one course, read in one transaction."""

from uuid import UUID

from services.intake.domain.approval_rules import Circumstances
from services.intake.domain.consent import Consent
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import (
    dosed_count,
    foreign_holds,
    preparation_is_met,
    preparations_done,
)
from services.intake.domain.gates import CourseInFull
from services.intake.domain.hold import Hold, HoldStatus
from services.intake.handlers.ports import UnitOfWork
from shared.protocol import ConsentScope
from shared.storage import NotFound


async def course_in_full(uow: UnitOfWork, course: TreatmentCourse) -> CourseInFull:
    """The course with its consent, its facts and its open holds, own and foreign."""
    facts = await uow.facts.get(course.id, course.client_id)
    consent = await consent_of(uow, course.id)
    own_holds = await open_holds(uow, course.id)
    circumstances = Circumstances(
        preparation_begun=bool(preparations_done(facts)),
        preparation_met=preparation_is_met(facts),
        treatment_consent=consent.active(ConsentScope.TREATMENT, uow.now),
        dosed_count=dosed_count(facts),
        open_holds=tuple(
            [str(hold.id) for hold in own_holds]
            + [str(told.value.hold_id) for told in foreign_holds(facts)]
        ),
        holds_lifted_by=tuple(
            dict.fromkeys(
                ["intake" for _ in own_holds] + [told.value.owner for told in foreign_holds(facts)]
            )
        ),
    )
    return CourseInFull(
        course=course,
        circumstances=circumstances,
        consent=consent,
        facts=facts,
        own_holds=own_holds,
    )


async def consent_of(uow: UnitOfWork, course_id: UUID) -> Consent:
    """The consent that was opened with the course."""
    consent = await uow.consents.find_by(course_id=course_id)
    if consent is None:
        raise NotFound("consent", course_id)
    return consent


async def open_holds(uow: UnitOfWork, course_id: UUID) -> tuple[Hold, ...]:
    """The open holds that intake owns."""
    return tuple(await uow.safety_holds.list_by(course_id=course_id, status=HoldStatus.OPEN.value))
