"""The shortest list of what is missing; what tomorrow lacks; what has to be looked at next."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.readiness import ON_THE_DAY, readiness
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.watching import Look, NextLook, next_look, responsible
from shared.decisions import Refusal, Unblock
from shared.protocol.unblocking import shortest_list
from tests.unit.scheduling.building import (
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    THERAPIST,
    ZONE,
    administered,
    at,
    authorised,
    cleared,
    dosed,
    escort,
    facts,
    opening,
    prepared,
    recovering,
    room,
    session,
    therapist,
    told,
)

DAY_BEFORE = at("12:00", "2026-03-09")


def refusal(slug: str, *facts_: str, owner: str = "scheduling") -> Refusal:
    unblocks = tuple(Unblock(fact=fact, owner=owner, action="do it") for fact in facts_)
    return Refusal(slug=slug, rule="x", unblocks_with=unblocks)


def test_what_two_refusals_miss_is_named_once() -> None:
    listed = shortest_list([refusal("a", "escort"), refusal("b", "escort", "room")])
    assert [(m.fact, m.slugs) for m in listed] == [("escort", ("a", "b")), ("room", ("b",))]


def test_what_only_follows_from_something_missing_is_left_out() -> None:
    both = [
        refusal("course-not-active", "course", owner="intake"),
        refusal("approval-not-current", "approval", owner="intake"),
    ]
    assert [m.fact for m in shortest_list(both)] == ["a current approval"]
    assert [m.fact for m in shortest_list(both[:1])] == ["an active course"]


def booked(**changes: Any) -> BookingFacts:
    good: dict[str, Any] = {
        "session": session(escorts=(escort(),)),
        "others": (),
        "facts": authorised(facts()),
        "preparation": prepared(),
        "protocol": PROTOCOL,
        "zone": ZONE,
        "now": DAY_BEFORE,
        "therapist": therapist(),
        "room": room(),
    }
    return BookingFacts(**{**good, **changes})


def test_a_booking_with_everything_is_ready_but_for_the_day_itself() -> None:
    found = readiness(booked())
    assert found.missing == ()
    assert {slug for m in found.on_the_day for slug in m.slugs} == ON_THE_DAY


@pytest.mark.parametrize(
    ("changes", "owners"),
    [
        ({"session": session()}, {"an escort": "scheduling"}),
        ({"facts": facts()}, {"a dose order authorised for this session": "prescribing"}),
        (
            {"facts": authorised(facts()).revoke_approval(told("x"), "approval")},
            {"a current approval": "intake"},
        ),
        ({"preparation": None}, {"the preparation": "scheduling"}),
        ({"room": room(dosing_capable=False)}, {"dosing_capable": "scheduling"}),
    ],
)
def test_what_is_missing_has_an_owner(changes: dict[str, Any], owners: dict[str, str]) -> None:
    assert {m.fact: m.owner for m in readiness(booked(**changes)).missing} == owners


def test_it_is_judged_as_of_the_planned_start() -> None:
    runs_out = facts().approve(told("a2"), "approval", at("09:00"))
    early = replace(runs_out, approvals=type(runs_out.approvals)())
    early = authorised(early.approve(told("a2"), "approval", at("09:00")))
    assert {m.fact for m in readiness(booked(facts=early)).missing} == {"a current approval"}


def test_a_talk_needs_what_a_booking_needs_and_nothing_of_a_start() -> None:
    talk = session(SessionKind.PREP, minutes=60)
    found = readiness(booked(session=talk))
    assert (found.missing, found.on_the_day) == ((), ())


def look(here: Any, known: Any, clock: str = "10:05") -> NextLook | None:
    return next_look(here, known, PROTOCOL.recovery, at(clock))


def test_the_next_look_goes_from_checkpoint_to_clearance_to_its_end() -> None:
    dose = administered(facts())
    assert look(opening(), facts()) is None
    first = look(dosed(), dose)
    assert first == NextLook(what=Look.CHECKPOINT, due_at=at("10:40"))
    assert not first.overdue(at("10:39"))
    assert first.overdue(at("10:40"))
    checked = dose.session(
        str(SESSION), lambda s: s.recovery_checked(told("c", "10:40"), 1, "on_track")
    )
    assert look(dosed(), checked) == NextLook(what=Look.EARLIEST_CLEARANCE, due_at=at("12:00"))
    possible = look(dosed(), checked)
    assert possible is not None
    assert not possible.overdue(at("13:00")), "nobody has to clear at the first moment they may"
    ended = look(recovering(), cleared(checked), "12:40")
    assert ended == NextLook(what=Look.CLEARANCE_ENDS, due_at=at("13:05"))
    assert look(recovering(), cleared(checked), "13:05") == NextLook(
        what=Look.EARLIEST_CLEARANCE, due_at=at("12:00")
    )


def test_a_check_of_before_the_last_dose_is_none_of_it() -> None:
    twice = administered(administered(facts()), "10:50", seq=2)
    checked = twice.session(
        str(SESSION), lambda s: s.recovery_checked(told("c", "10:40"), 1, "on_track")
    )
    after = at("10:50") + timedelta(minutes=40)
    assert look(dosed(count=2, last="10:50"), checked) == NextLook(
        what=Look.CHECKPOINT, due_at=after
    )


def test_without_a_dose_the_order_is_waited_for() -> None:
    aborted = opening(status=SessionStatus.ABORTED, phase=None)
    assert look(aborted, facts()) == NextLook(what=Look.ORDER_CLOSES, due_at=None)


def test_who_answers_for_the_client_changes_with_the_end_of_the_therapy() -> None:
    assert responsible(dosed()) == str(THERAPIST)
    assert responsible(recovering()) == str(PRESCRIBER)
