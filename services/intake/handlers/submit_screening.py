"""The intake form, whenever it comes: at the start, or with history that was found later (F27)."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.intake.domain.client import Client
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.eligibility import lose_approval, screened
from services.intake.domain.instruments import InstrumentScore
from services.intake.domain.offered_care import require_offered
from services.intake.domain.question import ask
from services.intake.domain.screening import (
    GradedFinding,
    Screened,
    Screening,
    StatedFinding,
    Submission,
    submit,
)
from services.intake.handlers.declining import decline_unless_ever_approved
from services.intake.handlers.placing_holds import hold_for_findings
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from services.intake.handlers.settle_closing import settle_closing
from shared.decisions import Unblock, refuse
from shared.protocol import HoldCategory, Indication, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitScreening:
    client_id: UUID
    programme: Programme
    indications: tuple[Indication, ...]
    findings: tuple[StatedFinding, ...]
    prior_treatments: tuple[str, ...] = ()
    treatment_resistant: bool | None = None
    psychological_history: str | None = None
    medical_history: str | None = None
    goals: str | None = None
    questions: tuple[str, ...] = ()
    scores: tuple[InstrumentScore, ...] = ()
    notes: str | None = None
    from_substance_use_programme: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedCourse:
    """The course after the form, all that screening has found so far, and what the form found."""

    course: TreatmentCourse
    screening: Screening
    found: tuple[GradedFinding, ...]


async def submit_screening(command: SubmitScreening, begin: Begin, peers: Peers) -> ScreenedCourse:
    async with begin() as uow:
        client = await uow.clients.get(command.client_id)
        course = await uow.courses.get(client.course_id)
        protocol = await uow.protocol_of(course.id)
        _require_of_age(client, protocol.screening.min_age, uow)
        require_offered(protocol.course, command.programme, command.indications)
        before = await _screening_of(uow, course)
        result = submit(
            before,
            submission=_submission(command, uow),
            stated=command.findings,
            finding_ids=tuple(
                uow.new_id() for _ in (*command.findings, *command.indications, *command.scores)
            ),
            protocol=protocol.screening,
        )
        course = await uow.courses.save(
            screened(
                course,
                review_flags=result.change.state.review_flags,
                request_id=uow.new_id(),
                now=uow.now,
                programme=command.programme,
            )
        )
        screening = await uow.screenings.save(result.change)
        await _keep_questions(uow, course, command.questions)
        course = await _act_on_findings(uow, course, result)
        screened_course = ScreenedCourse(course=course, screening=screening, found=result.found)
        await uow.conclude(screened_course)
    if course.closing is None:
        return screened_course
    settlement = await settle_closing(
        course.id, begin, peers, conclusion=lambda after: replace(screened_course, course=after)
    )
    return replace(screened_course, course=settlement.course)


async def _act_on_findings(
    uow: UnitOfWork, course: TreatmentCourse, result: Screened
) -> TreatmentCourse:
    """What is absolute ends or revokes, what is new and relative is held once there is approval.

    Before an approval a relative finding is a flag for the prescriber, not a hold (J3).
    """
    await hold_for_findings(uow, course, HoldCategory.SUICIDALITY, result.crises)
    if not course.ever_approved:
        if result.absolute:
            return await decline_unless_ever_approved(uow, course)
        return course
    new = tuple(finding for finding in result.relative if finding in result.new)
    await hold_for_findings(uow, course, HoldCategory.CONTRAINDICATION, (*result.absolute, *new))
    if result.absolute:
        return await uow.courses.save(lose_approval(course, now=uow.now))
    return course


async def _keep_questions(
    uow: UnitOfWork, course: TreatmentCourse, questions: tuple[str, ...]
) -> None:
    """What the form asks back waits for an answer like any other question (F18, F43)."""
    for text in questions:
        await uow.questions.save(
            ask(
                question_id=uow.new_id(),
                client_id=course.client_id,
                course_id=course.id,
                text=text,
                now=uow.now,
            )
        )


async def _screening_of(uow: UnitOfWork, course: TreatmentCourse) -> Screening:
    found = await uow.screenings.find_by(course_id=course.id)
    return found or Screening(id=uow.new_id(), client_id=course.client_id, course_id=course.id)


def _submission(command: SubmitScreening, uow: UnitOfWork) -> Submission:
    return Submission(
        submitted_at=uow.now,
        submitted_by=uow.actor.ref,
        programme=command.programme,
        indications=command.indications,
        prior_treatments=command.prior_treatments,
        treatment_resistant=command.treatment_resistant,
        psychological_history=command.psychological_history,
        medical_history=command.medical_history,
        goals=command.goals,
        scores=command.scores,
        notes=command.notes,
        from_substance_use_programme=command.from_substance_use_programme,
    )


def _require_of_age(client: Client, min_age: int, uow: UnitOfWork) -> None:
    """Nobody below the clinic's age floor comes further than an inquiry (6.1, section 9)."""
    age = client.age_on(uow.now.astimezone(uow.timezone).date())
    if age < min_age:
        refuse(
            "client-under-age",
            "6.1",
            Unblock(fact="age", owner="intake", action="wait, or decline the inquiry"),
            min_age=min_age,
        )
