"""Where what others answered or told turns: expired to the second, another's, taken back."""

from dataclasses import replace
from typing import Any

import pytest

from services.scheduling.domain.authorisations import left_for, prescription_lost
from services.scheduling.domain.clinician import Credentials
from services.scheduling.domain.consent_facts import ConsentFacts
from services.scheduling.domain.discharge_checklist import discharge_checklist, open_items
from services.scheduling.domain.following import Known, follow
from services.scheduling.domain.gate_manual import ManualFacts, decide_manual
from services.scheduling.domain.peer_answers import NamedUntil, OrderWord
from services.scheduling.domain.roles import Role
from services.scheduling.domain.session_facts import SessionFacts
from services.scheduling.domain.session_states import SessionKind, SessionStatus
from services.scheduling.domain.watching import Look, next_look
from tests.unit.scheduling.booking_question import refused
from tests.unit.scheduling.building import (
    ORDER,
    PROTOCOL,
    RX,
    SESSION,
    administered,
    at,
    authorised,
    facts,
    named,
    opening,
    order_closed,
    recovering,
    session,
    terms,
    therapist,
    told,
)
from tests.unit.scheduling.discharge_question import manual
from tests.unit.scheduling.start_question import LATER, NOW, decide, word

OTHER = named("another order")
OTHER_RX = named("another prescription")


def _rx(**changes: Any) -> dict[str, Any]:
    good: dict[str, Any] = {"id": str(RX), "active": True, "valid_until": LATER}
    return word("prescribing", prescription=NamedUntil(**{**good, **changes}))


def _order(**changes: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "id": str(ORDER),
        "authorised": True,
        "closed": False,
        "valid_until": at("12:30"),
    }
    return word("prescribing", order=OrderWord(**{**good, **changes}))


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (_rx(), None),
        (_rx(active=False), "prescription-not-active"),
        (_rx(valid_until=NOW), "prescription-not-active"),
        (_order(), None),
        (_order(authorised=False), "dose-not-authorised"),
        (_order(closed=True), "dose-not-authorised"),
        (_order(valid_until=NOW), "dose-not-authorised"),
        (_order(valid_until=None), "dose-not-authorised"),
    ],
)
def test_an_answer_allows_until_the_second_it_names(
    answer: dict[str, Any], slug: str | None
) -> None:
    """INV-10, INV-13: each part of it alone refuses a start."""
    assert refused(decide(**answer)) == ({slug} if slug else set())


@pytest.mark.parametrize("until", [LATER, NOW])
def test_consent_and_approval_end_at_their_second(until: Any) -> None:
    """INV-1, INV-3."""
    consents = {
        scope: NamedUntil(id="consent", active=True, valid_until=until)
        for scope in ("treatment", "aftercare_agreement")
    }
    found = refused(decide(**word("intake", consents=consents)))
    expected = {"consent-treatment-not-active", "consent-aftercare-agreement-not-active"}
    assert found == (set() if until is LATER else expected)
    inactive = {scope: replace(one, active=False) for scope, one in consents.items()}
    assert expected <= refused(decide(**word("intake", consents=inactive)))
    approval = NamedUntil(id="approval", active=True, valid_until=until)
    found = refused(decide(**word("intake", approval=approval)))
    assert found == (set() if until is LATER else {"approval-not-current"})


def test_a_renewal_changes_what_it_names_and_nothing_else() -> None:
    """F28, F30: a new certificate is no new licence."""
    held = Credentials(
        license_valid_until=at("08:00"),
        license_number="PSY-1",
        license_state="CA",
        kap_training_valid_until=at("09:00"),
        kap_certificate="K-1",
    )
    assert held.renewed(Credentials()) == held
    newer = Credentials(
        license_valid_until=LATER,
        license_number="PSY-2",
        license_state="OR",
        kap_training_valid_until=LATER,
        kap_certificate="K-2",
    )
    assert held.renewed(newer) == newer
    trained = held.renewed(Credentials(kap_training_valid_until=LATER, kap_certificate="K-2"))
    assert (trained.license_number, trained.kap_certificate) == ("PSY-1", "K-2")
    assert (trained.license_valid_until, trained.kap_training_valid_until) == (at("08:00"), LATER)
    person = therapist().renewed(Credentials(license_valid_until=at("10:00")))
    assert person.credentials.license_valid_until == at("10:00")
    assert person.credentials.kap_training_valid_until is not None


def test_the_latest_withdrawal_of_the_scope_speaks_unless_it_was_signed_again() -> None:
    """INV-3: withdrawn twice, in any order; another scope and another signature are their own."""
    later = LATER
    known = (
        ConsentFacts()
        .grant(told("g1"), "one", ("treatment", "aftercare_agreement"), later)
        .grant(told("g2"), "two", ("treatment",), later)
        .withdraw(told("w1"), "one", ("treatment",), at("10:00"))
    )
    assert known.withdrawal("treatment") is None
    both = known.withdraw(told("w2"), "two", ("treatment",), at("09:00"))
    latest = both.withdrawal("treatment")
    assert latest is not None
    assert latest.value == at("10:00")
    assert both.withdrawal("aftercare_agreement") is None
    one_scope = both.withdraw(told("w3"), "one", ("aftercare_agreement",), at("11:00"))
    assert one_scope.withdrawal("treatment") == latest


def test_what_another_sessions_order_did_is_not_this_ones() -> None:
    """Ruling 18: a withheld order of the window before does not abort the present one."""
    known = authorised(facts())
    before = known.order(str(OTHER), str(SESSION), lambda o: o.withhold(told("w"), "vitals"))
    here = opening(dose_order_id=ORDER)

    def followed(told_: Any) -> SessionStatus:
        by = Known(facts=told_, booking=None, recovery=PROTOCOL.recovery, now=at("09:55"))
        return follow(here, by).state.status

    assert followed(before) is SessionStatus.IN_PROGRESS
    own = known.order(str(ORDER), str(SESSION), lambda o: o.withhold(told("w"), "vitals"))
    assert followed(own) is SessionStatus.ABORTED


def test_a_session_used_under_a_prescription_that_is_over_counts_for_none_in_force() -> None:
    """INV-13: the new prescription has all of its sessions."""
    used = order_closed(authorised(facts(), of=named("earlier")), 1, of=named("earlier"))
    gone = used.revoke_prescription(told("r"), str(RX))
    renewed = gone.prescribe(told("n"), str(OTHER_RX), 1, terms(2))
    assert left_for(session(), (), renewed, at("08:00")) == 2
    unbound = facts().order(str(OTHER), str(named("x")), lambda o: o.close(told("c"), 1))
    assert left_for(session(), (), unbound, at("08:00")) == 2
    other_order = authorised(facts(), order=OTHER, of=named("elsewhere"))
    lost = other_order.revoke_prescription(told("r"), str(RX)).prescribe(
        told("n"), str(OTHER_RX), 1, terms(1)
    )
    assert not prescription_lost(lost, session())


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        ((Role.THERAPIST, Role.NURSE), True),
        ((Role.THERAPIST, Role.FRONT_DESK), False),
    ],
)
def test_one_of_the_two_has_to_be_somebody_who_clears(roles: tuple[Role, Role], may: bool) -> None:
    """Ruling 15, INV-40."""

    def asked(**changes: Any) -> set[str]:
        stated = manual(first_role=roles[0], second_role=roles[1])
        usual: dict[str, Any] = {
            "session": recovering(),
            "clearance": stated,
            "second_known": True,
            "facts": administered(facts()),
            "answered": False,
            "recovery": PROTOCOL.recovery,
            "now": at("12:45"),
        }
        return refused(decide_manual(ManualFacts(**{**usual, **changes})))

    assert asked() == (set() if may else {"nobody-may-clear"})
    assert "two-named-people-needed" in asked(second_known=False)
    same = manual(first_role=roles[0], second_role=roles[1])
    twice = replace(same, second_ref=same.first_ref)
    assert "two-named-people-needed" in asked(clearance=twice)


def test_an_integration_that_is_over_or_past_is_not_arranged() -> None:
    """6.4, F92."""
    now = at("12:40")

    def arranged(clock: str, **changes: Any) -> bool:
        talk = session(
            SessionKind.INTEGRATION,
            starts=at(clock, "2026-03-10"),
            minutes=60,
            session_id=named("talk"),
            **changes,
        )
        lines = discharge_checklist(recovering(), (talk,), facts(), now)
        return "integration_arranged" not in open_items(lines)

    assert arranged("15:00")
    assert not arranged("12:40")
    assert not arranged("15:00", status=SessionStatus.CANCELLED)


def test_a_look_at_the_minute_of_the_dose_is_no_look_after_it() -> None:
    """The board counts checkpoints that were taken since the last dose, that minute included."""
    known = administered(facts())
    found = next_look(recovering(), known, PROTOCOL.recovery, at("10:20"))
    assert found is not None
    assert (found.what, found.due_at) == (Look.CHECKPOINT, at("10:40"))
    assert SessionFacts().instructions_confirmed(told("i"), "client").acknowledged.keys() == {
        "client"
    }
