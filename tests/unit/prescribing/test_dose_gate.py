from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.vocabulary import SessionOutcome
from shared.protocol import (
    ConsentScope,
    HoldBlock,
)
from tests.unit.prescribing.clinic import (
    PROTOCOL,
    SESSION,
    active,
    administered,
    at,
    course,
    ended,
    intake_says,
    passed,
    told,
)
from tests.unit.prescribing.dose_gate_cases import (
    LOCAL_FACTS_SAY_NO,
    NOW,
    OWN_FACTS_SAY_NO,
    PEERS_SAY_NO,
    facts,
    others_hold,
    own_hold,
    without_escort,
)


def test_a_dose_is_allowed_when_every_rule_holds_and_every_rule_is_shown() -> None:
    decision = dose_decision(facts())

    assert decision.allowed
    assert {verdict.slug for verdict in decision.verdicts} == {
        "protocol-unknown",
        "enrolment-missing",
        "intake-did-not-answer",
        "intake-protocol-differs",
        "scheduling-did-not-answer",
        "scheduling-protocol-differs",
        "session-not-in-progress",
        "session-stopped",
        "course-not-active",
        "approval-not-current",
        "consent-treatment-not-active",
        "consent-aftercare-agreement-not-active",
        "escort-not-confirmed",
        "order-not-authorised",
        "prescription-not-active",
        "profile-not-of-protocol",
        "pre-dose-check-not-valid",
        "dose-seq-not-allowed",
        "dose-not-prescribed",
        "own-hold-blocks-dose",
        "hold-blocks-dose",
        "intake-events-unverifiable",
        "scheduling-events-unverifiable",
    }


@pytest.mark.parametrize(("changes", "slug"), PEERS_SAY_NO + LOCAL_FACTS_SAY_NO + OWN_FACTS_SAY_NO)
def test_each_rule_refuses_alone(changes: dict[str, Any], slug: str) -> None:
    decision = dose_decision(facts(**changes))

    assert not decision.allowed
    assert slug in {refusal.slug for refusal in decision.refusals}


@pytest.mark.parametrize(("changes", "slug"), PEERS_SAY_NO)
def test_no_local_fact_makes_up_for_a_peer(changes: dict[str, Any], slug: str) -> None:
    """Ruling 6: the projection is complete and fresh, and yet the peer's word is missing."""
    assert slug in {r.slug for r in dose_decision(facts(**changes)).refusals}


def test_a_hold_that_blocks_something_else_blocks_no_dose() -> None:
    booking = others_hold("intake", HoldBlock.BOOK)

    decision = dose_decision(
        facts(
            intake=intake_says(open_holds=(booking,)),
            course=course().place(told(booking)),
        )
    )

    assert decision.allowed


def test_a_lifted_hold_blocks_nothing() -> None:
    hold = others_hold("intake")
    lifted = course().lift("intake", hold.hold_id, "e2").place(told(hold))

    assert dose_decision(facts(course=lifted)).allowed


def test_a_new_escort_makes_up_for_the_one_who_cancelled() -> None:
    again = without_escort().in_session(
        SESSION, lambda s: replace(s, escorts=s.escorts.add(str(uuid4()), told(True)))
    )

    assert dose_decision(facts(course=again)).allowed


def test_a_new_signature_makes_up_for_the_withdrawn_one() -> None:
    again = (
        course()
        .end_consent(UUID(int=21), (ConsentScope.TREATMENT,), "e")
        .grant(uuid4(), (ConsentScope.TREATMENT,), told(NOW + timedelta(days=9)))
    )

    assert dose_decision(facts(course=again)).allowed


def test_a_second_dose_is_allowed_where_the_clinic_uses_boosters() -> None:
    booster = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))

    second = facts(order=administered(), dose_seq=2, protocol=booster)

    decision = dose_decision(replace(second, prescription=active(booster_mg=50.0)))
    assert decision.allowed

    not_prescribed = dose_decision(second)
    assert {r.slug for r in not_prescribed.refusals} == {"dose-not-prescribed"}


def test_an_aborted_end_does_not_end_a_session_with_a_dose() -> None:
    """Ruling 12."""
    booster = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))
    aborted = ended(course(), at("09:55"), SessionOutcome.ABORTED_BEFORE_DOSE)

    decision = dose_decision(
        facts(
            order=administered(),
            dose_seq=2,
            protocol=booster,
            course=aborted,
            prescription=active(booster_mg=50.0),
        )
    )

    assert decision.allowed


def test_all_refusals_are_told_at_once() -> None:
    decision = dose_decision(facts(intake=None, scheduling=None, check=None, lanes={}))

    assert len(decision.refusals) >= 10


def test_nothing_private_is_in_a_verdict() -> None:
    """Law 4: neither a reading nor an amount."""
    told_values = {
        value
        for verdict in dose_decision(facts(check=passed())).verdicts
        for value in verdict.facts.values()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }

    assert told_values.isdisjoint({120, 78, 70, 98, 150.0})


def test_only_an_own_hold_that_blocks_doses_and_is_in_force_keeps_one_back() -> None:
    blocking = own_hold()
    lifted = replace(blocking, lifted_at=at("09:55"))
    elsewhere = replace(blocking, blocks=(HoldBlock.BOOK,))
    assert dose_decision(facts(own_holds=(lifted, elsewhere))).allowed
    decision = dose_decision(facts(own_holds=(lifted, blocking, elsewhere)))
    assert [refusal.slug for refusal in decision.refusals] == ["own-hold-blocks-dose"]
