"""Where a restriction, a week and a signature turn."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.scheduling.domain.consent_facts import ConsentFacts
from services.scheduling.domain.restriction import Window, merged, own_windows
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session import DosesSeen
from services.scheduling.domain.session_states import SessionStatus
from services.scheduling.domain.spacing import first_possible, most_in_seven_days
from shared.decisions import Refused
from tests.unit.scheduling.building import (
    PROTOCOL,
    ZONE,
    at,
    dosed,
    named,
    opening,
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
