"""A dose belongs into a session that was heard to start, and is observed by its own clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.restriction import Window
from services.prescribing.domain.clearance import ClearanceFacts, clearance_decision
from services.prescribing.domain.gates import dose_decision
from tests.unit.prescribing.clearing import ready
from tests.unit.prescribing.clinic import NURSE, PROTOCOL, SESSION, at, course, told
from tests.unit.prescribing.dose_gate_cases import facts


def test_inv_08_a_lost_start_is_not_guessed() -> None:
    """Scheduling says it runs, and its start was never heard here: no dose."""
    lost = course().in_session(SESSION, lambda session: replace(session, started=None))
    decision = dose_decision(facts(course=lost))
    assert [refusal.slug for refusal in decision.refusals] == ["session-not-in-progress"]
    heard = lost.in_session(
        SESSION, lambda session: replace(session, started=told(at("09:50"), at("09:50")))
    )
    assert dose_decision(facts(course=heard)).allowed


@given(skew=st.timedeltas(min_value=timedelta(hours=-3), max_value=timedelta(hours=3)))
def test_inv_22_another_services_clock_shortens_no_observation(skew: timedelta) -> None:
    """The session's end is of scheduling's clock; the minimum counts from the dose by ours."""
    question = ClearanceFacts(
        recovery=ready(),
        protocol=PROTOCOL,
        session_ended_at=at("12:30") + skew,
        session_end_source="event",
        medicine_out=False,
        found=False,
        by=NURSE,
        at=at("11:59"),
    )
    slugs = {refusal.slug for refusal in clearance_decision(question).refusals}
    assert "minimum-observation-not-over" in slugs
    assert clearance_decision(replace(question, at=at("12:35"))).allowed


@pytest.mark.parametrize("minute", ["11:59", "12:00"])
def test_inv_22_the_minimum_is_to_the_minute(minute: str) -> None:
    question = ClearanceFacts(
        recovery=ready(at("12:00")),
        protocol=PROTOCOL,
        session_ended_at=at("11:00"),
        session_end_source="event",
        medicine_out=False,
        found=False,
        by=NURSE,
        at=at(minute),
    )
    assert clearance_decision(question).allowed is (minute == "12:00")


def test_inv_26_a_restriction_that_is_over_stays_over() -> None:
    window = Window(until=at("18:00"), end_known=True)
    active = [window.active(at("18:00") + timedelta(minutes=m)) for m in (-1, 0, 1, 600)]
    assert active == [True, False, False, False]
