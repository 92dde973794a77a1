"""How the client has been over the treatment: every score, beside the doses before it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from services.intake.domain.instruments import HIGHEST, Instrument
from services.intake.domain.scoring import least_positive
from services.intake.web import screening as api
from services.intake.web.pages.about import about
from services.intake.web.screening_views import OutcomeView
from shared.protocol import ScreeningCuts
from shared.web.pages.charts import Chart, Limit, Mark, Panel, Points, Shape, Tone
from shared.web.pages.page import Page, paged

router = APIRouter(prefix="/courses")

_SIGNS: tuple[tuple[Shape, Tone], ...] = (
    ("circle", "info"),
    ("square", "accent"),
    ("triangle", "warning"),
    ("diamond", "ink"),
    ("circle", "critical"),
    ("square", "good"),
)


@router.get("/{course_id}/scores")
async def scores(
    course_id: UUID, page: Annotated[Page, Depends(paged("read_screening"))]
) -> Response:
    """Each questionnaire over time, with the cut that the course's protocol sets."""
    outcomes = await api.course_outcomes(course_id, page.call)
    found = outcomes.items

    async def read(uow: Any) -> tuple[list[datetime], ScreeningCuts]:
        course = await uow.courses.get(course_id)
        facts = await uow.facts.get(course.id, course.client_id)
        doses = [told.value.administered_at for told in facts.doses.open.values()]
        return doses, (await uow.protocol_of(course.id)).screening.cuts

    doses, cuts = await page.call.read(read)
    return page.show(
        "scores.html",
        scores=found,
        notice=outcomes.redisclosure_notice,
        doses=sorted(doses),
        cuts=least_positive(cuts),
        highest=HIGHEST,
        chart=_chart(found, doses, cuts),
        **await about(course_id, page.call),
    )


def _chart(
    found: Sequence[OutcomeView], doses: Sequence[datetime], cuts: ScreeningCuts
) -> Chart | None:
    """A panel for each questionnaire that was ever filled in."""
    moments = sorted({one.at for one in found})
    used = [one for one in Instrument if any(each.instrument == one for each in found)]
    if not moments:
        return None
    least = least_positive(cuts)
    by = {(one.instrument, one.at): one.score for one in found}
    return Chart(
        by_day=True,
        at=moments,
        marks=[Mark(label="dose", at=at, shape="diamond", tone="accent") for at in sorted(doses)],
        panels=[
            Panel(
                label=one.value,
                unit=one.value.upper(),
                height=130,
                floor=0,
                ceiling=HIGHEST[one] + 1,
                points=[
                    Points(
                        label=one.value.upper(),
                        values=[by.get((one.value, at)) for at in moments],
                        shape=shape,
                        tone=tone,
                    )
                ],
                limits=[Limit(label="positive from", value=least[one], tone="warning")],
            )
            for one, (shape, tone) in zip(used, _SIGNS, strict=False)
        ],
    )
