"""G-DISCHARGE: the door, with prescribing's answer and without it (rulings 6, 14, 15)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.escort import EscortStatus
from services.scheduling.domain.gate_discharge import (
    clearance_used,
)
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.session import DosesSeen
from tests.unit.scheduling.booking_question import refused
from tests.unit.scheduling.building import (
    PROTOCOL,
    SESSION,
    administered,
    at,
    cleared,
    escort,
    facts,
    hold,
    named,
    rescinded,
    told,
)
from tests.unit.scheduling.discharge_question import (
    CLEARANCE,
    CLOSED,
    NOW,
    decide,
    discharging,
    manual,
    prescribing,
    question,
)


def test_a_cleared_and_escorted_client_may_go() -> None:
    assert decide().allowed, refused(decide())
    assert clearance_used(question()) == named("clearance")


@pytest.mark.parametrize(
    ("changes", "slugs"),
    [
        (discharging(end=None), {"therapy-not-ended"}),
        (discharging(escorts=()), {"escort-not-here"}),
        (discharging(escorts=(escort(),)), {"escort-not-here"}),
        (
            discharging(escorts=(replace(escort(arrived=True), identity_matched=False),)),
            {"escort-not-here"},
        ),
        (
            discharging(escorts=(replace(escort(arrived=True), status=EscortStatus.CANCELLED),)),
            {"escort-not-here"},
        ),
        (discharging(schedule_version=2), {"escort-not-here"}),
        (
            discharging(escorts=(replace(escort(arrived=True), arrived_at=at("09:30")),)),
            {"escort-not-here"},
        ),
        ({"prescribing": None}, {"prescribing-did-not-answer"}),
        (
            {"prescribing": prescribing(age=timedelta(seconds=5.5))},
            {"prescribing-answer-too-old"},
        ),
        ({"prescribing": prescribing(unverifiable=True)}, {"prescribing-unverifiable"}),
        (
            {"prescribing": prescribing(order=replace(CLOSED, closed=False))},
            {"dose-order-not-closed"},
        ),
        ({"prescribing": prescribing(order=None)}, {"dose-order-not-closed"}),
        ({"prescribing": prescribing(orders_in_hand=1)}, {"dose-order-not-closed"}),
        ({"prescribing": prescribing(clearance=None)}, {"clearance-not-valid"}),
        (
            {"prescribing": prescribing(clearance=replace(CLEARANCE, valid_until=NOW))},
            {"clearance-not-valid"},
        ),
        (
            {"prescribing": prescribing(clearance=replace(CLEARANCE, rescinded=True))},
            {"clearance-not-valid"},
        ),
        ({"facts": rescinded(administered(facts()))}, {"clearance-not-valid"}),
        ({"facts": hold(administered(facts()), "discharge")}, {"hold-blocks-discharge"}),
    ],
)
def test_each_rule_refuses_by_its_name(changes: dict[str, Any], slugs: set[str]) -> None:
    assert refused(decide(**changes)) == slugs


def test_an_escort_who_came_as_the_last_dose_was_given_is_here() -> None:
    at_the_dose = replace(escort(arrived=True), arrived_at=at("10:00"))
    assert decide(**discharging(escorts=(at_the_dose,))).allowed
    before = replace(escort(arrived=True), arrived_at=at("09:59"))
    assert refused(decide(**discharging(escorts=(before,)))) == {"escort-not-here"}


def test_a_lost_dose_is_detected_from_either_side() -> None:
    two = discharging(doses=DosesSeen(count=2, first_at=at("10:00"), last_at=at("10:40")))
    assert refused(decide(**two)) == {"dose-order-not-closed"}
    word = prescribing(administered_count=2, clearance=replace(CLEARANCE, covers_dose_seq=2))
    assert refused(decide(prescribing=word)) == {"dose-order-not-closed"}


def test_a_clearance_of_the_first_dose_does_not_cover_the_second() -> None:
    both = discharging(doses=DosesSeen(count=2, first_at=at("10:00"), last_at=at("10:40")))
    assert refused(decide(**both, prescribing=prescribing(administered_count=2))) == {
        "clearance-not-valid"
    }


def test_a_hold_that_does_not_block_the_door_keeps_nobody_here() -> None:
    assert decide(facts=hold(administered(facts()), "book", "start", "dose")).allowed


def test_two_named_people_stand_in_while_prescribing_is_down() -> None:
    change = discharging(manual_clearance=manual())
    assert decide(**change, prescribing=None).allowed
    assert clearance_used(question(**change, prescribing=None)) == named("manual")


def test_they_do_not_stand_in_while_prescribing_answers() -> None:
    change = discharging(manual_clearance=manual())
    assert refused(decide(**change, prescribing=prescribing(clearance=None))) == {
        "clearance-not-valid"
    }


@pytest.mark.parametrize(
    ("stated", "known", "slug"),
    [
        (manual(valid_until=NOW), administered(facts()), "manual-clearance-not-valid"),
        (
            manual(),
            administered(administered(facts()), "10:30", seq=2),
            "more-doses-seen-than-stated",
        ),
        (manual(last_dose_at=at("10:36")), administered(facts()), "observed-too-short"),
        (manual(cleared_at=at("11:59")), administered(facts()), "observed-too-short"),
        (
            manual(last_dose_at=at("09:30"), cleared_at=at("11:59")),
            administered(facts()),
            "observed-too-short",
        ),
        (manual(), rescinded(cleared(administered(facts()))), "doubted-since"),
    ],
)
def test_what_they_state_must_fit_what_was_seen(
    stated: ManualClearance, known: Any, slug: str
) -> None:
    change = discharging(manual_clearance=stated)
    assert refused(decide(**change, facts=known, prescribing=None)) == {slug}


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param(manual(last_dose_at=at("10:35")), id="observed to the minute, as stated"),
        pytest.param(manual(cleared_at=at("12:00")), id="observed to the minute, as seen"),
        pytest.param(manual(cleared_at=NOW), id="cleared this moment"),
        pytest.param(manual(valid_until=NOW + timedelta(seconds=1)), id="for one second more"),
        pytest.param(manual(stated_dose_count=2), id="one more dose than seen here"),
    ],
)
def test_what_just_fits_is_enough(stated: ManualClearance) -> None:
    assert decide(**discharging(manual_clearance=stated), prescribing=None).allowed


def test_doses_that_nobody_here_saw_are_counted_from_what_is_stated() -> None:
    unseen = discharging(doses=DosesSeen(), manual_clearance=manual())
    assert decide(**unseen, facts=facts(), prescribing=None).allowed
    late = discharging(doses=DosesSeen(), manual_clearance=manual(last_dose_at=at("10:36")))
    assert refused(decide(**late, facts=facts(), prescribing=None)) == {"observed-too-short"}


def test_a_clearance_of_later_than_now_is_none() -> None:
    ahead = discharging(manual_clearance=manual(cleared_at=NOW + timedelta(seconds=1)))
    assert refused(decide(**ahead, prescribing=None)) == {"manual-clearance-not-valid"}


def test_a_doubt_of_the_very_moment_they_looked_undoes_it() -> None:
    doubted = administered(facts()).session(
        str(SESSION), lambda s: s.recovery_checked(told("rc", "12:35"), 2, "not_ready")
    )
    change = discharging(manual_clearance=manual())
    assert refused(decide(**change, facts=doubted, prescribing=None)) == {"doubted-since"}


def test_a_check_that_was_not_ready_after_them_undoes_it() -> None:
    doubted = administered(facts()).session(
        str(SESSION), lambda s: s.recovery_checked(told("rc", "12:40"), 2, "escalate")
    )
    change = discharging(manual_clearance=manual())
    assert refused(decide(**change, facts=doubted, prescribing=None)) == {"doubted-since"}
    earlier = administered(facts()).session(
        str(SESSION), lambda s: s.recovery_checked(told("rc", "12:20"), 2, "not_ready")
    )
    assert decide(**change, facts=earlier, prescribing=None).allowed


def test_a_clinic_may_forbid_manual_clearance() -> None:
    strict = replace(
        PROTOCOL.recovery,
        manual_clearance=replace(PROTOCOL.recovery.manual_clearance, allowed=False),
    )
    change = discharging(manual_clearance=manual())
    assert refused(decide(**change, prescribing=None, recovery=strict)) == {
        "manual-clearance-not-valid"
    }
