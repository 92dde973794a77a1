"""Where what was told turns: the smallest number, the same moment, the form's own items."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.course_so_far import dosed_count, next_session, prescribed_until
from services.intake.domain.facts import (
    Booking,
    CourseFacts,
    Dose,
    ForeignHold,
    Restriction,
    SessionEnd,
)
from services.intake.domain.hold import HoldCause, place, sign_lift
from services.intake.domain.instruments import Instrument
from services.intake.domain.on_board import was_on_board
from services.intake.domain.scoring import counted, totalled
from shared.decisions import Refused
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role
from tests.unit.intake import courses
from tests.unit.intake.courses import (
    CLIENT,
    COURSE,
    MORNING,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    later,
    no_facts,
    told,
)
from tests.unit.intake.forms import audit, cssrs
from tests.unit.intake.test_gates import a_hold, decide, refused


def closed(facts: CourseFacts, order: int, count: int) -> CourseFacts:
    return facts.order_closed(
        order_id=UUID(int=order), version=1, count=told(count, f"e-closed-{order}")
    )


def test_an_order_without_a_dose_is_no_dosed_session() -> None:
    """INV-18: each order counts once, whatever it held, and one without a dose not at all."""
    facts = closed(closed(closed(no_facts(), 1, 0), 2, 1), 3, 2)
    assert dosed_count(facts) == 2


def booked(facts: CourseFacts, session: int, at: datetime) -> CourseFacts:
    booking = told(Booking(kind="prep", starts_at=at), f"e-{session}")
    return facts.session_booked(session_id=UUID(int=session), booking=booking)


def test_what_begins_now_is_next_and_of_two_at_once_always_the_same() -> None:
    facts = booked(booked(booked(no_facts(), 52, MORNING), 51, MORNING), 50, later(days=-1))
    upcoming = next_session(facts, MORNING)
    assert upcoming is not None
    assert upcoming.session_id == UUID(int=51)


def test_a_session_is_next_where_it_was_moved_to() -> None:
    facts = booked(booked(no_facts(), 51, later(days=1)), 52, later(days=2)).session_moved(
        session_id=UUID(int=51), version=2, to=told(later(days=3), "e-moved")
    )
    upcoming = next_session(facts, MORNING)
    assert upcoming is not None
    assert upcoming.session_id == UUID(int=52)


def test_an_amendment_says_how_long_a_prescription_lasts() -> None:
    first, second = UUID(int=70), UUID(int=71)
    facts = no_facts().prescribed(prescription_id=first, until=told(later(days=90), "e-rx"))
    assert prescribed_until(facts) == later(days=90)
    shortened = facts.prescription_amended(
        prescription_id=first, version=2, until=told(later(days=30), "e-less")
    )
    assert prescribed_until(shortened) == later(days=30)
    longer = shortened.prescribed(prescription_id=second, until=told(later(days=60), "e-rx2"))
    assert prescribed_until(longer) == later(days=60)


def ended(facts: CourseFacts, hours: int, event: str) -> CourseFacts:
    end = SessionEnd(kind="dosing", outcome="completed", ended_at=later(hours=hours))
    return facts.session_ended(session_id=SESSION, end=told(end, event))


def test_the_latest_end_counts_and_not_the_one_that_was_told_last() -> None:
    for facts in (
        ended(ended(no_facts(), 2, "e-a"), 3, "e-b"),
        ended(ended(no_facts(), 3, "e-b"), 2, "e-a"),
    ):
        assert facts.ends[str(SESSION)].value.ended_at == later(hours=3)
    same = ended(ended(no_facts(), 3, "e-b"), 3, "e-a")
    assert same.ends[str(SESSION)].event_id == "e-b"
    assert ended(ended(no_facts(), 3, "e-a"), 3, "e-b") == same


KNOWN, DISPLAY = True, False


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ((8, KNOWN), (12, DISPLAY), (8, KNOWN)),
        ((12, DISPLAY), (8, KNOWN), (8, KNOWN)),
        ((8, KNOWN), (9, KNOWN), (9, KNOWN)),
        ((9, KNOWN), (8, KNOWN), (9, KNOWN)),
        ((8, DISPLAY), (9, DISPLAY), (9, DISPLAY)),
        ((9, DISPLAY), (8, DISPLAY), (9, DISPLAY)),
    ],
)
def test_a_known_end_goes_before_one_for_display_and_never_back(
    one: tuple[int, bool], other: tuple[int, bool], kept: tuple[int, bool]
) -> None:
    """Ruling 21."""

    def window(hours: int, known: bool) -> Restriction:
        return Restriction(session_id=SESSION, until=later(hours=hours), end_known=known)

    assert window(*one).joined(window(*other)) == window(*kept)
    facts = no_facts()
    for number, told_as in enumerate((one, other)):
        facts = facts.restricted(
            aftercare_id=UUID(int=4), told=told(window(*told_as), f"e-{number}")
        )
    assert facts.restrictions[str(UUID(int=4))].value == window(*kept)


def test_the_same_window_told_twice_is_named_by_the_same_event_in_any_order() -> None:
    window = Restriction(session_id=SESSION, until=later(hours=8), end_known=True)
    first, second = (told(window, name) for name in ("e-a", "e-b"))
    for order in ((first, second), (second, first)):
        facts = no_facts()
        for one in order:
            facts = facts.restricted(aftercare_id=UUID(int=4), told=one)
        assert facts.restrictions[str(UUID(int=4))].event_id == "e-a"


@pytest.mark.parametrize(("minutes", "acting"), [(-1, False), (0, False), (1, True)])
def test_medicine_acts_from_the_moment_it_was_given(minutes: int, acting: bool) -> None:
    """INV-33: what was agreed at that very moment was agreed before it."""
    facts = courses.dosed(at=MORNING)
    assert was_on_board(facts, later(minutes=minutes)) == acting


@pytest.mark.parametrize(("minutes", "acting"), [(0, False), (1, True)])
def test_a_dose_at_the_minute_of_walking_out_was_before_it(minutes: int, acting: bool) -> None:
    dose = Dose(session_id=SESSION, administered_at=later(hours=1, minutes=minutes))
    left = (
        no_facts()
        .dose_given(order_id=UUID(int=60), dose_seq=1, dose=told(dose, "e-dose"))
        .walked_out(session_id=SESSION, at=told(later(hours=1), "e-left"))
        .restricted(
            aftercare_id=UUID(int=4),
            told=told(Restriction(session_id=SESSION, until=later(hours=9), end_known=True), "e-r"),
        )
    )
    assert was_on_board(left, later(hours=10)) == acting


def test_only_open_holds_of_the_course_speak_and_silence_is_said_aloud() -> None:
    """INV-9: the receipt of a standing says that no hold was open, or names each that was."""
    free = decide()
    assert [(v.slug, v.holds) for v in free.verdicts if v.rule == "INV-9"] == [
        ("no-blocking-hold", True)
    ]
    held = a_hold(HoldCategory.CONTRAINDICATION)
    blocked = decide(own_holds=(held,))
    assert refused(blocked) == {"no-blocking-hold"}
    assert all(not v.holds for v in blocked.verdicts if v.rule == "INV-9")
    lifted = sign_lift(held, role=Role.PRESCRIBER, ref=PRESCRIBER, safety_plan=None, now=MORNING)
    over = sign_lift(
        lifted.state, role=Role.THERAPIST, ref=THERAPIST, safety_plan=None, now=MORNING
    ).state
    assert decide(own_holds=(over,)).allowed
    told_hold = ForeignHold(
        hold_id=UUID(int=81),
        owner="prescribing",
        category=HoldCategory.MEDICAL,
        blocks=(HoldBlock.DOSE,),
        severity=HoldSeverity.STOP,
    )
    others = decide(facts=no_facts().hold_placed(told(told_hold, "e-hold")))
    assert [(v.slug, v.holds) for v in others.verdicts if v.rule == "INV-9"] == [
        ("no-blocking-hold", False)
    ]


def test_a_course_that_changes_its_protocol_starts_nothing() -> None:
    changing = replace(courses.active(), changing_protocol=UUID(int=90))
    assert refused(decide(course=changing)) == {"protocol-not-changing"}
    assert decide().allowed


def administrative(by: str) -> Any:
    return place(
        hold_id=UUID(int=80),
        client_id=CLIENT,
        course_id=COURSE,
        category=HoldCategory.ADMINISTRATIVE,
        cause=HoldCause.STAFF,
        cause_ref="x",
        placed_by_role=by,
        now=MORNING,
    ).state


@pytest.mark.parametrize(
    ("placed_by", "lifts", "waits_for"),
    [
        ("nurse", {"front_desk", "therapist", "nurse"}, ["front_desk", "nurse", "therapist"]),
        ("front_desk", {"front_desk", "therapist"}, ["front_desk", "therapist"]),
    ],
)
def test_an_administrative_hold_is_its_placers_the_desks_and_a_therapists(
    placed_by: str, lifts: set[str], waits_for: list[str]
) -> None:
    hold = administrative(placed_by)
    assert sorted(role.value for role in hold.missing_roles) == waits_for
    for role in Role:
        if role.value in lifts:
            signed = sign_lift(hold, role=role, ref=UUID(int=5), safety_plan=None, now=MORNING)
            assert not signed.state.open
            assert signed.state.missing_roles == ()
            continue
        with pytest.raises(Refused) as refusal:
            sign_lift(hold, role=role, ref=UUID(int=5), safety_plan=None, now=MORNING)
        (one,) = refusal.value.refusals
        assert one.slug == "role-cannot-lift"
        assert sorted(one.facts["lifted_by"]) == sorted(lifts)  # type: ignore[arg-type]


def test_no_score_is_the_lowest_score() -> None:
    assert totalled(Instrument.PHQ9, 0).score == 0
    with pytest.raises(Refused):
        totalled(Instrument.PHQ9, -1)


def test_the_form_leads_past_exactly_its_own_items() -> None:
    """AUDIT: who never drinks goes on with item 9, who never drinks to excess too."""
    assert audit(0, *(None,) * 7, 0, 0).score == 0
    assert audit(1, 0, 0, *(None,) * 5, 0, 0).score == 1
    for answers, left_out in (
        ((0, *(None,) * 8, 0), ("9",)),
        ((1, 0, None, *(None,) * 5, 0, 0), ("3", "4", "5", "6", "7", "8")),
        ((1, 0, 0, *(None,) * 6, 0), ("9",)),
        ((1, 0, 1, None, 0, 0, 0, 0, 0, 0), ("4",)),
    ):
        with pytest.raises(Refused) as refusal:
            counted(Instrument.AUDIT, answers)
        (one,) = refusal.value.refusals
        assert (one.slug, one.facts["items"]) == ("answer-missing", left_out)


def test_behaviour_of_late_that_never_was_names_both_answers() -> None:
    with pytest.raises(Refused) as refusal:
        counted(Instrument.CSSRS, (0, 0, 0, 0, 0, 0, 1))
    (one,) = refusal.value.refusals
    assert (one.slug, one.facts["items"]) == ("answers-contradict", ("6", "7"))
    assert cssrs(recent=True).answers is not None
