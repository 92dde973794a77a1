"""G-START: what was told may refuse and may not allow; time, place and neighbours."""

from typing import Any

import pytest

from services.scheduling.domain.assent import AssentStatus
from services.scheduling.domain.booking_facts import BookingFacts
from services.scheduling.domain.course_facts import no_facts
from services.scheduling.domain.gate_start import supervisor_of
from services.scheduling.domain.peer_answers import (
    CheckWord,
    OrderWord,
)
from services.scheduling.domain.resources import Clash
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.staleness import Recency
from tests.unit.scheduling.booking_question import integration, past_dosed, refused
from tests.unit.scheduling.building import (
    CLIENT,
    COURSE,
    ORDER,
    PRESCRIBER,
    PROTOCOL,
    ROOM,
    RX,
    SESSION,
    ZONE,
    assented,
    at,
    authorised,
    checked_in,
    escort,
    facts,
    named,
    order_closed,
    passed_check,
    session,
    told,
)
from tests.unit.scheduling.start_question import (
    FRESH,
    NOW,
    decide,
    intake,
    prescribing,
    ready,
)


def test_local_positives_never_stand_in_for_the_answer() -> None:
    known = passed_check(authorised(facts()))
    assert refused(
        decide(
            facts=known,
            intake=intake(approval=None, consents={}),
            prescribing=prescribing(order=None, check=None, prescription=None),
        )
    ) == {
        "approval-not-current",
        "consent-treatment-not-active",
        "consent-aftercare-agreement-not-active",
        "dose-not-authorised",
        "pre-dose-check-not-valid",
        "prescription-not-active",
    }


def test_the_answer_alone_allows_where_nothing_was_told() -> None:
    untold = no_facts(COURSE, CLIENT)
    assert decide(facts=untold).allowed


@pytest.mark.parametrize(
    ("told_facts", "slug"),
    [
        (facts().revoke_approval(told("x"), "approval"), "approval-not-current"),
        (
            facts().consent(lambda c: c.withdraw(told("x"), "consent", ("treatment",), NOW)),
            "consent-treatment-not-active",
        ),
        (facts().revoke_prescription(told("x"), str(RX)), "prescription-not-active"),
        (order_closed(authorised(facts()), 0), "dose-not-authorised"),
        (passed_check(authorised(facts()), "hold", version=2), "pre-dose-check-not-valid"),
        (
            facts().order(
                str(ORDER), str(SESSION), lambda o: o.withhold(told("x"), "consent_withdrawn")
            ),
            "dose-not-authorised",
        ),
        (authorised(facts()).close(told("x"), "completed"), "course-not-active"),
        (authorised(facts()).decline(told("x")), "course-not-active"),
    ],
)
def test_a_negative_that_was_told_refuses_whatever_the_answer_says(
    told_facts: Any, slug: str
) -> None:
    assert refused(decide(facts=told_facts)) == {slug}


def test_an_expired_consent_blocks_both_scopes() -> None:
    expired = facts().consent(lambda c: c.expire(told("x"), "consent"))
    assert refused(decide(facts=expired)) == {
        "consent-treatment-not-active",
        "consent-aftercare-agreement-not-active",
    }


def test_a_negative_of_another_id_does_not_refuse() -> None:
    known = facts().revoke_approval(told("x"), "an-older-approval")
    known = known.consent(lambda c: c.withdraw(told("y"), "older", ("treatment",), NOW))
    known = known.revoke_prescription(told("z"), "older-rx")
    assert decide(facts=known).allowed


def test_an_older_check_that_arrives_late_does_not_refuse() -> None:
    known = passed_check(authorised(facts()), "hold", version=1)
    newer = CheckWord(id="check", version=2, outcome="pass", valid_until=at("10:15"))
    assert decide(facts=known, prescribing=prescribing(check=newer)).allowed


@pytest.mark.parametrize(
    ("heard", "slug"),
    [
        ({"intake": Recency(age_seconds=40)}, "cannot-prove-safe-intake"),
        ({"intake": Recency(age_seconds=None)}, "cannot-prove-safe-intake"),
        ({"prescribing": Recency(age_seconds=0, waiting=1)}, "cannot-prove-safe-prescribing"),
        ({"notifications": Recency(age_seconds=0, parked=1)}, "cannot-prove-safe-notifications"),
    ],
)
def test_what_cannot_be_proven_refuses(heard: dict[str, Recency], slug: str) -> None:
    assert refused(decide(heard={**FRESH, **heard})) == {slug}


def test_a_peer_that_is_not_asked_need_not_be_up() -> None:
    assert decide(heard={**FRESH, "notifications": Recency(age_seconds=None)}).allowed


def test_assent_lapses_after_an_hour_and_at_midnight() -> None:
    assert refused(decide(**ready(assent=assented("08:50")))) == {"assent-not-fresh"}
    assert decide(**ready(assent=assented("08:51"))).allowed
    evening = assented("23:40")
    assert evening.as_of(at("23:59"), ZONE) is AssentStatus.GIVEN
    assert evening.as_of(at("00:01", "2026-03-11"), ZONE) is AssentStatus.LAPSED


def test_an_escort_of_another_booking_does_not_count() -> None:
    assert refused(decide(**ready(schedule_version=2))) == {"escort-not-confirmed"}
    assert decide(**ready(schedule_version=2, escorts=(escort(version=2),))).allowed


@pytest.mark.parametrize("resource", ["room", "therapist", "client"])
def test_whoever_is_still_here_keeps_the_room_and_the_therapist(resource: str) -> None:
    clash = Clash(
        resource=resource,
        resource_id=str(ROOM),
        session_id=str(named("other")),
        client_id=str(named("other client")),
        therapist_ref=str(named("other therapist")),
        starts_at=at("06:00"),
        until=at("09:00"),
    )
    assert refused(decide(occupied=(clash,))) == {f"{resource}-taken"}


def test_a_start_inside_an_earlier_window_is_refused_until_its_end() -> None:
    before = past_dosed("2026-03-10", integration_declined_at=at("13:00"))
    evening = {"others": (before,), "now": at("20:29")}
    late_session = checked_in(
        status=SessionStatus.READY,
        session_id=named("evening"),
        assent=assented("20:10"),
    )
    word_ = prescribing(
        order=OrderWord(id="o2", authorised=True, closed=False, valid_until=at("23:00")),
        check=CheckWord(id="k", version=1, outcome="pass", valid_until=at("23:00")),
    )
    decision = decide(session=late_session, prescribing=word_, **evening)
    assert refused(decision) == {"restriction-in-force"}
    evening["now"] = at("20:30")
    assert decide(session=late_session, prescribing=word_, **evening).allowed


def test_a_published_window_without_an_end_is_in_force() -> None:
    known = facts().care_after(
        told("ac", "08:00", day="2026-03-09"),
        "ac",
        "elsewhere",
        at("18:00", "2026-03-09"),
        end_known=False,
    )
    assert refused(decide(facts=known)) == {"restriction-in-force"}
    ended = known.care_after(
        told("ac2", "12:00", day="2026-03-09", version=2),
        "ac",
        "elsewhere",
        at("20:00", "2026-03-09"),
        end_known=True,
    )
    assert decide(facts=ended).allowed


def test_integration_must_be_held_not_only_booked() -> None:
    last = past_dosed("2026-03-06")
    booked = integration("2026-03-09")
    assert refused(decide(others=(last, booked))) == {"integration-not-held"}
    held = integration("2026-03-09", status=SessionStatus.COMPLETED)
    assert decide(others=(last, held)).allowed


def test_the_supervisor_is_the_prescriber_of_the_course_unless_named() -> None:
    nobody = checked_in(status=SessionStatus.READY, supervisor_ref=None)
    assert decide(session=nobody).allowed
    untold = no_facts(COURSE, CLIENT)
    assert refused(decide(session=nobody, facts=untold)) == {"supervisor-not-named"}
    booking = BookingFacts(
        session=nobody,
        others=(),
        facts=facts(),
        preparation=None,
        protocol=PROTOCOL,
        zone=ZONE,
        now=NOW,
        therapist=None,
        room=None,
    )
    assert supervisor_of(booking) == str(PRESCRIBER)


def test_future_bookings_do_not_count_as_doses_at_the_start() -> None:
    ahead = tuple(
        session(SessionKind.DOSING, starts=at("09:30", day), session_id=named(day))
        for day in ("2026-03-12", "2026-03-14")
    )
    assert decide(others=ahead).allowed
