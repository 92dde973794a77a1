"""F99 to F101: check-ins fall due by their hour, and silence is an outcome."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.domain.check_in import (
    ALLOWED,
    CheckIn,
    CheckInChange,
    CheckInStatus,
    Trigger,
    check_in_hours,
    complete_check_in,
    fall_due,
    fall_silent,
    move_check_in,
    plan_check_in,
)
from services.notifications.domain.events import CheckInCompleted
from services.notifications.domain.vocabulary import CheckInOutcome, PlanKind
from shared.decisions import Refused
from shared.protocol import Aftercare
from tests.unit.notifications.moments import (
    AFTERCARE,
    CLIENT,
    CLINICIAN,
    COURSE,
    SESSION,
    at,
)


def planned(hours: int = 24) -> CheckIn:
    return plan_check_in(
        checkin_id=UUID(int=8),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        aftercare_id=AFTERCARE,
        hours=hours,
        patience_hours=6,
        since=at("12:30"),
    ).state


def due() -> CheckIn:
    return fall_due(planned(), now=at("12:30", day=11)).state


def closed() -> CheckIn:
    return complete_check_in(
        due(), outcome=CheckInOutcome.OK, by=CLINICIAN, at=at("13:00", day=11)
    ).state


STATES = {
    CheckInStatus.PLANNED: planned,
    CheckInStatus.DUE: due,
    CheckInStatus.CLOSED: closed,
}
PULL: Mapping[Trigger, Callable[[CheckIn], CheckInChange]] = {
    Trigger.MOVE: lambda c: move_check_in(c, since=at("13:00")),
    Trigger.FALL_DUE: lambda c: fall_due(c, now=at("13:00", day=12)),
    Trigger.COMPLETE: lambda c: complete_check_in(
        c, outcome=CheckInOutcome.OK, by=CLINICIAN, at=at("13:00", day=12)
    ),
}


@pytest.mark.parametrize("status", CheckInStatus)
@pytest.mark.parametrize("trigger", Trigger)
def test_every_cell_of_the_table(status: CheckInStatus, trigger: Trigger) -> None:
    state = STATES[status]()
    if trigger in ALLOWED[status]:
        PULL[trigger](state)
        return
    with pytest.raises(Refused) as refused:
        PULL[trigger](state)
    assert refused.value.refusals[0].facts["status"] == status


def test_it_is_due_to_the_minute() -> None:
    with pytest.raises(Refused, match="check-in-not-due"):
        fall_due(planned(), now=at("12:29", day=11))
    assert fall_due(planned(), now=at("12:30", day=11)).state.status is CheckInStatus.DUE


def test_it_moves_with_the_end_of_the_session() -> None:
    moved = move_check_in(planned(), since=at("13:10")).state
    assert moved.due_at == at("13:10", day=11)


@pytest.mark.parametrize("outcome", CheckInOutcome)
def test_every_outcome_is_told(outcome: CheckInOutcome) -> None:
    change = complete_check_in(due(), outcome=outcome, by=CLINICIAN, at=at("13:00", day=11))
    assert change.events == (
        CheckInCompleted(
            at=at("13:00", day=11), checkin_id=UUID(int=8), session_id=SESSION, outcome=outcome
        ),
    )


def test_silence_is_waited_for_and_then_told() -> None:
    with pytest.raises(Refused, match="check-in-still-open"):
        fall_silent(due(), now=at("18:29", day=11))
    change = fall_silent(due(), now=at("18:30", day=11))
    assert change.state.outcome is CheckInOutcome.NO_RESPONSE
    assert change.state.closed_by is None


def test_an_early_check_in_has_less_patience() -> None:
    assert planned(4).silent_at - planned(4).due_at == timedelta(hours=2)
    assert planned(24).silent_at - planned(24).due_at == timedelta(hours=6)


def test_the_enhanced_plan_looks_earlier() -> None:
    assert check_in_hours(Aftercare(), PlanKind.STANDARD) == (24, 72)
    assert min(check_in_hours(Aftercare(), PlanKind.ENHANCED)) < 24
