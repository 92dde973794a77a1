"""The screening form, and what it has found."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import BeforeValidator, Field

from services.intake.domain.implied_findings import implied_by
from services.intake.domain.instruments import HIGHEST, Instrument, InstrumentScore
from services.intake.domain.scoring import least_positive
from services.intake.web import courses, questions
from services.intake.web import screening as api
from services.intake.web.pages.about import about
from services.intake.web.screening import ScoreBody, ScreeningBody
from services.intake.web.screening_views import ScreeningFileView
from shared.protocol import FindingCode, Indication, Programme, ScreeningCuts
from shared.storage import NotFound
from shared.web.pages.forms import Form
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")

FEWEST, MOST_ANSWERS = 7, 20
HIGHEST_ANSWER, HIGHEST_TOTAL = 4, 80
NOT_A_SCORE: Final = "Write the total, or every answer in the order of the form."


def _filled(text: object) -> object:
    """A total, or the answers of a form, as somebody types them."""
    if not isinstance(text, str):
        return text
    parts = re.split(r"[\s,;]+", text.strip())
    if not all(re.fullmatch(r"\d{1,2}|-", part) for part in parts):
        raise ValueError(NOT_A_SCORE)
    numbers = [None if part == "-" else int(part) for part in parts]
    if len(numbers) == 1:
        if numbers[0] is None or numbers[0] > HIGHEST_TOTAL:
            raise ValueError(NOT_A_SCORE)
        return numbers
    if not FEWEST <= len(numbers) <= MOST_ANSWERS or any(
        number is not None and number > HIGHEST_ANSWER for number in numbers
    ):
        raise ValueError(NOT_A_SCORE)
    return numbers


class ScreeningForm(ScreeningBody):
    """The body as a page fills it in: what was typed of each questionnaire."""

    score_of: dict[Instrument, Annotated[list[int | None], BeforeValidator(_filled)]] = Field(
        default_factory=dict
    )

    def whole(self) -> ScreeningBody:
        """The body that the form means."""
        scores = tuple(
            ScoreBody(instrument=instrument, score=numbers[0])
            if len(numbers) == 1
            else ScoreBody(instrument=instrument, answers=tuple(numbers))
            for instrument, numbers in self.score_of.items()
        )
        return ScreeningBody.model_validate(
            {**self.model_dump(exclude={"score_of", "scores"}), "scores": scores}
        )


@router.get("/{course_id}/screening")
async def screening(
    course_id: UUID, page: Annotated[Page, Depends(paged("submit_screening"))]
) -> Response:
    """What was handed in, and a form for what is new."""
    return await _screening(page, course_id, Form())


@router.post("/{course_id}/screening")
async def submit(
    course_id: UUID, page: Annotated[Page, Depends(paged("submit_screening"))]
) -> Response:
    """Hand in the form; what it finds takes effect at once."""
    client_id = (await courses.course(course_id, page.call)).client_id
    return await page.submit(
        ScreeningForm,
        lambda body, call: api.screening(client_id, body.whole(), call),
        then=f"/courses/{course_id}/screening",
        again=lambda form: _screening(page, course_id, form),
    )


async def _screening(page: Page, course_id: UUID, form: Form) -> Response:
    values = await about(course_id, page.call)
    file = None
    if page.may("read_screening"):
        try:
            file = await api.screening_file(values["course"].client_id, page.call)
        except NotFound:
            file = None

    async def read(uow: Any) -> ScreeningCuts:
        cuts: ScreeningCuts = (await uow.protocol_of(course_id)).screening.cuts
        return cuts

    cuts = await page.call.read(read)
    return page.show(
        "screening.html",
        form=form,
        file=file,
        origins=origins(file, cuts) if file else {},
        programmes=[one.value for one in Programme],
        indications=[one.value for one in Indication],
        codes=[one.value for one in FindingCode],
        instruments=[one.value for one in Instrument],
        highest=HIGHEST,
        cuts=least_positive(cuts),
        questions=await questions.questions(course_id, page.call, "open"),
        **values,
    )


def origins(file: ScreeningFileView, cuts: ScreeningCuts) -> dict[str, str]:
    """What each finding comes from: a ``questionnaire``, an ``indication``, or it is ``stated``."""
    by_scores: set[str] = set()
    by_indication: set[str] = set()
    for one in file.submissions:
        scores = [
            InstrumentScore(
                instrument=Instrument(scored.instrument),
                score=scored.score,
                answers=tuple(scored.answers),
            )
            for scored in one.questionnaires
        ]
        by_scores |= {code.value for code in implied_by((), scores, cuts)}
        indications = [Indication(name) for name in one.indications]
        by_indication |= {code.value for code in implied_by(indications, (), cuts)}
    return {
        found.code: "questionnaire"
        if found.code in by_scores
        else "indication"
        if found.code in by_indication
        else "stated"
        for found in file.findings
    }
