"""An amendment is prescribed by somebody who may, for a client who is seen (3.6, 3.11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.amendment import AmendmentFacts, amendment_decision
from services.prescribing.domain.prescription_terms import HigherDose, Terms
from services.prescribing.domain.registration import Registration
from services.prescribing.domain.vocabulary import PrescriptionKind, Visit
from services.prescribing.handlers.amend_prescription import (
    AmendPrescription,
    ConfirmHigherDose,
    amend_prescription,
    confirm_higher_dose,
)
from shared.decisions import Refused
from shared.protocol import Route
from tests.unit.prescribing import test_activation
from tests.unit.prescribing.clinic import (
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SECOND_PRESCRIBER,
    ZONE,
    active,
    at,
    cleared_assessment,
    slugs,
)
from tests.unit.prescribing.day import Day

NOW = test_activation.NOW
RX = active()
NUMBER = "AB1234563"
PAST = replace(
    PROTOCOL,
    prescription=replace(PROTOCOL.prescription, telehealth_rx_allowed_until=date(2026, 1, 1)),
)
BY_VIDEO = replace(cleared_assessment(), visit=Visit.TELEHEALTH)


def registration(**changes: Any) -> Registration:
    later = NOW + timedelta(days=300)
    valid = Registration(
        id=PRESCRIBER.ref,
        licence_valid_until=later,
        dea_valid_until=later,
        recorded_at=NOW,
        dea_number=NUMBER,
    )
    return replace(valid, **changes)


def facts(**changes: Any) -> AmendmentFacts:
    usual = AmendmentFacts(
        prescription=RX,
        terms=replace(RX.terms, sessions_authorised=3),
        route=RX.route,
        assessment=cleared_assessment(),
        course=test_activation.facts().course,
        registration=registration(),
        medicine_out=None,
        protocol=PROTOCOL,
        by=PRESCRIBER,
        now=NOW,
        zone=ZONE,
    )
    return replace(usual, **changes)


def refused(**changes: Any) -> set[str]:
    return {refusal.slug for refusal in amendment_decision(facts(**changes)).refusals}


def test_it_is_allowed_as_it_stands() -> None:
    assert not refused()


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"by": SECOND_PRESCRIBER}, "author-not-care-team-prescriber"),
        ({"medicine_out": uuid4()}, "medicine-out"),
        ({"registration": None}, "registration-not-valid"),
        ({"registration": registration(licence_valid_until=NOW)}, "registration-not-valid"),
        ({"registration": registration(dea_number=None)}, "dea-number-missing"),
        ({"assessment": None}, "assessment-not-valid"),
        ({"assessment": replace(cleared_assessment(), valid_until=NOW)}, "assessment-not-valid"),
        ({"assessment": BY_VIDEO, "protocol": PAST}, "telehealth-no-longer-allowed"),
    ],
)
def test_each_condition_alone_refuses_it(changes: dict[str, Any], slug: str) -> None:
    expected = {slug}
    if changes.get("registration", facts().registration) is None:
        expected.add("dea-number-missing")
    assert refused(**changes) == expected


def test_an_order_for_the_clinic_needs_no_number() -> None:
    order = replace(RX, kind=PrescriptionKind.IN_CLINIC_ORDER)
    assert not refused(prescription=order, registration=registration(dea_number=None))


MORE: dict[str, Callable[[Terms], Terms]] = {
    "a milligram": lambda t: replace(t, amount_mg=t.amount_mg + 1),
    "a session": lambda t: replace(t, sessions_authorised=t.sessions_authorised + 1),
    "a day": lambda t: replace(t, valid_until=(t.valid_until or NOW) + timedelta(seconds=1)),
    "another profile": lambda t: replace(t, timing_profile="SL-OTHER"),
}
LESS: dict[str, Callable[[Terms], Terms]] = {
    "nothing": lambda t: t,
    "a milligram": lambda t: replace(t, amount_mg=t.amount_mg - 1),
    "a session": lambda t: replace(t, sessions_authorised=t.sessions_authorised - 1),
    "a day": lambda t: replace(t, valid_until=(t.valid_until or NOW) - timedelta(seconds=1)),
}


@pytest.mark.parametrize("what", MORE)
def test_more_is_prescribed_anew(what: str) -> None:
    """After the dated rule has lapsed nobody gets more by video, by way of an amendment."""
    more = MORE[what](RX.terms)
    assert refused(terms=more, assessment=BY_VIDEO, protocol=PAST) == {
        "telehealth-no-longer-allowed"
    }
    assert refused(terms=more, assessment=None) == {"assessment-not-valid"}


@pytest.mark.parametrize("what", LESS)
def test_less_waits_for_nobody(what: str) -> None:
    less = LESS[what](RX.terms)
    assert not refused(terms=less, assessment=BY_VIDEO, protocol=PAST)
    assert not refused(terms=less, assessment=None)


def test_another_route_is_more() -> None:
    by_muscle = replace(RX.terms, amount_mg=50.0)
    assert refused(terms=by_muscle, route=Route.IM, assessment=None) == {"assessment-not-valid"}


def word(
    by: UUID = SECOND_PRESCRIBER.ref, route: Route = Route.SL, mg: float = 450.0
) -> HigherDose:
    signed = RX.confirm_higher(route, mg, by=SECOND_PRESCRIBER, at=NOW).state.confirmed_higher
    assert signed is not None
    return replace(signed, signed=replace(signed.signed, ref=by))


@pytest.mark.parametrize(
    ("amount", "confirmed", "allowed"),
    [
        (400.0, None, True),
        (400.5, None, False),
        (450.0, word(), True),
        (450.5, word(), False),
        (450.0, word(route=Route.IM), False),
        (450.0, word(by=PRESCRIBER.ref), False),
    ],
)
def test_above_the_ceiling_a_second_prescriber_stands_beside_it(
    amount: float, confirmed: HigherDose | None, allowed: bool
) -> None:
    rx = replace(RX, confirmed_higher=confirmed)
    high = replace(RX.terms, amount_mg=amount)
    slug = set() if allowed else {"second-prescriber-not-confirmed"}
    assert refused(prescription=rx, terms=high) == slug


def test_a_high_dose_that_does_not_rise_needs_no_new_word() -> None:
    high = replace(RX, terms=replace(RX.terms, amount_mg=500.0))
    same = replace(high.terms, sessions_authorised=3)
    assert not refused(prescription=high, terms=same)


async def test_confirmed_and_amended_by_two_people() -> None:
    day = Day()
    rx = await day.approved()
    higher = AmendPrescription(prescription_id=rx.id, amount_mg=450.0)

    with pytest.raises(Refused) as alone:
        await amend_prescription(higher, day.act(PRESCRIBER, "08:20"))
    assert slugs(alone.value) == {"second-prescriber-not-confirmed"}

    confirm = ConfirmHigherDose(prescription_id=rx.id, amount_mg=450.0)
    for wrong in (PRESCRIBER, NURSE):
        with pytest.raises(Refused) as one_person:
            await confirm_higher_dose(confirm, day.act(wrong, "08:21"))
        assert slugs(one_person.value) == {"second-prescriber-needed"}

    await confirm_higher_dose(confirm, day.act(SECOND_PRESCRIBER, "08:22"))
    amended = await amend_prescription(higher, day.act(PRESCRIBER, "08:23"))
    assert (amended.rx_version, amended.terms.amount_mg) == (2, 450.0)
    assert amended.confirmed_higher is not None
    assert amended.confirmed_higher.signed.at == at("08:22")


async def test_what_is_confirmed_is_the_sum_of_a_session() -> None:
    """A booster is no way around what the second prescriber saw (ruling 18, section 2.1)."""
    day = Day()
    day.uow.protocol = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))
    rx = await day.approved()
    await confirm_higher_dose(
        ConfirmHigherDose(prescription_id=rx.id, amount_mg=390.0, booster_mg=50.0),
        day.act(SECOND_PRESCRIBER, "08:10"),
    )
    with pytest.raises(Refused):
        await amend_prescription(
            AmendPrescription(prescription_id=rx.id, amount_mg=390.0, booster_mg=51.0),
            day.act(PRESCRIBER, "08:20"),
        )
    amended = await amend_prescription(
        AmendPrescription(prescription_id=rx.id, amount_mg=390.0, booster_mg=50.0),
        day.act(PRESCRIBER, "08:21"),
    )
    assert amended.terms.session_mg(2) == 440.0


def test_without_a_care_team_nobody_amends() -> None:
    nobody = replace(facts().course, care_team=type(facts().course.care_team)())
    assert refused(course=nobody) == {"author-not-care-team-prescriber"}
