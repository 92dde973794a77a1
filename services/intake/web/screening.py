"""Screening: the intake form, and all that it has found so far."""

from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, model_validator

from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.outcomes import outcomes
from services.intake.domain.scoring import counted, totalled
from services.intake.domain.screening import (
    StatedFinding,
)
from services.intake.handlers.submit_screening import (
    ScreenedCourse,
    SubmitScreening,
    submit_screening,
)
from services.intake.web.fields import Body, Line, Text
from services.intake.web.screening_views import (
    OutcomesView,
    ScreeningFileView,
    ScreeningView,
    file_view,
    finding_view,
    notice_of,
    outcome_view,
)
from services.intake.web.showing import course_view
from shared.protocol import (
    FindingCode,
    FindingContext,
    Grade,
    Indication,
    Programme,
)
from shared.storage import NotFound
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["screening"])


class FindingBody(Body):
    code: FindingCode
    context: FindingContext = FindingContext.BASELINE
    severity: Grade | None = Field(
        default=None, description="Can make the clinic's grade graver, never milder"
    )


class ScoreBody(Body):
    """The answers of a form, item by item, which are counted here; or a score counted elsewhere."""

    instrument: Instrument
    score: Annotated[int, Field(ge=0, le=80)] | None = None
    answers: (
        Annotated[
            tuple[Annotated[int, Field(ge=0, le=4)] | None, ...],
            Field(min_length=7, max_length=20),
        ]
        | None
    ) = Field(default=None, description="In the order of the form; null where it skips an item")

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.score is None) is (self.answers is None):
            raise ValueError("give either the answers or the score")
        return self

    def scored(self) -> InstrumentScore:
        if self.answers is not None:
            return counted(self.instrument, self.answers)
        return totalled(self.instrument, self.score or 0)


class ScreeningBody(Body):
    programme: Programme
    indications: Annotated[tuple[Indication, ...], Field(min_length=1, max_length=len(Indication))]
    findings: Annotated[tuple[FindingBody, ...], Field(max_length=100)] = ()
    prior_treatments: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    treatment_resistant: bool | None = None
    psychological_history: Text | None = None
    medical_history: Text | None = None
    goals: Text | None = None
    questions: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    scores: Annotated[tuple[ScoreBody, ...], Field(max_length=20)] = ()
    notes: Text | None = None
    from_substance_use_programme: bool = Field(
        default=False,
        description="The history comes from a programme that treats substance use (42 CFR Part 2)",
    )


@router.post("/clients/{client_id}/screening", status_code=201, responses=problems(404, 409, 412))
async def screening(
    client_id: UUID,
    body: ScreeningBody,
    call: Annotated[Call, Depends(calling("submit_screening"))],
) -> ScreeningView:
    """Hand in the intake form, at the start or when history comes up later.

    The answer tells all that was ever found to those who may read the screening. To others, and
    where it is labelled, it tells what this form found.
    """
    command = SubmitScreening(
        client_id=client_id,
        programme=body.programme,
        indications=body.indications,
        findings=tuple(
            StatedFinding(code=one.code, context=one.context, severity=one.severity)
            for one in body.findings
        ),
        prior_treatments=body.prior_treatments,
        treatment_resistant=body.treatment_resistant,
        psychological_history=body.psychological_history,
        medical_history=body.medical_history,
        goals=body.goals,
        questions=body.questions,
        scores=tuple(one.scored() for one in body.scores),
        notes=body.notes,
        from_substance_use_programme=body.from_substance_use_programme,
    )
    reads = call.request.app.state.access["read_screening"].roles

    def answer(screened: ScreenedCourse) -> ScreeningView:
        known = screened.screening
        reads_all = call.actor.role in reads and not known.labelled
        told = known.findings if reads_all else screened.found
        return ScreeningView(
            **course_view(screened.course, call.context.now).model_dump(),
            screening_status=known.status,
            review_flags=known.review_flags,
            findings=[finding_view(one) for one in told],
        )

    return await call.run_gate(submit_screening, command, answer)


@router.get("/clients/{client_id}/screening", responses=problems(404))
async def screening_file(
    client_id: UUID,
    call: Annotated[Call, Depends(calling("read_screening"))],
    course_id: Annotated[UUID | None, Query(description="Of an earlier course")] = None,
) -> ScreeningFileView:
    """What screening of the newest course has found; reading it is kept in the audit."""

    async def read(uow: Any) -> ScreeningFileView:
        client = await uow.clients.get(client_id)
        found = await uow.screenings.find_by(
            client_id=client.id, course_id=course_id or client.course_id
        )
        if found is None:
            raise NotFound("screening", client_id)
        protocol = await uow.protocol_of(found.course_id)
        return file_view(found, protocol.screening.cuts)

    return await call.read(read)


@router.get("/courses/{course_id}/outcomes", responses=problems(404))
async def course_outcomes(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_screening"))]
) -> OutcomesView:
    """Every score of the course beside the sessions before it; reading it is kept in the audit."""

    async def read(uow: Any) -> OutcomesView:
        course = await uow.courses.get(course_id)
        screening = await uow.screenings.find_by(course_id=course.id)
        facts = await uow.facts.get(course.id, course.client_id)
        protocol = await uow.protocol_of(course.id)
        found = () if screening is None else outcomes(screening, facts, protocol.screening.cuts)
        return OutcomesView(
            course_id=course.id,
            items=[outcome_view(one) for one in found],
            redisclosure_notice=None if screening is None else notice_of(screening),
        )

    return await call.read(read)
