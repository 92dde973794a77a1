"""G-DISCHARGE: the door, with prescribing's answer and without it (rulings 6, 14, 15)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.discharge_checklist import discharge_checklist, open_items
from services.scheduling.domain.events import ManualClearanceReason
from services.scheduling.domain.gate_discharge import (
    DischargeFacts,
    clearance_used,
    decide_discharge,
)
from services.scheduling.domain.manual_clearance import ManualClearance
from services.scheduling.domain.peer_answers import ClearanceWord, OrderWord, PrescribingWord
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from shared.decisions import Decision
from tests.unit.scheduling.building import (
    NURSE,
    ORDER,
    PROTOCOL,
    SESSION,
    THERAPIST,
    administered,
    at,
    cleared,
    escort,
    facts,
    hold,
    named,
    recovering,
    rescinded,
    session,
    told,
)
from tests.unit.scheduling.test_gate_book import refused

NOW = at("12:45")
HERE = (escort(arrived=True),)
CLOSED = OrderWord(id=str(ORDER), authorised=False, closed=True)
CLEARANCE = ClearanceWord(
    id=str(named("clearance")),
    covers_dose_seq=1,
    cleared_at=at("12:35"),
    valid_until=at("13:05"),
)


def prescribing(**changes: Any) -> PrescribingWord:
    good: dict[str, Any] = {
        "age": timedelta(seconds=0.1),
        "order": CLOSED,
        "clearance": CLEARANCE,
        "administered_count": 1,
    }
    return PrescribingWord(**{**good, **changes})


def manual(**changes: Any) -> ManualClearance:
    good: dict[str, Any] = {
        "id": named("manual"),
        "stated_dose_count": 1,
        "last_dose_at": at("10:00"),
        "cleared_at": at("12:35"),
        "valid_until": at("13:05"),
        "reason_code": ManualClearanceReason.PRESCRIBING_UNREACHABLE,
        "first_ref": NURSE,
        "first_role": Role.NURSE,
        "second_ref": THERAPIST,
        "second_role": Role.THERAPIST,
    }
    return ManualClearance(**{**good, **changes})


def decide(**changes: Any) -> Decision:
    return decide_discharge(question(**changes))


def question(**changes: Any) -> DischargeFacts:
    good: dict[str, Any] = {
        "session": recovering(status=SessionStatus.DISCHARGING, escorts=HERE),
        "facts": administered(facts()),
        "prescribing": prescribing(),
        "recovery": PROTOCOL.recovery,
        "now": NOW,
    }
    return DischargeFacts(**{**good, **changes})


def discharging(**changes: Any) -> dict[str, Any]:
    return {
        "session": recovering(**{"status": SessionStatus.DISCHARGING, "escorts": HERE, **changes})
    }


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
        (manual(), rescinded(cleared(administered(facts()))), "doubted-since"),
    ],
)
def test_what_they_state_must_fit_what_was_seen(
    stated: ManualClearance, known: Any, slug: str
) -> None:
    change = discharging(manual_clearance=stated)
    assert refused(decide(**change, facts=known, prescribing=None)) == {slug}


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


def test_the_checklist_says_what_each_open_item_waits_for() -> None:
    here = recovering(escorts=HERE)
    lines = discharge_checklist(here, (), cleared(administered(facts())), NOW)
    assert [line.item for line in lines if line.done] == [
        "therapy_ended",
        "clearance_valid",
        "escort_here",
    ]
    assert open_items(lines) == ("client_instructed", "escort_instructed", "integration_arranged")
    assert all(line.waits_for for line in lines if not line.done)


def test_a_floor_is_never_an_open_item_for_later() -> None:
    lines = discharge_checklist(recovering(escorts=()), (), administered(facts()), NOW)
    assert not {"clearance_valid", "escort_here", "therapy_ended"} & set(open_items(lines))


def test_the_rest_of_the_checklist_closes_by_what_is_told_and_booked() -> None:
    known = cleared(administered(facts()))
    for recipient in ("client", "escort"):
        known = known.session(
            str(SESSION),
            lambda s, r=recipient: s.instructions_given(told(r, "12:40"), r),  # type: ignore[misc]
        )
    ahead = session(
        SessionKind.INTEGRATION, starts=at("15:00", "2026-03-13"), minutes=60, session_id=named("i")
    )
    lines = discharge_checklist(recovering(escorts=HERE), (ahead,), known, NOW)
    assert open_items(lines) == ()


def test_an_enhanced_plan_asks_for_the_safety_plan() -> None:
    known = cleared(administered(facts())).care_after(
        told("ac", "10:01"), "ac", str(SESSION), at("18:00"), end_known=False, plan="enhanced"
    )
    lines = discharge_checklist(recovering(escorts=HERE), (), known, NOW)
    assert "safety_plan_confirmed" in open_items(lines)
    confirmed = recovering(escorts=HERE, safety_plan_at=at("12:40"))
    assert "safety_plan_confirmed" not in open_items(discharge_checklist(confirmed, (), known, NOW))
