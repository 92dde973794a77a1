"""The client's answer of the day, from each state to each other (6.5)."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.scheduling.domain.assent import Assent, AssentStatus
from shared.decisions import Refused
from tests.unit.scheduling.building import assented, at

A = AssentStatus
YES = assented("09:48")
NO = replace(YES, status=A.REFUSED)
STEPS: dict[A, Callable[[Assent], Assent]] = {
    A.GIVEN: lambda assent: assent.answered(YES),
    A.USED: lambda assent: assent.used(),
    A.REFUSED: lambda assent: assent.taken_back(at("09:49")),
}
ALLOWED = {
    (A.NONE, A.GIVEN),
    (A.NONE, A.REFUSED),
    (A.GIVEN, A.GIVEN),
    (A.GIVEN, A.USED),
    (A.GIVEN, A.REFUSED),
    (A.LAPSED, A.GIVEN),
    (A.LAPSED, A.REFUSED),
    (A.REFUSED, A.GIVEN),
    (A.REFUSED, A.REFUSED),
}


@pytest.mark.parametrize("state", A)
@pytest.mark.parametrize("to", STEPS)
def test_each_step_is_taken_or_refused_by_name(state: A, to: A) -> None:
    before = replace(YES, status=state)
    if (state, to) in ALLOWED:
        assert STEPS[to](before).status is to
        return
    with pytest.raises(Refused) as refused:
        STEPS[to](before)
    (refusal,) = refused.value.refusals
    assert refusal.slug == f"assent-is-{state.value}"
    assert (refusal.facts["status"], refusal.facts["to"]) == (state.value, to.value)


def test_a_no_is_an_answer_too() -> None:
    assert YES.answered(NO) == NO
