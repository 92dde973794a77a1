"""An erasure takes two people, and nothing of the client that is not over (reliability 2.8)."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from careteam_contracts.enums import KeepsClient
from services.intake.domain.erasure import (
    Erasure,
    ErasureBasis,
    ErasureStatus,
    Keeps,
    Kept,
    confirm,
    erasure_decision,
    request,
    settle,
    withdraw,
)
from services.intake.domain.events import ClientErased
from shared.decisions import Refused
from tests.unit.intake.courses import MORNING, later, slugs

ONE, OTHER, CLIENT = UUID(int=1), UUID(int=2), UUID(int=3)
SERVICES: Final = ("intake", "notifications", "prescribing", "scheduling")
FREE: Final[dict[str, tuple[Keeps, ...] | None]] = dict.fromkeys(SERVICES, ())
TODAY: Final = date(2025, 3, 3)


def requested(*, duty_ended_on: date = TODAY, by: UUID | None = ONE) -> Erasure:
    return request(
        erasure_id=UUID(int=9),
        subject_id=CLIENT,
        basis=ErasureBasis.RETENTION_OVER,
        duty_ended_on=duty_ended_on,
        by=by,
        today=TODAY,
        now=MORNING,
    ).state


def confirmed() -> Erasure:
    return confirm(requested(), by=OTHER, now=MORNING).state


def test_a_duty_that_goes_on_refuses_and_one_that_ended_today_does_not() -> None:
    assert requested(duty_ended_on=TODAY).status is ErasureStatus.REQUESTED
    with pytest.raises(Refused) as refused:
        requested(duty_ended_on=date(2025, 3, 4))
    assert slugs(refused) == ["erasure-duty-goes-on"]


@pytest.mark.parametrize(("by", "allowed"), [(OTHER, True), (ONE, False), (None, False)])
def test_somebody_else_confirms_and_has_to_be_known(by: UUID | None, allowed: bool) -> None:
    if allowed:
        assert confirm(requested(), by=by, now=MORNING).state.confirmed_by == by
        return
    with pytest.raises(Refused) as refused:
        confirm(requested(), by=by, now=MORNING)
    assert slugs(refused) == ["erasure-own-request"]


def test_nobody_who_asked_without_a_name_confirms_without_one() -> None:
    with pytest.raises(Refused) as refused:
        confirm(requested(by=None), by=None, now=MORNING)
    assert slugs(refused) == ["erasure-own-request"]


def test_a_confirmation_is_repeated_by_its_author_and_by_nobody_else() -> None:
    raised = confirmed()
    assert confirm(raised, by=OTHER, now=later(minutes=1)).state == raised
    for by in (ONE, UUID(int=4)):
        with pytest.raises(Refused) as refused:
            confirm(raised, by=by, now=later(minutes=1))
        assert slugs(refused) == ["erasure-not-waiting"]


def test_with_nothing_going_on_anywhere_the_client_is_erased_and_it_is_told() -> None:
    change = settle(confirmed(), confirmed_at=MORNING, answers=FREE, now=later(minutes=1))
    assert change.state.status is ErasureStatus.ERASED
    assert change.state.ended_at == later(minutes=1)
    assert change.events == (ClientErased(at=later(minutes=1)),)


@pytest.mark.parametrize("kind", Keeps)
@pytest.mark.parametrize("owner", SERVICES)
def test_each_thing_that_goes_on_refuses_by_its_name_and_says_who_ends_it(
    kind: Keeps, owner: str
) -> None:
    answers = {**FREE, owner: (kind,)}
    (refusal,) = erasure_decision(answers).refusals
    assert refusal.slug == f"erasure-kept-by-{kind.value.replace('_', '-')}"
    assert [one.owner for one in refusal.unblocks_with] == [owner]
    change = settle(confirmed(), confirmed_at=MORNING, answers=answers, now=later(minutes=1))
    assert change.events == ()
    assert change.state.status is ErasureStatus.REQUESTED
    assert change.state.kept == (Kept(owner=owner, by=kind),)
    assert (change.state.confirmed_by, change.state.confirmed_at) == (None, None)


@pytest.mark.parametrize("owner", SERVICES)
def test_silence_keeps_the_flag_up_and_erases_nobody(owner: str) -> None:
    answers = {**FREE, owner: None}
    assert [r.slug for r in erasure_decision(answers).refusals] == ["erasure-unanswered"]
    change = settle(confirmed(), confirmed_at=MORNING, answers=answers, now=later(minutes=1))
    assert change.events == ()
    assert (change.state.status, change.state.silent) == (ErasureStatus.ERASING, (owner,))


def test_an_answer_to_an_earlier_confirmation_settles_nothing() -> None:
    raised = replace(confirmed(), confirmed_at=later(minutes=5))
    change = settle(raised, confirmed_at=MORNING, answers=FREE, now=later(minutes=6))
    assert (change.state, change.events) == (raised, ())


def test_it_is_withdrawn_while_the_client_is_there_and_not_after() -> None:
    for waiting in (requested(), confirmed()):
        assert withdraw(waiting, now=later(minutes=1)).state.status is ErasureStatus.WITHDRAWN
    gone = settle(confirmed(), confirmed_at=MORNING, answers=FREE, now=MORNING).state
    for over in (gone, withdraw(requested(), now=MORNING).state):
        with pytest.raises(Refused) as refused:
            withdraw(over, now=later(minutes=1))
        assert slugs(refused) == ["erasure-not-waiting"]


_ANSWER = st.none() | st.lists(st.sampled_from(Keeps), unique=True).map(tuple)


@given(
    st.fixed_dictionaries(dict.fromkeys(SERVICES, _ANSWER)),
    st.permutations(SERVICES),
)
def test_a_client_is_erased_if_and_only_if_everybody_says_that_all_is_over(
    answers: dict[str, tuple[Keeps, ...] | None], order: list[str]
) -> None:
    change = settle(confirmed(), confirmed_at=MORNING, answers=answers, now=MORNING)
    erased = all(told == () for told in answers.values())
    assert (change.state.status is ErasureStatus.ERASED) == erased
    assert bool(change.events) == erased
    assert erasure_decision(answers).allowed == erased
    shuffled = {owner: answers[owner] for owner in order}
    assert settle(confirmed(), confirmed_at=MORNING, answers=shuffled, now=MORNING) == change


def test_the_words_are_those_of_the_wire() -> None:
    assert [one.value for one in Keeps] == [one.value for one in KeepsClient]
