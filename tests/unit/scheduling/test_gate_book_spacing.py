"""G-BOOK: how close to another dose, to an integration, to a restriction (INV-16, INV-34)."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.resources import Clash
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from shared.protocol import Aftercare, ClinicProtocol
from tests.unit.scheduling.booking_question import (
    NEXT_WEEK,
    decide,
    integration,
    past_dosed,
    refused,
)
from tests.unit.scheduling.building import (
    CLIENT,
    COURSE,
    PROTOCOL,
    ROOM,
    at,
    dosed,
    escort,
    facts,
    named,
    recovering,
    room,
    session,
    terms,
    told,
)


def test_two_in_seven_days_and_not_three() -> None:
    dosed_before = (past_dosed("2026-03-05"), past_dosed("2026-03-08"))
    talked = (integration("2026-03-09", status=SessionStatus.COMPLETED),)
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    assert refused(decide(session(), facts=many, others=(*dosed_before, *talked))) == {
        "doses-too-close"
    }
    assert decide(session(), facts=many, others=(dosed_before[1], *talked)).allowed


def test_a_very_short_block_is_refused_twice() -> None:
    assert refused(decide(session(minutes=70))) == {"block-length-not-allowed", "block-too-short"}


def test_exactly_168_hours_apart_is_no_longer_within() -> None:
    """The clock went forward between: a week of real hours ends an hour later on the wall."""
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    others = (
        past_dosed("2026-03-03"),
        past_dosed("2026-03-06"),
        integration("2026-03-08", status=SessionStatus.COMPLETED),
    )
    just = session(starts=at("11:00"))
    assert decide(just, facts=many, others=others).allowed
    close = session(starts=at("10:59"))
    assert refused(decide(close, facts=many, others=others)) == {"doses-too-close"}


def test_bookings_on_both_sides_are_counted() -> None:
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    around = tuple(
        session(starts=at("09:30", day), session_id=named(day))
        for day in ("2026-03-08", "2026-03-12")
    )
    assert refused(decide(session(), facts=many, others=around)) == {"doses-too-close"}


def test_integration_is_booked_or_declined_before_the_next_dose() -> None:
    last = past_dosed()
    later = session(starts=at("09:30", NEXT_WEEK))
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    assert refused(decide(later, facts=many, others=(last,))) == {"integration-missing"}
    assert decide(later, facts=many, others=(last, integration("2026-03-12"))).allowed
    assert decide(
        later, facts=many, others=(replace(last, integration_declined_at=at("13:00")),)
    ).allowed
    missed = integration("2026-03-12", status=SessionStatus.MISSED)
    assert refused(decide(later, facts=many, others=(last, missed))) == {"integration-missing"}
    too_late = integration("2026-03-18")
    assert refused(decide(later, facts=many, others=(last, too_late))) == {"integration-missing"}


def test_no_dosing_is_promised_while_the_end_of_a_restriction_is_unknown() -> None:
    running = dosed(session_id=named("running"), integration_declined_at=at("10:00"))
    later = session(starts=at("09:30", NEXT_WEEK))
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    decision = decide(later, facts=many, others=(running,), now=at("10:30"))
    assert refused(decision) == {"inside-restriction"}
    ended = recovering(session_id=named("running"), integration_declined_at=at("10:00"))
    assert decide(later, facts=many, others=(ended,), now=at("12:31")).allowed


def test_an_escort_allows_no_dosing_inside_a_restriction() -> None:
    running = dosed(session_id=named("running"), integration_declined_at=at("10:00"))
    later = session(starts=at("09:30", NEXT_WEEK), escorts=(escort(),))
    many = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, terms(9))
    assert refused(decide(later, facts=many, others=(running,), now=at("10:30"))) == {
        "inside-restriction"
    }


def test_a_talk_in_person_inside_the_window_needs_an_escort() -> None:
    ended = recovering(session_id=named("dosed"))
    evening = session(
        SessionKind.INTEGRATION, starts=at("19:00"), minutes=60, session_id=named("evening")
    )
    assert refused(decide(evening, others=(ended,), now=at("13:00"))) == {"inside-restriction"}
    accompanied = replace(evening, escorts=(escort(),))
    assert decide(accompanied, others=(ended,), now=at("13:00")).allowed
    virtual = replace(evening, setting=Setting.VIRTUAL)
    assert decide(virtual, others=(ended,), now=at("13:00")).allowed
    after = replace(evening, starts_at=at("20:30"), planned_end_at=at("21:30"))
    assert decide(after, others=(ended,), now=at("13:00")).allowed


def test_a_talk_far_ahead_may_be_booked_while_the_end_is_unknown() -> None:
    running = dosed(session_id=named("running"))
    day_three = integration("2026-03-13")
    assert decide(day_three, others=(running,), now=at("10:30")).allowed


def test_a_published_window_counts_where_it_is_longer() -> None:
    known = facts().care_after(
        told("ac", "12:31"), "ac", str(named("dosed")), at("12:00", "2026-03-11"), end_known=True
    )
    ended = recovering(session_id=named("dosed"))
    morning = session(
        SessionKind.INTEGRATION, starts=at("09:00", "2026-03-11"), minutes=60, session_id=named("m")
    )
    assert refused(decide(morning, facts=known, others=(ended,), now=at("13:00"))) == {
        "inside-restriction"
    }
    assert decide(morning, others=(ended,), now=at("13:00")).allowed


def test_the_next_day_rule_reaches_to_noon() -> None:
    strict = replace(PROTOCOL, aftercare=Aftercare(until_next_day=True))
    ended = recovering(session_id=named("dosed"))
    morning = session(
        SessionKind.FOLLOW_UP, starts=at("11:00", "2026-03-11"), minutes=45, session_id=named("m")
    )
    assert refused(decide(morning, others=(ended,), now=at("13:00"), protocol=strict)) == {
        "inside-restriction"
    }
    noon = replace(
        morning, starts_at=at("12:00", "2026-03-11"), planned_end_at=at("12:45", "2026-03-11")
    )
    assert decide(noon, others=(ended,), now=at("13:00"), protocol=strict).allowed


@pytest.mark.parametrize("resource", ["room", "therapist", "client"])
def test_a_taken_resource_is_refused_and_the_other_booking_named(resource: str) -> None:
    clash = Clash(
        resource=resource,
        resource_id=str(ROOM),
        session_id=str(named("other")),
        client_id=str(named("other client")),
        therapist_ref=str(named("other therapist")),
        starts_at=at("09:00"),
        until=at("13:00"),
    )
    decision = decide(clashes=(clash,))
    assert refused(decision) == {f"{resource}-taken"}
    facts_ = decision.refusals[0].facts
    assert facts_["sessions"] == [str(named("other"))]
    assert facts_["clients"] == [str(named("other client"))]
    assert facts_["therapists"] == [str(named("other therapist"))]


def test_an_infusion_needs_a_room_for_it() -> None:
    protocol = ClinicProtocol(routes_enabled=tuple({p.route for _, p in _all_profiles()}))
    infusion = replace(terms(), timing_profile="IV-STD")
    known = facts().prescribe(told("rx2", version=2), str(named("rx")), 2, infusion)
    assert refused(decide(facts=known, protocol=protocol)) == {"room-not-suitable"}
    assert decide(facts=known, protocol=protocol, room=room(iv_capable=True)).allowed


def _all_profiles() -> list[tuple[str, Any]]:
    from shared.protocol import BUILT_IN_PROFILES

    return list(BUILT_IN_PROFILES.items())


def test_a_talk_needs_no_approval_but_preparation_does() -> None:
    stranger = replace(facts(), approvals=type(facts().approvals)())
    assert decide(session(SessionKind.CONSULTATION, minutes=50), facts=stranger).allowed
    assert refused(decide(session(SessionKind.PREP, minutes=50), facts=stranger)) == {
        "approval-not-current"
    }


def test_the_client_is_the_courses() -> None:
    assert facts().client_id == CLIENT
    assert facts().id == COURSE
