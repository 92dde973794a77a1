"""The psychological evaluation, signed by a therapist (F19, F24)."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.eligibility import evaluate
from services.intake.domain.offered_care import require_route_offered
from services.intake.domain.vocabulary import EvaluationOutcome
from services.intake.handlers.advance_course import advance_course
from services.intake.handlers.declining import decline_unless_ever_approved
from services.intake.handlers.ports import Begin, Peers
from services.intake.handlers.settle_closing import settle_closing
from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateClient:
    course_id: UUID
    outcome: EvaluationOutcome
    planned_sessions: int
    goals: str
    route_preference: Route | None = None


async def evaluate_client(command: EvaluateClient, begin: Begin, peers: Peers) -> TreatmentCourse:
    async with begin() as uow:
        course = await uow.courses.get(command.course_id)
        protocol = await uow.protocol_of(course.id)
        require_route_offered(protocol.routes_enabled, command.route_preference)
        screening = await uow.screenings.find_by(course_id=course.id)
        course = await uow.courses.save(
            evaluate(
                course,
                outcome=command.outcome,
                author_ref=uow.actor.ref,
                planned_sessions=command.planned_sessions,
                goals=command.goals,
                route_preference=command.route_preference,
                review_flags=0 if screening is None else screening.review_flags,
                request_id=uow.new_id(),
                now=uow.now,
            )
        )
        if command.outcome is EvaluationOutcome.NOT_SUITABLE:
            course = await decline_unless_ever_approved(uow, course)
        else:
            course = await advance_course(uow, course)
        await uow.conclude(course)
    if course.closing is None:
        return course
    settlement = await settle_closing(course.id, begin, peers, conclusion=lambda after: after)
    return settlement.course
