"""Screening: the intake form, and all that it has found so far."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.intake.domain.instruments import Instrument, InstrumentScore
from services.intake.domain.screening import GradedFinding, Screening, StatedFinding
from services.intake.handlers.submit_screening import (
    ScreenedCourse,
    SubmitScreening,
    submit_screening,
)
from services.intake.web.fields import Body, Line, Text
from services.intake.web.showing import course_view
from services.intake.web.views import CourseView
from shared.protocol import FindingCode, FindingContext, Grade, Indication, Programme
from shared.storage import NotFound
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(prefix="/clients", tags=["screening"])


class FindingBody(Body):
    code: FindingCode
    context: FindingContext = FindingContext.BASELINE
    severity: Grade | None = Field(
        default=None, description="Can make the clinic's grade graver, never milder"
    )


class ScoreBody(Body):
    instrument: Instrument
    score: Annotated[int, Field(ge=0, le=80)]


class ScreeningBody(Body):
    programme: Programme
    indications: Annotated[tuple[Indication, ...], Field(min_length=1, max_length=len(Indication))]
    findings: Annotated[tuple[FindingBody, ...], Field(max_length=100)] = ()
    prior_treatments: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    scores: Annotated[tuple[ScoreBody, ...], Field(max_length=20)] = ()
    notes: Text | None = None


class FindingView(BaseModel):
    finding_id: UUID
    code: str
    context: str
    grade: str
    crisis: bool


class ScreeningView(CourseView):
    """The course after the form, with what screening has found so far and why it matters."""

    screening_status: str
    review_flags: int
    findings: list[FindingView]


class SubmissionView(BaseModel):
    submitted_at: datetime
    submitted_by: UUID | None
    programme: str
    indications: list[str]
    prior_treatments: list[str]
    scores: dict[str, int]
    notes: str | None


class ScreeningFileView(BaseModel):
    """Every form that was handed in, and the findings that stay."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: str
    review_flags: int
    findings: list[FindingView]
    submissions: list[SubmissionView]


@router.post("/{client_id}/screening", status_code=201, responses=problems(404, 409, 412))
async def screening(
    client_id: UUID,
    body: ScreeningBody,
    call: Annotated[Call, Depends(calling("submit_screening"))],
) -> ScreeningView:
    """Hand in the intake form, at the start or when history comes up later."""
    command = SubmitScreening(
        client_id=client_id,
        programme=body.programme,
        indications=body.indications,
        findings=tuple(
            StatedFinding(code=one.code, context=one.context, severity=one.severity)
            for one in body.findings
        ),
        prior_treatments=body.prior_treatments,
        scores=tuple(
            InstrumentScore(instrument=one.instrument, score=one.score) for one in body.scores
        ),
        notes=body.notes,
    )

    def answer(screened: ScreenedCourse) -> ScreeningView:
        return ScreeningView(
            **course_view(screened.course, call.context.now).model_dump(),
            screening_status=screened.screening.status,
            review_flags=screened.screening.review_flags,
            findings=[_finding(one) for one in screened.screening.findings],
        )

    return await call.run_gate(submit_screening, command, answer)


def _finding(finding: GradedFinding) -> FindingView:
    return FindingView(
        finding_id=finding.finding_id,
        code=finding.code,
        context=finding.context,
        grade=finding.grade,
        crisis=finding.crisis,
    )


@router.get("/{client_id}/screening", responses=problems(404))
async def screening_file(
    client_id: UUID, call: Annotated[Call, Depends(calling("read_screening"))]
) -> ScreeningFileView:
    """What screening has found; reading it is kept in the audit."""

    async def read(uow: Any) -> ScreeningFileView:
        client = await uow.clients.get(client_id)
        found = await uow.screenings.find_by(course_id=client.course_id)
        if found is None:
            raise NotFound("screening", client_id)
        await uow.detail_audit.told(
            "screening", client_id=client.id, actor_role=call.actor.role, actor_ref=call.actor.ref
        )
        return _file(found)

    return await call.read(read)


def _file(screening: Screening) -> ScreeningFileView:
    return ScreeningFileView(
        id=screening.id,
        client_id=screening.client_id,
        course_id=screening.course_id,
        status=screening.status,
        review_flags=screening.review_flags,
        findings=[_finding(one) for one in screening.findings],
        submissions=[
            SubmissionView(
                submitted_at=one.submitted_at,
                submitted_by=one.submitted_by,
                programme=one.programme,
                indications=list(one.indications),
                prior_treatments=list(one.prior_treatments),
                scores={score.instrument.value: score.score for score in one.scores},
                notes=one.notes,
            )
            for one in screening.submissions
        ],
    )
