"""INV-30: an urgent loop climbs until somebody takes it, and only a named clinician ends it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from services.notifications.domain.escalation import (
    ALLOWED,
    CALLED_AT,
    HIGHEST_LEVEL,
    RAISES_AFTERCARE,
    Cause,
    Escalation,
    EscalationChange,
    EscalationStatus,
    Trigger,
    acknowledge,
    climb,
    open_escalation,
    resolve,
    stand_down,
)
from shared.decisions import Refused
from shared.protocol import Messaging, Role
from tests.unit.notifications.moments import (
    AFTERCARE,
    CLIENT,
    CLINICIAN,
    COURSE,
    SESSION,
    at,
)


def opened(cause: Cause = Cause.RECOVERY_ESCALATED, now: str = "11:00") -> Escalation:
    return open_escalation(
        escalation_id=UUID(int=9),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        aftercare_id=AFTERCARE,
        cause=cause,
        cause_id=SESSION,
        since=at("10:55"),
        now=at(now),
        messaging=Messaging(),
    ).state


by_a_nurse = partial(resolve, role=Role.NURSE)

STATES: Mapping[EscalationStatus, Callable[[], Escalation]] = {
    EscalationStatus.OPEN: opened,
    EscalationStatus.ACKNOWLEDGED: lambda: (
        acknowledge(opened(), by=CLINICIAN, at=at("11:01")).state
    ),
    EscalationStatus.RESOLVED: lambda: by_a_nurse(opened(), by=CLINICIAN, at=at("11:02")).state,
}
PULL: Mapping[Trigger, Callable[[Escalation], EscalationChange]] = {
    Trigger.CLIMB: lambda e: climb(e, now=at("11:05")),
    Trigger.ACKNOWLEDGE: lambda e: acknowledge(e, by=CLINICIAN, at=at("11:05")),
    Trigger.RESOLVE: lambda e: by_a_nurse(e, by=CLINICIAN, at=at("11:05")),
    Trigger.STAND_DOWN: lambda e: stand_down(e, at=at("11:05")),
}


@pytest.mark.parametrize("status", EscalationStatus)
@pytest.mark.parametrize("trigger", Trigger)
def test_every_cell_of_the_table(status: EscalationStatus, trigger: Trigger) -> None:
    state = STATES[status]()
    if trigger in ALLOWED[status]:
        PULL[trigger](state)
        return
    with pytest.raises(Refused, match=f"escalation-{status}"):
        PULL[trigger](state)


def test_walking_out_is_called_about_within_five_minutes() -> None:
    walked_out = opened(Cause.LEFT_AGAINST_ADVICE)
    assert walked_out.next_step_at is not None
    assert walked_out.next_step_at - walked_out.opened_at <= timedelta(minutes=5)


def test_a_late_loop_begins_now_and_shows_its_true_age() -> None:
    late = opened(Cause.LEFT_AGAINST_ADVICE, now="14:00")
    assert (late.level, late.opened_at - late.since) == (1, timedelta(hours=3, minutes=5))
    assert late.next_step_at == at("14:05")


def test_it_climbs_to_the_third_level_and_stays_open_there() -> None:
    second = climb(opened(), now=at("11:05")).state
    third = climb(second, now=at("11:10")).state
    assert (third.level, third.status) == (HIGHEST_LEVEL, EscalationStatus.OPEN)
    assert third.next_step_at is None
    with pytest.raises(Refused, match="highest-level-reached"):
        climb(third, now=at("12:00"))


def test_it_does_not_climb_early() -> None:
    with pytest.raises(Refused, match="step-not-due"):
        climb(opened(), now=at("11:04"))


def test_every_level_calls_somebody_new() -> None:
    assert set(CALLED_AT) == {1, 2, 3}
    called = [role for level in (1, 2, 3) for role in CALLED_AT[level]]
    assert len(called) == len(set(called))
    assert set(CALLED_AT[1]) == {Role.THERAPIST, Role.PRESCRIBER}


@pytest.mark.parametrize("behaviour", [acknowledge, by_a_nurse])
def test_only_a_named_person_takes_or_ends_it(
    behaviour: Callable[..., EscalationChange],
) -> None:
    with pytest.raises(Refused, match="clinician-not-named"):
        behaviour(opened(), by=None, at=at("11:02"))


@pytest.mark.parametrize("cause", sorted(set(Cause) - {Cause.RECOVERY_ESCALATED}))
def test_a_departure_ends_only_the_call_of_a_recovery_check(cause: Cause) -> None:
    assert stand_down(opened(), at=at("11:05")).state.status is EscalationStatus.RESOLVED
    with pytest.raises(Refused, match="resolution-needs-a-clinician"):
        stand_down(opened(cause), at=at("11:05"))


def test_what_happens_in_the_clinic_does_not_raise_the_aftercare() -> None:
    assert set(Cause) - RAISES_AFTERCARE == {Cause.RECOVERY_ESCALATED}


@pytest.mark.parametrize("role", Role)
def test_only_a_clinician_says_that_a_client_is_safe(role: Role) -> None:
    if role in {Role.FRONT_DESK, Role.OPERATOR}:
        with pytest.raises(Refused, match="resolution-needs-a-clinician"):
            resolve(opened(), by=CLINICIAN, role=role, at=at("11:02"))
        return
    assert resolve(opened(), by=CLINICIAN, role=role, at=at("11:02")).state.resolved_by == CLINICIAN
