"""INV-25: only closed orders prove that there was no dose, and who waits sees what for."""

from typing import Any

import pytest

from services.scheduling.domain.closing_undosed import GATE, decide_undosed
from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.session_states import SessionStatus
from tests.unit.scheduling.building import (
    ORDER,
    PROTOCOL,
    SESSION,
    administered,
    at,
    authorised,
    facts,
    named,
    order_closed,
)
from tests.unit.scheduling.states import dosing_in

ABORTED = dosing_in(SessionStatus.ABORTED)
CLOSED = order_closed(authorised(facts()), 0)
ANOTHER = str(named("another order"))


def _another(known: CourseFacts) -> CourseFacts:
    return known.order(ANOTHER, str(SESSION), lambda o: o)


@pytest.mark.parametrize(
    ("known", "free", "open_"),
    [
        (facts(), False, []),
        (authorised(facts()), False, [str(ORDER)]),
        (CLOSED, True, []),
        (order_closed(authorised(facts()), 1), False, []),
        (administered(CLOSED), False, []),
        (_another(CLOSED), False, [ANOTHER]),
    ],
)
def test_nobody_is_free_to_go_by_a_silence(
    known: CourseFacts, free: bool, open_: list[str]
) -> None:
    decision = decide_undosed(ABORTED, known)
    (verdict,) = decision.verdicts
    assert (decision.gate, decision.allowed) == (GATE, free)
    assert (verdict.slug, verdict.rule, verdict.facts["open"]) == (
        "dose-order-not-closed",
        "INV-25",
        open_,
    )
    assert [one.owner for one in verdict.unblocks_with] == ([] if free else ["prescribing"])

    by = Known(facts=known, booking=None, recovery=PROTOCOL.recovery, now=at("12:40"))
    followed: Any = follow(ABORTED, by).state
    assert (followed.status is SessionStatus.CLOSED) == free
