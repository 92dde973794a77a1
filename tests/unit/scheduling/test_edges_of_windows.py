"""Where a restriction, a week and a signature turn."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.availability import Absence
from services.scheduling.domain.consent_facts import ConsentFacts
from services.scheduling.domain.discharge_checklist import discharge_checklist, open_items
from services.scheduling.domain.preparation import Preparation, PrepItem, sign
from services.scheduling.domain.restriction import Window, merged, own_windows
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.spacing import (
    dosed_or_due,
    first_possible,
    integrations_since,
    most_in_seven_days,
)
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    CLIENT,
    COURSE,
    NURSE,
    PROTOCOL,
    THERAPIST,
    ZONE,
    at,
    dosed,
    facts,
    named,
    opening,
    recovering,
    session,
    therapist,
    told,
)

S = SessionStatus
HERE = Role.THERAPIST
GATE, ANOTHER = named("gate"), named("another gate")


def slug(refused: pytest.ExceptionInfo[Refused]) -> str:
    (one,) = refused.value.refusals
    return one.slug


def test_a_window_begins_with_the_first_dose() -> None:
    aftercare = PROTOCOL.aftercare
    (one,) = own_windows([dosed(count=2, last="10:30")], aftercare, ZONE)
    assert one.until is None
    started = dosed()
    first = started.doses.first_at
    assert first is not None
    assert one.since == first or one.since < at("10:30")
    unknown = replace(started, doses=DosesSeen(count=1, first_at=None, last_at=None))
    (by_start,) = own_windows([unknown], aftercare, ZONE)
    assert by_start.since == unknown.started_at
    never = replace(unknown, started_at=None)
    (by_booking,) = own_windows([never], aftercare, ZONE)
    assert by_booking.since == never.starts_at
    assert list(own_windows([opening()], aftercare, ZONE)) == []


def _window(source: str, until: str | None, of: str = "s") -> Window:
    return Window(
        session_id=of,
        since=at("10:00"),
        until=at(until) if until else None,
        source=source,
    )


@pytest.mark.parametrize(
    ("windows", "kept"),
    [
        ((_window("notifications", "18:25"), _window("scheduling", None)), None),
        ((_window("scheduling", None), _window("notifications", "18:25")), None),
        ((_window("notifications", None), _window("scheduling", "18:25")), at("18:25")),
        ((_window("notifications", "20:00"), _window("scheduling", "18:25")), at("20:00")),
        ((_window("scheduling", "20:30"), _window("notifications", "18:25")), at("20:30")),
        ((_window("notifications", None),), None),
    ],
)
def test_the_longest_window_that_anybody_states_counts(
    windows: tuple[Window, ...], kept: Any
) -> None:
    """Ruling 22: what scheduling does not know the end of has none; else the later end."""
    (one,) = merged(windows)
    assert one.until == kept
    assert len(merged((*windows, _window("scheduling", "11:00", of="another")))) == 2


@pytest.mark.parametrize(
    ("clock", "covered"), [("09:59", False), ("10:00", True), ("18:25", False)]
)
def test_a_window_covers_from_its_first_minute_to_before_its_last(
    clock: str, covered: bool
) -> None:
    assert _window("scheduling", "18:25").covers(at(clock)) == covered


def test_seven_days_are_168_hours() -> None:
    """INV-16: a week apart to the minute is no longer within."""
    first = at("10:00")
    week = timedelta(days=7)
    assert most_in_seven_days(first + week, [first]) == 1
    assert most_in_seven_days(first + week - timedelta(minutes=1), [first]) == 2
    others = [first, first + timedelta(days=3)]
    assert most_in_seven_days(first + timedelta(days=6), others) == 3
    assert first_possible(first + timedelta(days=6), others, 2) == first + week
    assert first_possible(first + timedelta(days=6), others, 3) == first + timedelta(days=6)
    assert first_possible(first, [], 1) == first


SCOPES = ("treatment", "aftercare_agreement")


def test_the_longest_signature_speaks_and_names_its_consent() -> None:
    shorter, longer = at("10:00", "2026-06-01"), at("10:00", "2026-09-01")
    known = (
        ConsentFacts()
        .grant(told("e1"), "one", SCOPES, longer)
        .grant(told("e2"), "two", SCOPES, shorter)
    )
    speaking = known.active("treatment", at("10:00"))
    assert speaking is not None
    assert (speaking.value, known.signature_of(speaking)) == (longer, "one")
    assert known.active("treatment", longer) is None
    withdrawn = known.withdraw(told("w"), "one", ("treatment",), at("09:00"))
    other = withdrawn.active("treatment", at("10:00"))
    assert other is not None
    assert withdrawn.signature_of(other) == "two"
    assert withdrawn.active("aftercare_agreement", at("10:00")) == speaking
    assert ConsentFacts().signature_of(speaking) is None
    same = known.grant(told("e3"), "three", ("treatment",), longer)
    newest = same.active("treatment", at("10:00"))
    assert newest is not None
    assert newest.event_id == max(told("e1").event_id, told("e3").event_id)


def test_the_longer_window_counts_whichever_began_first() -> None:
    early_and_long = replace(_window("scheduling", "20:00"), since=at("09:00"))
    late_and_short = replace(_window("notifications", "18:25"), since=at("11:00"))
    for windows in ((early_and_long, late_and_short), (late_and_short, early_and_long)):
        (one,) = merged(windows)
        assert one.until == at("20:00")


def test_a_session_that_began_late_is_spaced_by_when_it_began() -> None:
    """INV-16: by the dose, else by the start, else by the booking."""
    booked = session(session_id=named("other"))
    began = replace(booked, started_at=at("11:00"))
    taken = replace(began, doses=DosesSeen(count=1, first_at=at("11:20"), last_at=at("11:20")))
    times = [dosed_or_due([one], besides=None)[0] for one in (booked, began, taken)]
    assert times == [booked.starts_at, at("11:00"), at("11:20")]
    assert dosed_or_due([booked], besides=booked.id) == ()


@pytest.mark.parametrize(
    ("clock", "counted"), [("09:59", 0), ("10:00", 1), ("14:59", 1), ("15:00", 0)]
)
def test_talk_counts_from_the_dose_to_before_the_next(clock: str, counted: int) -> None:
    talk = session(
        SessionKind.INTEGRATION,
        starts=at(clock),
        minutes=60,
        session_id=named("talk"),
        status=SessionStatus.COMPLETED,
    )
    found = integrations_since(dosed(), [talk], until=at("15:00"), held_only=True)
    assert found == counted


def test_only_a_talk_about_it_is_an_integration() -> None:
    """6.4: another session of another kind arranges nothing."""
    other = session(
        SessionKind.FOLLOW_UP, starts=at("15:00"), minutes=60, session_id=named("other")
    )
    lines = discharge_checklist(recovering(), (other,), facts(), at("12:40"))
    assert "integration_arranged" in open_items(lines)


def test_the_first_absence_that_meets_a_session_is_named() -> None:
    """F31: so that it is said until when somebody is away."""
    away = [
        Absence(id=named(name), since=at(since), until=at(until))
        for name, since, until in (("late", "12:00", "14:00"), ("early", "09:00", "10:00"))
    ]
    person = replace(therapist(), absences=tuple(away))
    found = person.absent(at("09:30"), at("12:30"))
    assert found is not None
    assert found.id == named("early")
    assert person.absent(at("10:00"), at("12:00")) is None
    by_booking = replace(therapist(), absences=(away[0],)).absent(at("09:30"), at("12:30"))
    assert by_booking is not None
    assert by_booking.until == at("14:00")


def test_who_signed_first_stays_the_signer() -> None:
    """F49: covering everything again before it is complete is no other signature."""
    fresh = Preparation(id=named("p"), client_id=CLIENT, course_id=COURSE)
    every = dict.fromkeys(PrepItem, True)
    how: dict[str, Any] = {"checklist": every, "rules": PROTOCOL.prep}
    first = sign(fresh, therapist_ref=THERAPIST, at=at("11:00"), **how).state
    again = sign(first, therapist_ref=NURSE, at=at("12:00"), **how).state
    assert again.signed == first.signed
    assert again.checklist_version == 2
