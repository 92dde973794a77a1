"""What is kept of a day, how long is waited, what is reported (INV-14, sections 3.1, 3.8)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.prescribing.domain.adverse_event import AdverseEvent, AdverseEventCode
from services.prescribing.domain.clearance import clearance_decision
from services.prescribing.domain.recovery_states import ReversalAgent
from services.prescribing.domain.reversal import reverse
from tests.unit.prescribing import test_clearance
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PROTOCOL,
    SESSION,
    at,
    passed,
    readings,
    recovering,
)
from tests.unit.prescribing.test_what_if import refused


def test_every_check_of_a_session_is_kept() -> None:
    """INV-14: the newest counts, and none is lost."""
    twice = passed().record(uuid4(), readings(), PROTOCOL.predose, by=NURSE, at=at("09:50")).state
    assert [one.taken.at for one in twice.checks] == [at("09:45"), at("09:50")]


@pytest.mark.parametrize(("minutes", "over"), [(-1, False), (0, True), (1, True)])
def test_the_wait_after_an_agent_ends_at_its_minute(minutes: int, over: bool) -> None:
    """3.8: two hours after 10:30, and then a client may be cleared."""
    wait = timedelta(hours=2)
    given = reverse(
        recovering(),
        ReversalAgent.NALOXONE,
        given_at=at("10:30"),
        wait=wait,
        by=NURSE,
        now=at("10:30"),
    ).state
    facts = test_clearance.facts(recovery=given, at=at("12:30") + timedelta(minutes=minutes))
    slugs = refused(clearance_decision(facts))
    assert ("reversal-agent-wait-not-over" not in slugs) == over


def test_an_event_is_reported_where_it_is_asked_for_and_not_by_itself() -> None:
    """3.1: outside the certified programme a mild one owes no report."""
    how: dict[str, Any] = {
        "client_id": CLIENT,
        "course_id": COURSE,
        "session_id": SESSION,
        "code": AdverseEventCode.NAUSEA,
        "serious": False,
        "occurred_at": at("10:30"),
        "by": NURSE,
        "now": at("10:30"),
    }
    assert AdverseEvent.record(uuid4(), **how).state.report_due_at is None
    certified = AdverseEvent.record(uuid4(), report_every=True, **how).state
    assert certified.report_due_at is not None
