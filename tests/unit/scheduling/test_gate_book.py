"""G-BOOK: each rule holds in the good case and refuses by name in its bad twin (ruling 23)."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.booking_conditions import BookingFacts
from services.scheduling.domain.events import Outcome
from services.scheduling.domain.gate_book import Clash, Proposal, decide_booking
from services.scheduling.domain.session import DosesSeen, Session, TherapyEnd
from services.scheduling.domain.session_states import SessionKind, SessionStatus, Setting
from shared.decisions import Decision
from shared.protocol import Aftercare, ClinicProtocol
from tests.unit.scheduling.building import (
    CLIENT,
    COURSE,
    PROTOCOL,
    ROOM,
    ZONE,
    at,
    authorised,
    dosed,
    escort,
    facts,
    hold,
    named,
    prepared,
    recovering,
    room,
    session,
    terms,
    therapist,
    told,
)

NEXT_WEEK = "2026-03-17"
NOW = at("08:00")


def decide(
    proposed: Session | None = None, *, others: tuple[Session, ...] = (), **changes: Any
) -> Decision:
    booking = {
        "session": proposed or session(),
        "others": others,
        "facts": facts(),
        "preparation": prepared(),
        "protocol": PROTOCOL,
        "zone": ZONE,
        "now": NOW,
    }
    moment = {"therapist": therapist(), "room": room(), "clashes": ()}
    booking.update({k: v for k, v in changes.items() if k in booking})
    moment.update({k: v for k, v in changes.items() if k in moment})
    assert set(changes) <= set(booking) | set(moment)
    return decide_booking(Proposal(booking=BookingFacts(**booking), **moment))  # type: ignore[arg-type]


def refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


def past_dosed(day: str = "2026-03-09", **changes: Any) -> Session:
    """A session that was dosed and left the clinic."""
    taken = DosesSeen(count=1, first_at=at("10:00", day), last_at=at("10:00", day))
    return session(
        starts=at("09:30", day),
        session_id=named(f"dosed-{day}"),
        status=SessionStatus.DISCHARGED,
        doses=taken,
        end=TherapyEnd(at=at("12:30", day), outcome=Outcome.COMPLETED),
        **changes,
    )


def integration(day: str, **changes: Any) -> Session:
    return session(
        SessionKind.INTEGRATION,
        starts=at("15:00", day),
        minutes=60,
        session_id=named(f"integration-{day}"),
        **changes,
    )


def test_a_good_dosing_booking_is_allowed_with_every_rule_judged() -> None:
    decision = decide()
    assert decision.allowed
    assert len(decision.verdicts) == 17
    assert len({v.slug for v in decision.verdicts}) == 17


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
        starts_at=at("09:00"),
        until=at("13:00"),
    )
    decision = decide(clashes=(clash,))
    assert refused(decision) == {f"{resource}-taken"}
    assert decision.refusals[0].facts["sessions"] == [str(named("other"))]


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
