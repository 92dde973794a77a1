"""The chart of a session's vital signs: the limits in force, and the same figures as the table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from services.prescribing.web import pages
from services.prescribing.web.pages.history import Given, History
from services.prescribing.web.pages.vitals import Measured, Vitals
from services.prescribing.web.views.prescriptions import GivenDoseView, TitrationView
from shared.protocol import Predose
from shared.protocol.safety import Pressure
from shared.runtime.ids import new_id
from shared.web.pages.rendering import ROOM
from shared.web.telling import WORDS

TEN = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
BEFORE = Measured(
    at=TEN - timedelta(minutes=15),
    by=None,
    before=True,
    systolic=120,
    diastolic=80,
    heart_rate=70,
    spo2=98,
)
LOOK = replace(BEFORE, at=TEN + timedelta(minutes=40), before=False, systolic=150)
OF_THE_COURSE = Predose(bp_hold=Pressure(sys=155, dia=95), hr_range=(55, 95), spo2_min=96)


def vitals(*measured: Measured, **other: Any) -> Vitals:
    given: dict[str, Any] = {
        "measured": measured,
        "doses": [TEN],
        "observe_until": None,
        "limits": OF_THE_COURSE,
        "within": True,
    }
    return Vitals(**{**given, **other})


def limits(shown: Vitals) -> set[tuple[str, float]]:
    assert shown.chart is not None
    return {(one.label, round(one.value)) for panel in shown.chart.panels for one in panel.limits}


def test_the_limits_are_those_of_the_course_s_own_protocol() -> None:
    drawn = limits(vitals(BEFORE, LOOK))
    assert {("systolic: hold", 155), ("diastolic: hold", 95)} <= drawn
    assert {("at most", 95), ("at least", 55), ("at least", 96)} <= drawn


def test_limits_of_the_dose_end_with_it_and_those_of_leaving_begin() -> None:
    chart = vitals(BEFORE, LOOK).chart
    assert chart is not None
    pressure = {one.label: one for one in chart.panels[0].limits}
    assert pressure["systolic: hold"].until == TEN
    assert pressure["to leave, at most"].since == TEN
    assert round(pressure["to leave, at most"].value) == 144
    assert round(pressure["to leave, at least"].value) == 96


def test_without_a_dose_or_without_the_criterion_nothing_is_said_of_leaving() -> None:
    for shown in (vitals(BEFORE, doses=[]), vitals(BEFORE, within=False), vitals(LOOK)):
        assert not any(label.startswith("to leave") for label, _ in limits(shown))


def test_nothing_measured_is_no_chart() -> None:
    assert vitals().chart is None


def test_the_table_has_every_figure_and_every_dose_in_the_order_of_time() -> None:
    rows = vitals(BEFORE, LOOK).rows
    assert [row.seq for row in rows] == [None, 1, None]
    assert [row.measured for row in rows] == [BEFORE, None, LOOK]


def test_no_two_series_of_a_chart_have_one_shape() -> None:
    chart = vitals(BEFORE, LOOK, observe_until=TEN + timedelta(hours=2)).chart
    assert chart is not None
    shapes = [points.shape for panel in chart.panels for points in panel.points]
    shapes += [one.shape for one in chart.kinds_of_mark]
    assert len(shapes) == len(set(shapes)) == 4


def history() -> History:
    dose = GivenDoseView(
        session_id=new_id(),
        dose_order_id=new_id(),
        dose_seq=1,
        administered_at=TEN,
        amount_mg=200,
        prescribed_mg=200,
        prescription_id=None,
        rx_version=1,
        given_by=None,
        witness_ref=None,
        deviation=False,
    )
    titration = TitrationView(course_id=new_id(), prescribed=[], given=[dose])
    return History(titration=titration, given=[Given(dose=dose, score=9, checks=1)])


def test_every_label_is_there_in_spanish() -> None:
    known = set()
    for folder in (Path(pages.__file__).parents[1] / "locale", ROOM / "locale", WORDS):
        with (folder / "es.po").open("rb") as stream:
            known |= {str(m.id) for m in read_po(stream, locale="es") if m.string}
    said: set[str] = set()
    ends = TEN + timedelta(hours=2)
    for chart in (vitals(BEFORE, LOOK, observe_until=ends).chart, history().chart([])):
        assert chart is not None
        chart.data(lambda text: said.add(text) or text)  # type: ignore[func-returns-value]
    assert len(said) > 10
    assert said - known == set()
