"""Ruling 12: what prescribing keeps itself is asked as of the time of a dose."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.own_dose_rules import OwnDoseFacts
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.taken_dose import (
    TakenDoseFacts,
    broken_rules,
)
from services.prescribing.domain.vocabulary import EndReason
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    active,
    at,
    course,
    readings,
    requested,
)
from tests.unit.prescribing.facts_over_time import AFTER, BEFORE, TAKEN


def test_an_order_is_authorised_from_its_authorisation_to_its_close() -> None:
    order = requested().authorise(active().id, at("08:30")).state
    assert not order.authorised_at(at("08:29"))
    assert order.authorised_at(at("08:30"))
    closed_then = replace(order, status=DoseOrderStatus.CLOSED, closed_at=at("12:30"))
    assert closed_then.authorised_at(at("12:29"))
    assert not closed_then.authorised_at(at("12:30"))
    assert not requested().authorised_at(TAKEN)


def test_a_prescription_is_active_from_its_activation_to_its_end() -> None:
    rx = active()
    assert rx.activated is not None
    assert not rx.active_at(rx.activated.at - timedelta(minutes=1))
    assert rx.active_at(rx.activated.at)
    used_up = rx.end(EndReason.EXHAUSTED, at("12:30")).state
    assert used_up.active_at(at("12:29"))
    assert not used_up.active_at(at("12:30"))
    assert not replace(used_up, ended_at=None).active_at(TAKEN)


def test_its_terms_are_those_of_that_time() -> None:
    rx = active()
    amended = rx.amend(
        replace(rx.terms, sessions_authorised=3), at=at("10:00"), by=PRESCRIBER
    ).state
    assert amended.terms_at(at("09:59")) == rx.terms
    assert amended.terms_at(at("10:00")).sessions_authorised == 3


def test_a_review_passes_from_its_acceptance_on() -> None:
    checks = (
        PreDoseCheck.awaited(UUID(int=60), client_id=CLIENT, course_id=COURSE, session_id=SESSION)
        .record(UUID(int=61), readings(systolic=150), PROTOCOL.predose, by=NURSE, at=at("09:45"))
        .state.accept(UUID(int=61), "weighed", by=PRESCRIBER, at=at("09:55"))
        .state
    )
    assert not checks.passes_at(at("09:54"))
    assert checks.passes_at(at("09:55"))


@pytest.mark.parametrize(
    ("enrolled_at", "missing"), [(None, True), (AFTER, True), (TAKEN, False), (BEFORE, False)]
)
def test_an_enrolment_counts_from_when_it_was_signed(
    enrolled_at: datetime | None, missing: bool
) -> None:
    certified = replace(
        PROTOCOL, prescription=replace(PROTOCOL.prescription, enrolment_required=True)
    )
    for protocol, expected in ((certified, missing), (PROTOCOL, False)):
        own = OwnDoseFacts(
            at=TAKEN,
            dose_seq=1,
            order=requested(),
            prescription=None,
            check=None,
            holds=(),
            protocol=protocol,
        )
        facts = TakenDoseFacts(own=own, course=course(), ledger=None, enrolled_at=enrolled_at)
        assert ("enrolment-missing" in broken_rules(facts)) is expected
