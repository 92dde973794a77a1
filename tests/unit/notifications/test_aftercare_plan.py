"""6.4: the aftercare's states, each allowed transition and each refused one."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from services.notifications.domain.aftercare_course import (
    complete_aftercare,
    end_restriction,
    enhance,
    learn_window,
)
from services.notifications.domain.aftercare_escalation import calm_aftercare, escalate_aftercare
from services.notifications.domain.aftercare_instructions import (
    acknowledge_instructions,
    deliver_instructions,
)
from services.notifications.domain.aftercare_plan import (
    ALLOWED,
    AftercareChange,
    AftercarePlan,
    AftercareStatus,
    Trigger,
)
from services.notifications.domain.events import (
    AftercareCompleted,
    AftercareEscalated,
    AftercareStarted,
    InstructionsAcknowledged,
    InstructionsDelivered,
    RestrictionsExtended,
)
from services.notifications.domain.vocabulary import HandoverChannel, PlanKind, Recipient
from shared.decisions import Refused
from tests.unit.notifications.moments import AFTERCARE, CLINICIAN, SESSION, at, plan, window

NOON_NEXT = at("12:00", day=11)


def in_status(status: AftercareStatus) -> AftercarePlan:
    match status:
        case AftercareStatus.ARMED:
            return plan()
        case AftercareStatus.RESTRICTED:
            return plan(until="20:30", end_known=True)
        case AftercareStatus.MONITORING:
            return end_restriction(in_status(AftercareStatus.RESTRICTED), now=NOON_NEXT).state
        case AftercareStatus.ESCALATED:
            return escalate_aftercare(plan(), level=1, at=at("11:00")).state
        case AftercareStatus.CLOSED:
            return complete_aftercare(in_status(AftercareStatus.MONITORING), now=NOON_NEXT).state


PULL: Mapping[Trigger, Callable[[AftercarePlan], AftercareChange]] = {
    Trigger.LEARN_WINDOW: lambda p: learn_window(
        p, window("20:45", end_known=True), at=at("13:00"), now=at("13:00")
    ),
    Trigger.ENHANCE: lambda p: enhance(p, at=at("13:00")),
    Trigger.END_RESTRICTION: lambda p: end_restriction(p, now=NOON_NEXT),
    Trigger.DELIVER: lambda p: deliver_instructions(
        p, recipient=Recipient.CLIENT, channel=HandoverChannel.PAPER, at=at("12:40")
    ),
    Trigger.ACKNOWLEDGE: lambda p: acknowledge_instructions(
        p, recipient=Recipient.CLIENT, at=at("12:41")
    ),
    Trigger.ESCALATE: lambda p: escalate_aftercare(p, level=1, at=at("13:00")),
    Trigger.RESOLVE: lambda p: calm_aftercare(p, by=CLINICIAN, now=NOON_NEXT),
    Trigger.COMPLETE: lambda p: complete_aftercare(p, now=NOON_NEXT),
}


@pytest.mark.parametrize("status", AftercareStatus)
@pytest.mark.parametrize("trigger", Trigger)
def test_every_cell_of_the_table(status: AftercareStatus, trigger: Trigger) -> None:
    state = in_status(status)
    assert state.status is status
    if trigger in ALLOWED[status]:
        if trigger is Trigger.ACKNOWLEDGE:
            state = PULL[Trigger.DELIVER](state).state
        PULL[trigger](state)
        return
    with pytest.raises(Refused) as refused:
        PULL[trigger](state)
    [refusal] = refused.value.refusals
    assert refusal.slug == f"aftercare-{status}"
    assert refusal.facts == {"status": status, "trigger": trigger}


def test_a_known_end_restricts_and_is_told() -> None:
    change = learn_window(plan(), window("20:30", end_known=True), at=at("12:30"), now=at("12:30"))
    assert change.state.status is AftercareStatus.RESTRICTED
    assert change.events == (
        RestrictionsExtended(
            at=at("12:30"),
            aftercare_id=AFTERCARE,
            session_id=SESSION,
            restrictions_until=at("20:30"),
            end_known=True,
        ),
    )


def test_an_end_at_the_last_dose_is_told_although_the_time_stays() -> None:
    change = learn_window(
        plan(until="18:00"), window("18:00", end_known=True), at=at("10:00"), now=at("10:00")
    )
    [told] = change.events
    assert isinstance(told, RestrictionsExtended)
    assert told.end_known


def test_learning_the_same_again_says_nothing() -> None:
    known = plan(until="20:30", end_known=True)
    assert (
        learn_window(known, window("20:30", end_known=True), at=at("13:00"), now=at("13:00")).events
        == ()
    )


def test_a_known_end_never_moves_back() -> None:
    known = plan(until="20:30", end_known=True)
    change = learn_window(known, window("20:10", end_known=True), at=at("13:00"), now=at("13:00"))
    assert change.state.restrictions_until == at("20:30")
    assert change.events == ()


def test_a_provisional_time_gives_way_to_the_known_end() -> None:
    from_departure = plan(until="20:45", end_known=False)
    change = learn_window(
        from_departure, window("20:30", end_known=True), at=at("13:00"), now=at("13:00")
    )
    assert change.state.restrictions_until == at("20:30")


def test_a_late_dose_reopens_a_plan_that_was_monitoring() -> None:
    monitoring = in_status(AftercareStatus.MONITORING)
    later = window("23:00", end_known=True)
    assert learn_window(monitoring, later, at=at("21:00"), now=at("21:00")).state.status is (
        AftercareStatus.RESTRICTED
    )
    assert learn_window(monitoring, later, at=at("23:00"), now=at("23:00")).state.status is (
        AftercareStatus.MONITORING
    )


def test_learning_does_not_calm_an_escalation() -> None:
    escalated = in_status(AftercareStatus.ESCALATED)
    change = learn_window(
        escalated, window("20:30", end_known=True), at=at("12:30"), now=at("12:30")
    )
    assert change.state.status is AftercareStatus.ESCALATED
    assert change.state.end_known


def test_the_restriction_does_not_end_early_nor_without_an_end() -> None:
    restricted = plan(until="20:30", end_known=True)
    with pytest.raises(Refused, match="restriction-in-force"):
        end_restriction(restricted, now=at("20:30") - timedelta(seconds=1))
    assert end_restriction(restricted, now=at("20:30")).state.status is AftercareStatus.MONITORING


def test_enhanced_is_the_same_aftercare_told_again_and_stays() -> None:
    change = enhance(plan(), at=at("10:50"))
    [told] = change.events
    assert isinstance(told, AftercareStarted)
    assert (told.aftercare_id, told.plan) == (AFTERCARE, PlanKind.ENHANCED)
    assert enhance(change.state, at=at("10:51")).events == ()


def test_instructions_are_told_once_for_each_way() -> None:
    first = PULL[Trigger.DELIVER](plan())
    assert [type(e) for e in first.events] == [InstructionsDelivered]
    assert PULL[Trigger.DELIVER](first.state).events == ()
    by_mail = deliver_instructions(
        first.state, recipient=Recipient.CLIENT, channel=HandoverChannel.EMAIL, at=at("12:45")
    )
    assert [type(e) for e in by_mail.events] == [InstructionsDelivered]


def test_only_received_instructions_are_confirmed() -> None:
    received = PULL[Trigger.DELIVER](plan()).state
    confirmed = PULL[Trigger.ACKNOWLEDGE](received)
    assert [type(e) for e in confirmed.events] == [InstructionsAcknowledged]
    assert PULL[Trigger.ACKNOWLEDGE](confirmed.state).events == ()
    with pytest.raises(Refused, match="instructions-not-delivered"):
        acknowledge_instructions(received, recipient=Recipient.ESCORT, at=at("12:45"))


def test_a_second_worry_does_not_lower_the_level() -> None:
    third = escalate_aftercare(plan(), level=3, at=at("11:00")).state
    again = escalate_aftercare(third, level=1, at=at("11:05"))
    assert again.state.level == 3
    [told] = again.events
    assert isinstance(told, AftercareEscalated)
    assert told.level == 3


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (plan(), at("11:00"), AftercareStatus.ARMED),
        (plan(until="20:30", end_known=True), at("20:29"), AftercareStatus.RESTRICTED),
        (plan(until="20:30", end_known=True), at("20:30"), AftercareStatus.MONITORING),
    ],
)
def test_calm_again_means_where_the_restriction_stands(
    state: AftercarePlan, now: object, expected: AftercareStatus
) -> None:
    escalated = escalate_aftercare(state, level=2, at=at("10:30")).state
    calm = calm_aftercare(escalated, by=CLINICIAN, now=now).state  # type: ignore[arg-type]
    assert (calm.status, calm.level, calm.resolved_by) == (expected, 0, CLINICIAN)


def test_nobody_in_particular_calms_nothing() -> None:
    with pytest.raises(Refused, match="clinician-not-named"):
        calm_aftercare(in_status(AftercareStatus.ESCALATED), by=None, now=at("13:00"))


def test_closing_is_told() -> None:
    change = complete_aftercare(in_status(AftercareStatus.MONITORING), now=NOON_NEXT)
    assert [type(e) for e in change.events] == [AftercareCompleted]
    assert change.state.closed_at == NOON_NEXT
