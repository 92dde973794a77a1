"""What a prescription has to say, and who may write it (F12, F13, F38, sections 3.6 and 3.11)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.prescribing.domain.activation import ActivationFacts, activation_decision
from services.prescribing.domain.prescribing_limits import above_ceiling, require_terms
from services.prescribing.domain.prescription_elements import (
    FORMS,
    DispenseMode,
    Drug,
    DrugForm,
    drug_of,
    units_for,
    usual_form,
)
from services.prescribing.domain.registration import Registration, dea_number_adds_up
from services.prescribing.domain.vocabulary import PrescriptionKind
from services.prescribing.handlers.amend_prescription import AmendPrescription, amend_prescription
from services.prescribing.handlers.record_registration import (
    RecordRegistration,
    record_registration,
)
from services.prescribing.web.views.prescriptions import prescription_view
from shared.decisions import Refused
from shared.protocol import ClinicProtocol, Route
from tests.unit.prescribing.clinic import (
    PRESCRIBER,
    PROTOCOL,
    SECOND_PRESCRIBER,
    ZONE,
    active,
    at,
    cleared_assessment,
    course,
    draft,
    slugs,
    terms,
)
from tests.unit.prescribing.day import Day

NOW = at("08:30")
BOOSTERS = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))


def refusals(
    protocol: ClinicProtocol = PROTOCOL,
    mode: DispenseMode = DispenseMode.IN_CLINIC,
    **changes: Any,
) -> set[str]:
    try:
        require_terms(
            terms(**changes),
            kind=PrescriptionKind.PRESCRIPTION,
            route=Route.SL,
            start=NOW,
            protocol=protocol,
            zone=ZONE,
            dispense_mode=mode,
        )
    except Refused as refused:
        return slugs(refused)
    return set()


def test_nothing_is_prescribed_to_be_taken_home() -> None:
    """F13."""
    assert refusals() == set()
    assert refusals(mode=DispenseMode.TAKE_HOME) == {"take-home-not-allowed"}


def test_a_form_belongs_to_its_route() -> None:
    assert refusals(form=DrugForm.LOZENGE) == set()
    assert refusals(form=DrugForm.SOLUTION_FOR_INJECTION) == {"form-not-of-route"}
    assert {usual_form(route) for route in Route} <= {f for forms in FORMS.values() for f in forms}


def test_directions_are_never_blank() -> None:
    assert refusals(directions="One lozenge under the tongue.") == set()
    assert refusals(directions="  ") == {"directions-missing"}


def test_a_booster_is_prescribed_only_where_the_clinic_gives_one() -> None:
    assert refusals(booster_mg=50.0) == {"booster-not-allowed"}
    assert refusals(BOOSTERS, booster_mg=50.0) == set()


def test_a_booster_is_no_way_around_the_ceiling() -> None:
    rules = PROTOCOL.prescription
    high = terms(amount_mg=350.0, booster_mg=100.0)

    assert above_ceiling(high, Route.SL, rules, most_doses=2)
    assert not above_ceiling(high, Route.SL, rules, most_doses=1)
    assert not above_ceiling(terms(amount_mg=350.0, booster_mg=50.0), Route.SL, rules, most_doses=2)


def test_the_view_says_every_element_and_no_unit_more_than_the_sessions_need() -> None:
    rx = active(sessions=2)
    view = prescription_view(replace(rx, terms=replace(rx.terms, strength_mg=100.0)))

    assert (view.drug, view.form, view.quantity) == (Drug.KETAMINE, DrugForm.LOZENGE, 4)
    assert view.author is not None
    assert view.author.at == at("08:00")
    assert drug_of("IN-ESK") is Drug.ESKETAMINE


@given(st.floats(1, 500), st.floats(1, 500))
def test_units_hold_the_amount_and_no_unit_is_spare(amount: float, strength: float) -> None:
    units = units_for(amount, strength)

    assert units * strength >= amount - 1e-6
    assert units == 1 or (units - 1) * strength < amount


@pytest.mark.parametrize(
    ("number", "fine"),
    [
        ("AB1234563", True),
        ("AB1234564", False),
        ("A12345630", False),
        ("AB123456", False),
        ("AB12345x3", False),
    ],
)
def test_the_last_digit_of_a_dea_number_checks_the_others(number: str, fine: bool) -> None:
    assert dea_number_adds_up(number) is fine


def activation(**changes: Any) -> set[str]:
    good = ActivationFacts(
        prescription=draft(),
        assessment=cleared_assessment(),
        course=course(),
        registration=Registration(
            id=PRESCRIBER.ref,
            licence_valid_until=NOW + timedelta(days=300),
            dea_valid_until=NOW + timedelta(days=200),
            recorded_at=NOW,
        ),
        active=None,
        protocol=PROTOCOL,
        by=PRESCRIBER.ref,
        now=NOW,
        zone=ZONE,
    )
    return {r.slug for r in activation_decision(replace(good, **changes)).refusals}


def test_a_prescription_carries_a_dea_number_and_an_order_for_the_clinic_need_not() -> None:
    """Section 3.11: a practitioner may administer directly."""
    assert activation() == {"dea-number-missing"}
    order = draft(kind=PrescriptionKind.IN_CLINIC_ORDER)
    assert activation(prescription=order) == set()
    assert activation(prescription=order, registration=None) == {"registration-not-valid"}


def test_each_new_prescription_has_a_pdmp_query_of_its_own() -> None:
    order = draft(kind=PrescriptionKind.IN_CLINIC_ORDER)

    assert activation(prescription=order, earlier_pdmp=order.pdmp_checked_at) == {
        "pdmp-check-of-an-earlier-prescription"
    }
    before = order.pdmp_checked_at - timedelta(minutes=1)
    assert activation(prescription=order, earlier_pdmp=before) == set()


async def test_a_prescriber_records_no_registration_but_their_own() -> None:
    day = Day()
    later = NOW + timedelta(days=300)
    theirs = RecordRegistration(
        prescriber_ref=PRESCRIBER.ref, licence_valid_until=later, dea_valid_until=later
    )

    with pytest.raises(Refused) as refused:
        await record_registration(theirs, day.act(SECOND_PRESCRIBER, "07:30"))
    assert slugs(refused.value) == {"registration-of-another-prescriber"}

    await record_registration(theirs, day.act(PRESCRIBER, "07:30"))
    assert PRESCRIBER.ref in day.uow.registrations.states


async def test_a_version_says_who_wrote_it_when_and_why() -> None:
    day = Day()
    rx = await day.approved()

    await amend_prescription(
        AmendPrescription(prescription_id=rx.id, amount_mg=200.0, reason="little response"),
        day.act(PRESCRIBER, "08:20"),
    )

    amended = await day.rx()
    assert (amended.written.ref, amended.written.at) == (PRESCRIBER.ref, at("08:20"))
    assert amended.reason == "little response"
    (former,) = amended.former
    assert former.written is not None
    assert (former.written.at, former.reason, former.terms.amount_mg) == (at("08:00"), None, 150.0)


async def test_an_amendment_may_change_the_route_within_its_own_limits() -> None:
    day = Day()
    rx = await day.approved()
    to_injection = AmendPrescription(
        prescription_id=rx.id, route=Route.IM, timing_profile="IM-STD", amount_mg=60.0
    )

    amended = await amend_prescription(to_injection, day.act(PRESCRIBER, "08:20"))
    assert (amended.route, amended.terms.timing_profile) == (Route.IM, "IM-STD")

    with pytest.raises(Refused) as refused:
        await amend_prescription(
            AmendPrescription(prescription_id=rx.id, route=Route.SL), day.act(PRESCRIBER, "08:21")
        )
    assert slugs(refused.value) == {"timing-profile-not-of-route"}


async def test_an_amendment_above_the_ceiling_of_its_route_is_written_anew() -> None:
    """150 mg are usual under the tongue and above what a muscle gets without a second word."""
    day = Day()
    rx = await day.approved()

    with pytest.raises(Refused) as refused:
        await amend_prescription(
            AmendPrescription(
                prescription_id=rx.id, route=Route.IM, timing_profile="IM-STD", amount_mg=151.0
            ),
            day.act(PRESCRIBER, "08:20"),
        )
    assert slugs(refused.value) == {"second-prescriber-not-confirmed"}


def test_ids_of_nobody_are_no_registration() -> None:
    assert activation(by=UUID(int=99)) == {"author-not-care-team-prescriber", "dea-number-missing"}
    assert activation(active=uuid4()) == {"another-prescription-active", "dea-number-missing"}
