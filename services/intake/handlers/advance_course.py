"""Look at a course again, because a fact that one of its guards names has changed (ruling 20)."""

from services.intake.domain.approval_rules import approval_due
from services.intake.domain.consent import ScopeState, offer
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ClientApproved
from services.intake.domain.gates import CourseInFull
from services.intake.domain.progress import advance
from services.intake.domain.replaying import ApprovalFacts, decide_approval
from services.intake.domain.signing_rules import AFTER_APPROVAL
from services.intake.handlers.course_in_full import course_in_full
from services.intake.handlers.ports import UnitOfWork

APPROVAL_EXPIRES = "approval_expires"


async def advance_course(uow: UnitOfWork, course: TreatmentCourse) -> TreatmentCourse:
    """Approve if everything for it is there now, and go to the state that the facts describe."""
    known = await course_in_full(uow, course)
    if approval_due(course) and not course.terminal:
        facts = ApprovalFacts(course=course, circumstances=known.circumstances, now=uow.now)
        await uow.receipts.record(
            decide_approval(facts),
            facts,
            subject_id=course.id,
            client_id=course.client_id,
            course_id=course.id,
            freshness=await uow.freshness(course.client_id),
        )
    change = advance(course, known.circumstances, approval_id=uow.new_id(), now=uow.now)
    saved = await uow.courses.save(change)
    for event in change.events:
        if isinstance(event, ClientApproved):
            await _approved(uow, known, event)
    return saved


async def _approved(uow: UnitOfWork, known: CourseInFull, event: ClientApproved) -> None:
    """Watch the approval's end, and put before the client what is asked only now (F22)."""
    course = known.course
    await uow.timers.set(
        APPROVAL_EXPIRES,
        event.approval_id,
        event.valid_until,
        client_id=course.client_id,
        course_id=str(course.id),
    )
    never_asked = tuple(
        scope
        for scope in sorted(AFTER_APPROVAL)
        if known.consent.state(scope, uow.now) is ScopeState.NOT_ASKED
    )
    await uow.consents.save(
        offer(
            known.consent,
            scopes=never_asked,
            clients_initiative=False,
            medicine_on_board=False,
            now=uow.now,
        )
    )
