"""Each pair of state and step: a step, a refusal that says what and why, or settled by name."""

from enum import Enum
from typing import Any

import pytest

from services.prescribing.domain.transitions import Transitions
from shared.decisions import Refused
from tests.unit.prescribing.transition_subject import Subject
from tests.unit.prescribing.transitions_around_the_dose import AROUND_THE_DOSE
from tests.unit.prescribing.transitions_to_the_dose import TO_THE_DOSE

EVERY = {**TO_THE_DOSE, **AROUND_THE_DOSE}

PAIRS = [
    pytest.param(name, state, step, id=f"{name}: {state} {step}")
    for name, subject in EVERY.items()
    for state in subject.table.possible
    for step in subject.steps
]


def walk(subject: Subject, state: Any, step: Any) -> None:
    """Take the step from the state, and see that exactly what the table says becomes of it."""
    before = subject.before(state, step)
    if not subject.table.allows(state, step) and not subject.table.is_settled(state, step):
        with pytest.raises(Refused) as refused:
            subject.steps[step](before)
        (refusal,) = refused.value.refusals
        assert refusal.slug == subject.table.slug(state, step)
        assert refusal.facts["status"] == state
        assert len(refusal.facts) >= 2, "which one it is belongs to the facts"
        assert refusal.unblocks_with, "what would unblock it, and whose it is"
        return
    change = subject.steps[step](before)
    if subject.table.is_settled(state, step):
        assert change.state == before
        assert change.events == ()
    else:
        assert change.state != before or change.events


@pytest.mark.parametrize(("name", "state", "step"), PAIRS)
def test_a_pair_does_what_its_table_says(name: str, state: Any, step: Any) -> None:
    walk(EVERY[name], state, step)


@pytest.mark.parametrize("name", EVERY)
def test_a_table_speaks_of_every_state_and_every_step(name: str) -> None:
    subject = EVERY[name]
    states: type[Enum] = type(next(iter(subject.table.possible)))
    steps: type[Enum] = type(next(iter(subject.steps)))

    assert set(subject.table.possible) == set(states)
    assert set(subject.steps) == set(steps)
    assert set(subject.states()) == set(states)
    for state, made in subject.states().items():
        assert getattr(made, "state", made.status) == state
    named = {pair for pair in subject.table.slugs if subject.table.slug(*pair)}
    assert {state for state, _ in named} <= set(states)


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_both_possible_and_settled(name: str) -> None:
    table = EVERY[name].table

    for state, steps in table.settled.items():
        assert not set(steps) & set(table.possible[state])


def test_a_step_that_a_table_forgot_is_seen() -> None:
    """The twin: a table that allows what the aggregate refuses, and one that refuses too much."""
    hold = EVERY["hold"]
    everything = {state: set(hold.steps) for state in hold.table.possible}
    too_much = Transitions(about="hold", cites="test", possible=everything)
    with pytest.raises(Refused):
        walk(Subject(too_much, hold.states, hold.steps), "lifted", "sign")

    nothing: Any = Transitions(about="hold", cites="test", possible={"open": set(), "lifted": ()})
    with pytest.raises(BaseException, match="DID NOT RAISE"):
        walk(Subject(nothing, hold.states, hold.steps), "open", "sign")
