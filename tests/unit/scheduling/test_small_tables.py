"""Escort, hold, preparation and task: every step from every state, as their tables say (6.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import pytest

from services.scheduling.domain import desk_task, escort, hold, preparation
from services.scheduling.domain.desk_task import DeskTask, complete_task
from services.scheduling.domain.escorting import cancel_escort, confirm_escort, escort_arrived
from services.scheduling.domain.hold import lift_hold, place_hold
from services.scheduling.domain.preparation import Preparation, PrepItem, count_session, sign
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.steps import Steps
from shared.decisions import Refused
from shared.protocol import HoldCategory, Prep
from tests.unit.scheduling.building import CLIENT, COURSE, NURSE, THERAPIST, at, named
from tests.unit.scheduling.states import dosing_in

ESCORT = named("the escort")


@dataclass(frozen=True)
class Subject:
    """A table, something in each of its states, how to read the state, and each step."""

    table: Steps[Any, Any]
    states: Mapping[Any, Any]
    read: Callable[[Any], Any]
    steps: Mapping[Any, Callable[[Any], Any]]


def _escort_in(status: escort.EscortStatus) -> Session:
    here = dosing_in(SessionStatus.RECOVERING)
    promised = confirm_escort(
        here, escort_id=ESCORT, adult=True, rideshare=False, rideshare_alone=False, at=at("08:00")
    ).state
    if status is escort.EscortStatus.CONFIRMED:
        return promised
    if status is escort.EscortStatus.CANCELLED:
        return cancel_escort(promised, ESCORT, at=at("09:00")).state
    return escort_arrived(promised, ESCORT, arrived_at=at("12:40"), identity_matched=True).state


def _status_of_escort(session: Session) -> escort.EscortStatus:
    return next(one.status for one in session.escorts if one.id == ESCORT)


def _held() -> hold.Hold:
    return place_hold(
        hold_id=named("h"),
        client_id=CLIENT,
        course_id=COURSE,
        category=HoldCategory.LOGISTICS,
        blocks=None,
        severity=None,
        session_id=None,
        at=at("09:00"),
        by=Role.FRONT_DESK,
    ).state


def _lift(one: hold.Hold) -> hold.Hold:
    return lift_hold(one, at=at("09:10"), by=Role.THERAPIST).state


def _counted(one: Preparation) -> Preparation:
    return count_session(
        one,
        session_id=named(f"prep {len(one.sessions)}"),
        therapist_ref=THERAPIST,
        rules=Prep(),
        at=at("10:00"),
    ).state


def _signed(one: Preparation) -> Preparation:
    return sign(
        one,
        checklist=dict.fromkeys(PrepItem, True),
        therapist_ref=THERAPIST,
        rules=Prep(),
        at=at("11:00"),
    ).state


def _preparations() -> Mapping[Any, Preparation]:
    s = preparation.PreparationStatus
    fresh = Preparation(id=named("p"), client_id=CLIENT, course_id=COURSE)
    signed = _signed(fresh)
    return {s.UNDER_WAY: fresh, s.SIGNED: signed, s.COMPLETED: _counted(_counted(signed))}


def _task() -> DeskTask:
    return DeskTask(
        id=named("t"),
        client_id=CLIENT,
        course_id=COURSE,
        kind=desk_task.TaskKind.CALL_CLIENT,
        cause=named("s"),
        status=desk_task.TaskStatus.OPEN,
        opened_at=at("11:00"),
    )


def _done(task: DeskTask) -> DeskTask:
    return complete_task(task, at=at("11:05"), by=NURSE, role=Role.NURSE)


SUBJECTS: Mapping[str, Subject] = {
    "escort": Subject(
        escort.STEPS,
        {status: _escort_in(status) for status in escort.EscortStatus},
        _status_of_escort,
        {
            escort.EscortStep.CANCEL: lambda s: cancel_escort(s, ESCORT, at=at("12:45")).state,
            escort.EscortStep.ARRIVE: lambda s: (
                escort_arrived(s, ESCORT, arrived_at=at("12:50"), identity_matched=True).state
            ),
        },
    ),
    "hold": Subject(
        hold.STEPS,
        {hold.HoldStatus.OPEN: _held(), hold.HoldStatus.LIFTED: _lift(_held())},
        lambda one: one.status,
        {hold.HoldStep.LIFT: _lift},
    ),
    "preparation": Subject(
        preparation.STEPS,
        _preparations(),
        lambda one: one.status,
        {
            preparation.PreparationStep.COUNT_SESSION: _counted,
            preparation.PreparationStep.SIGN: _signed,
        },
    ),
    "task": Subject(
        desk_task.STEPS,
        {desk_task.TaskStatus.OPEN: _task(), desk_task.TaskStatus.DONE: _done(_task())},
        lambda one: one.status,
        {desk_task.TaskStep.COMPLETE: _done},
    ),
}
PAIRS = [
    pytest.param(subject, state, step, id=f"{name}: {state} {step}")
    for name, subject in SUBJECTS.items()
    for state in subject.table.possible
    for step in subject.steps
]


def walk(subject: Subject, state: Any, step: Any) -> None:
    """Take the step, and see that exactly what the table says becomes of it."""
    before = subject.states[state]
    if subject.table.allows(state, step):
        assert subject.steps[step](before) != before
        return
    with pytest.raises(Refused) as refused:
        subject.steps[step](before)
    (refusal,) = refused.value.refusals
    assert refusal.slug == subject.table.slug(state, step)
    assert refusal.facts["status"] == state.value
    assert refusal.facts["allowed"] == [one.value for one in sorted(subject.table.possible[state])]
    assert len(refusal.facts) > 2, "which one it is belongs to the facts"


@pytest.mark.parametrize(("subject", "state", "step"), PAIRS)
def test_a_pair_does_what_its_table_says(subject: Subject, state: Any, step: Any) -> None:
    walk(subject, state, step)


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_table_speaks_of_every_state_and_every_step(name: str) -> None:
    subject = SUBJECTS[name]
    states: type[Enum] = type(next(iter(subject.table.possible)))
    steps: type[Enum] = type(next(iter(subject.steps)))
    assert set(subject.table.possible) == set(states) == set(subject.states)
    assert set(subject.steps) == set(steps)
    for state, made in subject.states.items():
        assert subject.read(made) is state


def test_the_walk_sees_a_table_that_says_otherwise() -> None:
    """The twin: a step that a table forbids and the code takes, and the other way round."""
    subject = SUBJECTS["hold"]
    opened, lifted = hold.HoldStatus.OPEN, hold.HoldStatus.LIFTED
    nothing = replace(subject.table, possible={opened: frozenset(), lifted: frozenset()})
    with pytest.raises(pytest.fail.Exception):
        walk(replace(subject, table=nothing), opened, hold.HoldStep.LIFT)
    everything = replace(
        subject.table, possible=dict.fromkeys(hold.HoldStatus, frozenset(hold.HoldStep))
    )
    with pytest.raises(Refused):
        walk(replace(subject, table=everything), lifted, hold.HoldStep.LIFT)


def test_a_pair_without_a_word_of_its_own_is_named_by_its_table() -> None:
    plain = replace(preparation.STEPS, slugs={})
    completed, sign_ = preparation.PreparationStatus.COMPLETED, preparation.PreparationStep.SIGN
    assert plain.slug(completed, sign_) == "preparation-cannot-sign"
