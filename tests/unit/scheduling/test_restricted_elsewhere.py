"""Ruling 22: a client is restricted, not a course; each course's own rules say until when."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from services.scheduling.domain.course_facts import CourseFacts, no_facts
from services.scheduling.domain.restriction import (
    Window,
    seen_from_another_course,
    windows_of_course,
)
from services.scheduling.domain.session import Session
from services.scheduling.domain.session_states import SessionKind
from services.scheduling.handlers.considering import windows_elsewhere
from shared.protocol import Aftercare
from tests.unit.scheduling import booking_question, start_question
from tests.unit.scheduling.booking_question import past_dosed, refused
from tests.unit.scheduling.building import (
    CLIENT,
    PROTOCOL,
    ZONE,
    at,
    dosed,
    facts,
    named,
    session,
    told,
)

OTHER = named("another course")
NEXT_DAY = Aftercare(until_next_day=True)
YESTERDAY = "2026-03-09"


def elsewhere(
    *sessions: Session, known: CourseFacts | None = None, now: datetime, rules: Aftercare = NEXT_DAY
) -> tuple[Window, ...]:
    windows = windows_of_course(sessions, known or no_facts(OTHER, CLIENT), rules, ZONE)
    return seen_from_another_course(windows, now, rules, ZONE)


def yesterday() -> Session:
    """Dosed the day before, in another course."""
    return past_dosed(YESTERDAY, course_id=OTHER)


def start(now: datetime, windows: tuple[Window, ...]) -> set[str]:
    others = (yesterday(),)
    decision = start_question.decide(now=now, others=others, elsewhere=windows)
    return refused(decision)


def test_a_start_heeds_the_next_day_rule_of_another_course() -> None:
    """This course knows only eight hours; the medicine of the other one asks for a day."""
    now = at("09:50")
    assert "restriction-in-force" in start(now, elsewhere(yesterday(), now=now))
    assert "restriction-in-force" not in start(now, ())


@pytest.mark.parametrize(("clock", "in_force"), [("11:59", True), ("12:00", False)])
def test_it_ends_at_noon(clock: str, in_force: bool) -> None:
    now = at(clock)
    found = start(now, elsewhere(yesterday(), now=now))
    assert ("restriction-in-force" in found) is in_force


def test_looser_rules_elsewhere_do_not_loosen_this_course() -> None:
    strict = replace(PROTOCOL, aftercare=NEXT_DAY)
    now = at("09:50")
    decision = start_question.decide(
        now=now,
        others=(yesterday(),),
        elsewhere=elsewhere(yesterday(), now=now, rules=Aftercare()),
        protocol=strict,
    )
    assert "restriction-in-force" in refused(decision)


def test_a_window_that_was_published_for_another_course_counts() -> None:
    """Notifications knows of a restriction that scheduling cannot work out itself."""
    now = at("09:50")
    published = no_facts(OTHER, CLIENT).care_after(
        told("care", "10:00", day=YESTERDAY), "care", "s", at("12:00"), end_known=True
    )
    assert "restriction-in-force" in start(now, elsewhere(known=published, now=now))
    over = no_facts(OTHER, CLIENT).care_after(
        told("care", "10:00", day=YESTERDAY), "care", "s", at("09:50"), end_known=True
    )
    assert "restriction-in-force" not in start(now, elsewhere(known=over, now=now))


@pytest.mark.parametrize(("clock", "in_force"), [("11:00", True), ("12:00", False)])
def test_a_talk_alone_waits_for_an_unknown_end_by_the_other_courses_rule(
    clock: str, in_force: bool
) -> None:
    """INV-34: if everything ended this moment, the other course would still ask for tomorrow."""
    running = dosed(session_id=named("running"), course_id=OTHER)
    now, tomorrow = at("10:30"), "2026-03-11"
    talk = session(
        SessionKind.FOLLOW_UP, starts=at(clock, tomorrow), minutes=45, session_id=named("talk")
    )
    windows = elsewhere(running, now=now)
    decision = booking_question.decide(talk, others=(running,), elsewhere=windows, now=now)
    assert ("inside-restriction" in refused(decision)) is in_force
    assert "inside-restriction" not in refused(
        booking_question.decide(talk, others=(running,), now=now)
    )


async def test_each_other_course_is_read_with_its_own_facts_and_rules() -> None:
    published = no_facts(OTHER, CLIENT).care_after(
        told("care", "10:00", day=YESTERDAY), "care", "s", at("18:00"), end_known=True
    )

    class Reading:
        now, timezone = at("09:50"), ZONE
        facts: Any = None

        async def protocol_of(self, course_id: UUID) -> Any:
            assert course_id == OTHER
            return replace(PROTOCOL, aftercare=NEXT_DAY)

    async def get(course_id: UUID, client_id: UUID) -> CourseFacts:
        assert (course_id, client_id) == (OTHER, CLIENT)
        return published

    uow: Any = Reading()
    uow.facts = SimpleNamespace(get=get)
    mine = past_dosed("2026-03-01")
    windows = await windows_elsewhere(uow, facts(), (mine, yesterday()))
    assert {(w.source, w.until) for w in windows} == {
        ("scheduling", at("12:00")),
        ("notifications", at("18:00")),
    }
    assert await windows_elsewhere(uow, facts(), (mine,)) == ()
