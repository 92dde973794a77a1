"""The dose history: each dose with what was prescribed for it, and the last score after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.prescribing.web.api import prescriptions, recoveries
from services.prescribing.web.views.prescriptions import GivenDoseView, TitrationView
from services.prescribing.web.views.records import AdverseEventView
from shared.web.pages.charts import Bars, Chart, Mark, Panel, Points
from shared.web.pages.page import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """``score`` is of the last look of the session's recovery, ``checks`` how many there were."""

    dose: GivenDoseView
    score: int | None
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    titration: TitrationView
    given: list[Given]

    def chart(self, adverse: Sequence[AdverseEventView]) -> Chart | None:
        """Amounts with the score that followed each above them, and what went wrong."""
        if not self.given:
            return None
        amounts = [one.dose.amount_mg for one in self.given]
        prescribed = [one.dose.prescribed_mg for one in self.given]
        return Chart(
            by_day=True,
            at=[one.dose.administered_at for one in self.given],
            marks=[
                Mark(label="adverse event", at=one.occurred_at, shape="cross", tone="critical")
                for one in adverse
            ],
            panels=[
                Panel(
                    label="score",
                    unit="score",
                    height=120,
                    floor=0,
                    ceiling=11,
                    points=[
                        Points(
                            label="last score of the recovery",
                            values=[one.score for one in self.given],
                            shape="triangle",
                            tone="info",
                        )
                    ],
                ),
                Panel(
                    label="amount",
                    unit="mg",
                    height=190,
                    floor=0,
                    bars=Bars(label="mg given", low=None, high=amounts, tone="accent"),
                    points=[
                        Points(
                            label="mg prescribed",
                            values=prescribed,
                            shape="diamond",
                            tone="ink",
                            joined=False,
                        )
                    ],
                ),
            ],
        )


async def history(page: Page, course_id: UUID) -> History:
    """The doses of a course in their order, with the scores that followed them."""
    titration = await prescriptions.get_titration(course_id, page.call)
    listed = await recoveries.list_recoveries(page.call, course_id=course_id, limit=200)
    looks = {one.session_id: one.checks for one in listed.items}
    given = []
    for dose in titration.given:
        checks = looks.get(dose.session_id, [])
        scores = [c.seen.score for c in checks if c.seen is not None and c.seen.score is not None]
        given.append(Given(dose=dose, score=scores[-1] if scores else None, checks=len(checks)))
    return History(titration=titration, given=given)
