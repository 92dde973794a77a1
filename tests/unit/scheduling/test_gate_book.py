"""G-BOOK: each rule holds in the good case and refuses by name in its bad twin (ruling 23)."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from tests.unit.scheduling.booking_question import (
    NEXT_WEEK,
    decide,
    refused,
)
from tests.unit.scheduling.building import (
    at,
    authorised,
    facts,
    hold,
    named,
    room,
    session,
    terms,
    therapist,
    told,
)


def test_a_good_dosing_booking_is_allowed_with_every_rule_judged() -> None:
    decision = decide()
    assert decision.allowed
    assert len(decision.verdicts) == 21
    assert len({v.slug for v in decision.verdicts}) == 21


def test_every_refusal_is_told_at_once() -> None:
    empty = replace(facts(), approvals=type(facts().approvals)(), prescriptions={})
    decision = decide(facts=empty, preparation=None, room=None, therapist=None)
    assert refused(decision) == {
        "approval-not-current",
        "preparation-not-planned",
        "needs-prescription",
        "therapist-not-credentialed",
        "room-not-suitable",
    }
    assert all(refusal.unblocks_with for refusal in decision.refusals)


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"facts": facts().close(told("x"), "completed")}, "course-is-over"),
        ({"facts": facts().decline(told("x"))}, "course-is-over"),
        ({"facts": facts().revoke_approval(told("x"), "approval")}, "approval-not-current"),
        ({"preparation": None}, "preparation-not-planned"),
        ({"facts": facts().revoke_prescription(told("x"), str(named("rx")))}, "needs-prescription"),
        ({"facts": hold(facts(), "book", "start")}, "hold-blocks-book"),
        ({"now": at("12:00")}, "starts-in-the-past"),
        ({"proposed": session(minutes=185)}, "block-length-not-allowed"),
        ({"proposed": session(minutes=90)}, "block-too-short"),
        ({"proposed": session(setting=Setting.VIRTUAL)}, "setting-not-allowed"),
        (
            {"therapist": therapist(kap_training_valid_until=at("10:00"))},
            "therapist-not-credentialed",
        ),
        ({"therapist": therapist(license_valid_until=None)}, "therapist-not-credentialed"),
        ({"room": room(dosing_capable=False)}, "room-not-suitable"),
    ],
)
def test_each_rule_refuses_by_its_name(changes: dict[str, Any], slug: str) -> None:
    changes = dict(changes)
    assert refused(decide(changes.pop("proposed", None), **changes)) == {slug}


def test_a_hold_that_blocks_only_the_start_does_not_block_the_booking() -> None:
    assert decide(facts=hold(facts(), "start", "dose")).allowed


def test_a_course_that_ended_keeps_integration_and_follow_up() -> None:
    closed = facts().close(told("x"), "completed")
    for kind in (SessionKind.INTEGRATION, SessionKind.FOLLOW_UP):
        assert decide(session(kind, minutes=60), facts=closed).allowed
    assert refused(decide(session(SessionKind.PREP, minutes=60), facts=closed)) == {
        "course-is-over"
    }


def test_preparation_may_be_booked_before_instead_of_held() -> None:
    preps = tuple(
        session(
            SessionKind.PREP, starts=at("08:00", day), minutes=60, session_id=named(f"prep-{day}")
        )
        for day in ("2026-03-11", "2026-03-12")
    )
    later = session(starts=at("09:30", NEXT_WEEK))
    assert decide(later, others=preps, preparation=None).allowed
    assert refused(decide(session(), others=preps, preparation=None)) == {"preparation-not-planned"}
    cancelled = (preps[0], replace(preps[1], status=SessionStatus.CANCELLED))
    assert refused(decide(later, others=cancelled, preparation=None)) == {"preparation-not-planned"}


def test_an_authorisation_is_promised_to_one_booking_only() -> None:
    one = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(1))
    other = session(starts=at("09:30", "2026-03-12"), session_id=named("other"))
    later = session(starts=at("09:30", NEXT_WEEK))
    assert decide(later, facts=one).allowed
    assert refused(decide(later, facts=one, others=(other,))) == {"needs-prescription"}
    assert decide(
        later, facts=one, others=(replace(other, status=SessionStatus.CANCELLED),)
    ).allowed
    assert decide(later, facts=authorised(one), others=(other,)).allowed


def test_a_prescription_must_last_until_the_day() -> None:
    short = facts().prescribe(
        told("rx2", version=2), str(named("rx")), 2, terms(until=at("08:00", "2026-03-15"))
    )
    assert refused(decide(session(starts=at("09:30", NEXT_WEEK)), facts=short)) == {
        "needs-prescription"
    }
