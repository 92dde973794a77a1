"""The inbox: who may be hurt soonest comes first, then who has waited longest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.prescribing.domain.review_task import TaskKind, TaskStatus
from services.prescribing.web.pages.worklist import GRAVE, Line, Risk, line, ordered
from services.prescribing.web.views.records import TaskView
from shared.protocol import Role
from shared.runtime.ids import new_id

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SOMEBODY = UUID("018f0000-0000-7000-8000-000000000009")


def waiting(risk: Risk, minutes: int, to: str = "/") -> Line:
    return Line(
        kind="tasks",
        what="task",
        risk=risk,
        since=NOW - timedelta(minutes=minutes),
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        to=to,
    )


def task(kind: TaskKind, *, due_in: int | None = None) -> TaskView:
    return TaskView(
        id=new_id(),
        client_id=SOMEBODY,
        course_id=SOMEBODY,
        session_id=None,
        status=TaskStatus.OPEN,
        kind=kind,
        raised_at=NOW - timedelta(hours=1),
        due_at=None if due_in is None else NOW + timedelta(minutes=due_in),
        done=None,
    )


def test_a_graver_line_comes_before_an_older_one() -> None:
    young, old = waiting(Risk.CRITICAL, 1), waiting(Risk.INFO, 600)
    assert ordered([old, young]) == [young, old]


def test_of_two_as_grave_the_older_comes_first() -> None:
    young, old = waiting(Risk.WARNING, 1), waiting(Risk.WARNING, 2)
    assert ordered([young, old]) == [old, young]


@given(st.lists(st.tuples(st.sampled_from(Risk), st.integers(0, 500)), max_size=12))
def test_the_order_is_that_of_risk_and_age_whatever_came_first(
    waits: list[tuple[Risk, int]],
) -> None:
    lines = [waiting(risk, minutes, f"/{i}") for i, (risk, minutes) in enumerate(waits)]
    found = ordered(lines)
    assert found == ordered(reversed(lines))
    assert [(one.risk, one.since) for one in found] == sorted((o.risk, o.since) for o in lines)


@pytest.mark.parametrize(
    ("kind", "due_in", "risk"),
    [
        (TaskKind.MONITORING_FORM, None, Risk.INFO),
        (TaskKind.MONITORING_FORM, 1, Risk.INFO),
        (TaskKind.MONITORING_FORM, 0, Risk.WARNING),
        (TaskKind.MEDICINE_NOT_ACCOUNTED_FOR, None, Risk.WARNING),
        (TaskKind.AFTERCARE_ESCALATED, 600, Risk.CRITICAL),
    ],
)
def test_a_task_is_as_grave_as_what_raised_it_and_graver_when_late(
    kind: TaskKind, due_in: int | None, risk: Risk
) -> None:
    assert line(task(kind, due_in=due_in), NOW).risk is risk


def test_paper_is_never_critical() -> None:
    assert TaskKind.SUMMARY_NOT_REVIEWED not in GRAVE
    assert TaskKind.MONITORING_FORM not in GRAVE


@pytest.mark.parametrize(
    ("kind", "what", "owner"),
    [
        ("recoveries", "observing", Role.NURSE),
        ("checks", "check_to_measure", Role.NURSE),
        ("checks", "check_to_decide", Role.PRESCRIBER),
        ("tasks", "aftercare_escalated", Role.PRESCRIBER),
    ],
)
def test_every_line_says_who_is_meant_to_take_it(kind: str, what: str, owner: Role) -> None:
    assert replace(waiting(Risk.INFO, 1), kind=kind, what=what).owner is owner
