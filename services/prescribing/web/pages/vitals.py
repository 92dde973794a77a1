"""A session's vital signs: what was measured when, beside the doses and the limits in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.prescribing.handlers.sessions import orders_of
from services.prescribing.persistence.unit_of_work import SqlPrescribingUnitOfWork
from services.prescribing.web.api import recoveries
from services.prescribing.web.pages.checks import checks_of
from services.prescribing.web.views.dosing import dose_order_view
from services.prescribing.web.views.recovery import RecoveryView
from shared.protocol import ClinicProtocol, Predose, RecoveryCriterion
from shared.storage import NotFound
from shared.web.pages.charts import Bars, Chart, Limit, Mark, Panel, Points
from shared.web.pages.page import Page

WITHIN: Final = 0.2
"""How far from before the dose vital signs may be at the end (the criterion of that name)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measuring. ``before``: of the pre-dose check, else of a look in recovery."""

    at: datetime
    by: UUID | None
    before: bool
    systolic: int
    diastolic: int
    heart_rate: int
    spo2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A measuring, or the dose with this number."""

    at: datetime
    measured: Measured | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Newest last. ``limits`` are of the protocol that the course is pinned to."""

    measured: Sequence[Measured]
    doses: Sequence[datetime]
    observe_until: datetime | None
    limits: Predose
    within: bool

    @property
    def rows(self) -> list[Row]:
        """Measurings and doses as the table lists them, in the order of time."""
        doses = [Row(at=at, seq=number) for number, at in enumerate(sorted(self.doses), start=1)]
        return sorted(
            [*(Row(at=one.at, measured=one) for one in self.measured), *doses],
            key=lambda row: row.at,
        )

    @property
    def chart(self) -> Chart | None:
        """The figures as panels; None while nothing was measured."""
        if not self.measured:
            return None
        dosed = min(self.doses, default=None)
        marks = [
            Mark(label="dose", at=at, shape="diamond", tone="accent") for at in sorted(self.doses)
        ]
        if self.observe_until is not None:
            ends = self.observe_until
            marks.append(Mark(label="earliest clearance", at=ends, shape="cross", tone="good"))
        return Chart(
            at=[one.at for one in self.measured],
            marks=marks,
            panels=[
                Panel(
                    label="blood pressure",
                    unit="mmHg",
                    height=210,
                    bars=Bars(
                        label="blood pressure, systolic to diastolic",
                        low=[one.diastolic for one in self.measured],
                        high=[one.systolic for one in self.measured],
                        tone="ink",
                    ),
                    limits=[*self._pressure(dosed), *self._near("systolic", dosed)],
                ),
                Panel(
                    label="pulse",
                    unit="/min",
                    height=130,
                    points=[
                        Points(
                            label="pulse",
                            values=[one.heart_rate for one in self.measured],
                            shape="circle",
                            tone="critical",
                        )
                    ],
                    limits=[
                        Limit(
                            label="at most",
                            value=self.limits.hr_range[1],
                            tone="warning",
                            until=dosed,
                        ),
                        Limit(
                            label="at least",
                            value=self.limits.hr_range[0],
                            tone="warning",
                            until=dosed,
                        ),
                        *self._near("heart_rate", dosed),
                    ],
                ),
                Panel(
                    label="oxygen saturation",
                    unit="%",
                    height=130,
                    points=[
                        Points(
                            label="oxygen saturation",
                            values=[one.spo2 for one in self.measured],
                            shape="square",
                            tone="info",
                        )
                    ],
                    limits=[Limit(label="at least", value=self.limits.spo2_min, tone="warning")],
                    ceiling=101,
                ),
            ],
        )

    def _pressure(self, dosed: datetime | None) -> list[Limit]:
        """Above which a prescriber decides, and above which no dose is given."""
        review, hold = self.limits.bp_review, self.limits.bp_hold
        return [
            Limit(label="systolic: hold", value=hold.sys, tone="critical", until=dosed),
            Limit(label="systolic: review", value=review.sys, tone="warning", until=dosed),
            Limit(label="diastolic: hold", value=hold.dia, tone="critical", until=dosed),
            Limit(label="diastolic: review", value=review.dia, tone="warning", until=dosed),
        ]

    def _near(self, what: str, dosed: datetime | None) -> list[Limit]:
        """Between which it has to be again before the client may leave."""
        earlier = [one for one in self.measured if one.before]
        if not (self.within and earlier and dosed):
            return []
        usual = getattr(earlier[-1], what)
        return [
            Limit(label="to leave, at most", value=usual * (1 + WITHIN), tone="good", since=dosed),
            Limit(label="to leave, at least", value=usual * (1 - WITHIN), tone="good", since=dosed),
        ]


async def vitals_of(page: Page, session_id: UUID) -> Vitals | None:
    """What this person may see of a session's vital signs; None where that is nothing."""
    if not (page.may("see_recoveries") or page.may("see_pre_dose_checks")):
        return None

    async def read(uow: SqlPrescribingUnitOfWork) -> tuple[list[datetime], ClinicProtocol]:
        orders = await orders_of(uow, session_id)
        views = [dose_order_view(order) for order in orders]
        doses = [dose.administered_at for order in views for dose in order.doses]
        return doses, await uow.protocol_of(orders[-1].course_id)

    doses, protocol = await page.call.read(read)
    recovery = await _recovery(page, session_id)
    return Vitals(
        measured=sorted(
            [*await _before(page, session_id), *_looks(recovery)], key=lambda one: one.at
        ),
        doses=doses,
        observe_until=recovery.observe_until if recovery and not recovery.ended else None,
        limits=protocol.predose,
        within=RecoveryCriterion.VITALS_WITHIN_20PCT in protocol.recovery.criteria,
    )


async def _before(page: Page, session_id: UUID) -> list[Measured]:
    series = await checks_of(page, session_id)
    return [
        Measured(
            at=one.taken.at,
            by=one.taken.ref,
            before=True,
            systolic=one.readings.systolic,
            diastolic=one.readings.diastolic,
            heart_rate=one.readings.heart_rate,
            spo2=one.readings.spo2,
        )
        for one in (series.checks if series else [])
        if one.taken
    ]


async def _recovery(page: Page, session_id: UUID) -> RecoveryView | None:
    if not page.may("see_recoveries"):
        return None
    try:
        return await recoveries.get_recovery(session_id, page.call)
    except NotFound:
        return None


def _looks(recovery: RecoveryView | None) -> list[Measured]:
    return [
        Measured(
            at=one.at,
            by=one.by.ref if one.by else None,
            before=False,
            systolic=one.seen.vitals.systolic,
            diastolic=one.seen.vitals.diastolic,
            heart_rate=one.seen.vitals.heart_rate,
            spo2=one.seen.vitals.spo2,
        )
        for one in (recovery.checks if recovery else [])
        if one.seen and one.seen.vitals
    ]
