"""What a screening shows to those who treat: findings, forms, and what questionnaires score."""

from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from services.intake.domain.outcomes import Outcome
from services.intake.domain.scoring import band, reaches_cut
from services.intake.domain.screening import GradedFinding, Screening, Submission
from services.intake.web.views import CourseView
from shared.protocol import ScreeningCuts


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


class ScoreView(BaseModel):
    """A score, the band that its authors give it, and whether the form itself was handed in."""

    instrument: str
    score: int
    band: str
    reaches_cut: bool
    complete: bool
    answers: list[int | None]


class SubmissionView(BaseModel):
    submitted_at: datetime
    submitted_by: UUID | None
    programme: str
    indications: list[str]
    prior_treatments: list[str]
    treatment_resistant: bool | None
    psychological_history: str | None
    medical_history: str | None
    goals: str | None
    scores: dict[str, int]
    questionnaires: list[ScoreView]
    notes: str | None


class ScreeningFileView(BaseModel):
    """Every form that was handed in, and the findings that stay."""

    id: UUID
    client_id: UUID
    course_id: UUID
    status: str
    programme: str | None
    review_flags: int
    findings: list[FindingView]
    submissions: list[SubmissionView]
    redisclosure_notice: str | None = None


class OutcomeView(BaseModel):
    """A score in time; ``change`` is since the first of the same instrument."""

    at: datetime
    instrument: str
    score: int
    band: str
    change: int
    sessions_before: int


class OutcomesView(BaseModel):
    course_id: UUID
    items: list[OutcomeView]
    next_cursor: UUID | None = None
    redisclosure_notice: str | None = None


REDISCLOSURE_NOTICE: Final = (
    "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
)
"""The statement of 42 CFR 2.32 that goes with every disclosure, word for word."""


def notice_of(screening: Screening) -> str | None:
    """What has to be said wherever this is shown or handed on."""
    return REDISCLOSURE_NOTICE if screening.labelled else None


def outcome_view(outcome: Outcome) -> OutcomeView:
    return OutcomeView(
        at=outcome.at,
        instrument=outcome.instrument,
        score=outcome.score,
        band=outcome.band,
        change=outcome.change,
        sessions_before=outcome.sessions_before,
    )


def file_view(screening: Screening, cuts: ScreeningCuts) -> ScreeningFileView:
    return ScreeningFileView(
        id=screening.id,
        client_id=screening.client_id,
        course_id=screening.course_id,
        status=screening.status,
        programme=screening.programme,
        review_flags=screening.review_flags,
        findings=[finding_view(one) for one in screening.findings],
        submissions=[_submission(one, cuts) for one in screening.submissions],
        redisclosure_notice=notice_of(screening),
    )


def _submission(one: Submission, cuts: ScreeningCuts) -> SubmissionView:
    return SubmissionView(
        submitted_at=one.submitted_at,
        submitted_by=one.submitted_by,
        programme=one.programme,
        indications=list(one.indications),
        prior_treatments=list(one.prior_treatments),
        treatment_resistant=one.treatment_resistant,
        psychological_history=one.psychological_history,
        medical_history=one.medical_history,
        goals=one.goals,
        scores={score.instrument.value: score.score for score in one.scores},
        questionnaires=[
            ScoreView(
                instrument=score.instrument,
                score=score.score,
                band=band(score, cuts),
                reaches_cut=reaches_cut(score, cuts),
                complete=score.complete,
                answers=list(score.answers),
            )
            for score in one.scores
        ],
        notes=one.notes,
    )


def finding_view(finding: GradedFinding) -> FindingView:
    return FindingView(
        finding_id=finding.finding_id,
        code=finding.code,
        context=finding.context,
        grade=finding.grade,
        crisis=finding.crisis,
    )
