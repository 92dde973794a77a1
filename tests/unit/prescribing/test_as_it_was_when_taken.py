"""Ruling 12: whether a dose broke a rule is asked as of the time at which it was taken.

Each fact of G-DOSE that can have changed since is tried in two ways: against the rule when the dose
was taken and mended since, and in order then and lost since.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.prescribing.domain.dose_order_states import Dose, TakenReason
from services.prescribing.domain.session_facts import SessionFacts
from services.prescribing.domain.taken_dose import (
    told_rules_broken,
)
from services.prescribing.domain.vocabulary import SessionOutcome
from shared.protocol import HoldBlock
from tests.unit.prescribing.clinic import (
    PROTOCOL,
    SESSION,
    at,
    course,
    requested,
    told,
)
from tests.unit.prescribing.facts_over_time import (
    AFTER,
    BEFORE,
    HOLD,
    TAKEN,
    Step,
    a_hold,
    approved,
    broken,
    cancelled,
    closed,
    ended,
    granted,
    held,
    lifted,
    replaced,
    revoked,
    stopped,
    withdrawn,
)

AGAINST_IT_THEN: list[tuple[str, tuple[Step, ...]]] = [
    ("hold-blocks-dose", (held(BEFORE), lifted(AFTER))),
    ("hold-blocks-dose", (held(TAKEN),)),
    ("hold-blocks-dose", (held(BEFORE), lifted(BEFORE, by="scheduling"))),
    ("approval-not-current", (revoked(BEFORE), approved(AFTER))),
    ("consent-treatment-not-active", (withdrawn(BEFORE), granted(AFTER))),
    ("consent-treatment-not-active", (withdrawn(TAKEN),)),
    ("escort-not-confirmed", (cancelled(BEFORE), replaced(AFTER))),
    ("session-stopped", (stopped(BEFORE),)),
    ("session-not-in-progress", (ended(BEFORE),)),
    ("session-not-in-progress", (ended(TAKEN),)),
    ("session-not-in-progress", (ended(BEFORE, SessionOutcome.ABORTED_BEFORE_DOSE),)),
    ("course-not-active", (closed(BEFORE),)),
]
IN_ORDER_THEN: list[tuple[Step, ...]] = [
    (),
    (held(BEFORE), lifted(at("09:59"))),
    (held(BEFORE), lifted(TAKEN)),
    (held(AFTER),),
    (revoked(AFTER),),
    (revoked(BEFORE), approved(BEFORE)),
    (withdrawn(AFTER),),
    (withdrawn(BEFORE), granted(at("09:59"))),
    (cancelled(AFTER),),
    (cancelled(BEFORE), replaced(at("09:59"))),
    (stopped(AFTER),),
    (ended(AFTER),),
    (ended(AFTER, SessionOutcome.ABORTED_BEFORE_DOSE),),
    (closed(AFTER),),
]


@pytest.mark.parametrize(("slug", "steps"), AGAINST_IT_THEN)
def test_what_was_against_a_dose_is_named_though_it_was_mended_since(
    slug: str, steps: tuple[Step, ...]
) -> None:
    assert broken(*steps) == {slug}


@pytest.mark.parametrize("steps", IN_ORDER_THEN)
def test_what_was_in_order_stays_so_though_it_was_lost_since(steps: tuple[Step, ...]) -> None:
    assert broken(*steps) == set()


def test_a_lift_of_an_unknown_time_counts_as_before() -> None:
    """Facts of older records: the hold is as lifted as it was ever taken to be."""
    unknown: Step = lambda f: f.lift("intake", HOLD, "lifted")  # noqa: E731
    assert broken(held(BEFORE), unknown) == set()


LOSSES: tuple[Step, ...] = (
    held(BEFORE),
    lifted(AFTER),
    revoked(BEFORE),
    approved(AFTER),
    withdrawn(AFTER),
    cancelled(BEFORE),
    replaced(BEFORE),
    stopped(AFTER),
    ended(AFTER),
)


@given(steps=st.permutations(LOSSES), again=st.lists(st.sampled_from(LOSSES), max_size=5))
def test_the_order_of_delivery_changes_nothing(steps: list[Step], again: list[Step]) -> None:
    assert broken(*steps, *again) == {"hold-blocks-dose", "approval-not-current"}


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=5
    ),
    minute=st.integers(0, 60),
    data=st.data(),
)
def test_holds_block_from_their_placing_to_their_lifting(
    spans: list[tuple[int, int | None]], minute: int, data: st.DataObject
) -> None:
    """As a model: intervals on a line, told in any order."""
    begin = at("09:50")
    steps: list[Step] = []
    for number, (placed, until) in enumerate(spans):
        hold = a_hold(UUID(int=100 + number))
        when = begin + timedelta(minutes=placed)
        steps.append(lambda f, hold=hold, when=when: f.place(told(hold, when)))  # type: ignore[misc]
        if until is not None:
            gone = begin + timedelta(minutes=placed + until)
            steps.append(
                lambda f, hold=hold, gone=gone: f.lift("intake", hold.hold_id, "e", gone)  # type: ignore[misc]
            )
    facts = course()
    for step in data.draw(st.permutations(steps)):
        facts = step(facts)
    expected = any(
        placed <= minute and (until is None or minute < placed + until) for placed, until in spans
    )
    asked = begin + timedelta(minutes=minute)
    assert facts.held_as_of(HoldBlock.DOSE, asked) is expected


@settings(max_examples=40)
@given(taken=st.integers(0, 40), placed=st.integers(0, 40), lasts=st.integers(0, 40))
def test_whichever_is_heard_first_the_deviation_is_the_same(
    taken: int, placed: int, lasts: int
) -> None:
    begin = at("09:55")
    when, until = (begin + timedelta(minutes=m) for m in (placed, placed + lasts))
    administered = begin + timedelta(minutes=taken)
    dose = Dose(
        seq=1, administered_at=administered, timing_profile="SL-STD", reason=TakenReason.CORRECTION
    )
    for order in (requested(), requested(doses=(dose,))):
        facts = lifted(until)(held(when)(course()))
        named_now = told_rules_broken(order, facts, PROTOCOL, administered, seq=1)
        assert ("hold-blocks-dose" in named_now) is (when <= administered < until)


def test_an_empty_session_was_never_in_progress() -> None:
    nothing: Step = lambda f: f.in_session(SESSION, lambda _s: SessionFacts())  # noqa: E731
    assert {"session-not-in-progress", "escort-not-confirmed"} == broken(nothing)


def test_a_further_dose_is_not_kept_out_by_an_end_before_the_first() -> None:
    """Ruling 12: the session runs again from the dose that was believed not to be."""
    first = Dose(seq=1, administered_at=BEFORE, timing_profile="SL-STD")
    facts = ended(at("09:56"), SessionOutcome.ABORTED_BEFORE_DOSE)(course())
    order = requested(doses=(first,))
    assert told_rules_broken(order, facts, PROTOCOL, TAKEN, seq=2) == ()
    assert "session-not-in-progress" in told_rules_broken(order, facts, PROTOCOL, BEFORE, seq=1)
