"""The certified programme for esketamine, and dated and tabled rules (sections 3.1 and 3.11)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.prescribing.domain.activation import activation_decision
from services.prescribing.domain.adverse_event import AdverseEvent, AdverseEventCode
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.predose_grading import (
    Circumstances,
    PregnancyResult,
    grade,
)
from services.prescribing.domain.seeing_the_client import seen_as_the_law_asks
from services.prescribing.domain.vocabulary import CheckOutcome, Visit
from shared.protocol import (
    DrugClass,
    InteractionAction,
    PregnancyTest,
    PrescriptionRules,
)
from shared.protocol.loader import CLINICS, load_protocol
from tests.unit.prescribing import test_activation
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    at,
    cleared_assessment,
    readings,
)
from tests.unit.prescribing.dose_gate_cases import facts as dose_facts

ESKETAMINE = load_protocol(CLINICS / "esketamine.yaml")
CERTIFIED = replace(
    PROTOCOL,
    predose=replace(PROTOCOL.predose, prescriber_on_site=True, concomitant_medication_list=True),
    prescription=replace(PROTOCOL.prescription, enrolment_required=True),
)
LOS_ANGELES = ZoneInfo("America/Los_Angeles")
LAST_DAY = date(2026, 12, 31)


def enrolled() -> Any:
    cleared = cleared_assessment()
    now = test_activation.NOW
    return cleared.enrol(client_signed_at=now, by=PRESCRIBER, at=now).state


@pytest.mark.parametrize(
    ("changes", "holding"),
    [
        ({"prescriber_on_site": True, "medication_list_asked": True}, ()),
        ({"medication_list_asked": True}, ("prescriber-not-on-site",)),
        ({"prescriber_on_site": True}, ("medication-list-not-asked",)),
    ],
)
def test_prescriber_and_list_are_conditions_of_the_check(
    changes: dict[str, bool], holding: tuple[str, ...]
) -> None:
    graded = grade(readings(**changes), ESKETAMINE.predose)
    assert graded.holding == holding
    assert (graded.outcome is CheckOutcome.PASS) == (not holding)


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({"systolic": 165, "prescriber_on_site": True, "medication_list_asked": True}, True),
        ({"systolic": 165, "medication_list_asked": True}, False),
        ({"prescriber_on_site": True}, False),
    ],
)
def test_no_lifted_hold_stands_for_the_prescriber_or_the_list(
    changes: dict[str, Any], passed: bool
) -> None:
    """A pressure is weighed; whether the prescriber is there is no matter of weighing."""
    awaited = PreDoseCheck.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=SESSION)
    measured = readings(**changes)
    held = awaited.record(uuid4(), measured, ESKETAMINE.predose, by=NURSE, at=at("10:00")).state
    lifted = held.pass_by_lift(by=PRESCRIBER, at=at("10:05")).state
    assert lifted.passes_at(at("10:05")) == passed


def test_other_clinics_are_not_asked() -> None:
    assert grade(readings(), PROTOCOL.predose).outcome is CheckOutcome.PASS


def test_no_prescription_before_the_enrolment() -> None:
    open_ = activation_decision(test_activation.facts(protocol=CERTIFIED))
    assert [r.slug for r in open_.refusals] == ["enrolment-missing"]
    done = test_activation.facts(protocol=CERTIFIED, assessment=enrolled())
    assert activation_decision(done).allowed


def test_no_dose_before_the_enrolment() -> None:
    refused = dose_decision(dose_facts(protocol=CERTIFIED)).refusals
    assert "enrolment-missing" in {refusal.slug for refusal in refused}
    now = dose_decision(dose_facts(protocol=CERTIFIED, enrolled=True)).refusals
    assert "enrolment-missing" not in {refusal.slug for refusal in now}


def test_an_enrolment_told_twice_is_one() -> None:
    once = enrolled()
    again = once.enrol(client_signed_at=at("08:45"), by=PRESCRIBER, at=at("08:45")).state
    assert again == once


@pytest.mark.parametrize(("every", "due"), [(True, True), (False, False)])
def test_a_mild_adverse_event_is_reported_where_every_one_is(every: bool, due: bool) -> None:
    recorded = AdverseEvent.record(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        code=AdverseEventCode.NAUSEA,
        serious=False,
        occurred_at=at("10:30"),
        by=NURSE,
        now=at("10:30"),
        report_every=every,
    )
    assert (recorded.state.report_due_at is not None) == due
    assert not recorded.state.serious


def seen(visit: Visit, moment: datetime) -> bool:
    rules = PrescriptionRules(telehealth_rx_allowed_until=LAST_DAY)
    return seen_as_the_law_asks(visit, rules, at=moment, zone=LOS_ANGELES).holds


def test_telehealth_ends_with_the_last_allowed_day_of_the_clinic() -> None:
    last_minute = datetime(2026, 12, 31, 23, 59, tzinfo=LOS_ANGELES).astimezone(UTC)
    assert seen(Visit.TELEHEALTH, last_minute)
    assert not seen(Visit.TELEHEALTH, last_minute + timedelta(minutes=1))
    assert seen(Visit.IN_PERSON, last_minute + timedelta(days=900))


def test_a_clearing_by_telehealth_stops_counting_with_that_day() -> None:
    by_video = replace(cleared_assessment(), visit=Visit.TELEHEALTH)
    assert activation_decision(test_activation.facts(assessment=by_video)).allowed
    yesterday = test_activation.NOW.date() - timedelta(days=1)
    past = replace(
        PROTOCOL,
        prescription=replace(PROTOCOL.prescription, telehealth_rx_allowed_until=yesterday),
    )
    decision = activation_decision(test_activation.facts(assessment=by_video, protocol=past))
    assert [r.slug for r in decision.refusals] == ["telehealth-no-longer-allowed"]


@pytest.mark.parametrize(
    ("policy", "known", "due"),
    [
        (PregnancyTest.NEVER, Circumstances(), False),
        (PregnancyTest.FIRST, Circumstances(), True),
        (PregnancyTest.FIRST, Circumstances(tested_in_course=True), False),
        (PregnancyTest.EACH, Circumstances(tested_in_course=True), True),
        (PregnancyTest.EACH, Circumstances(tested_in_session=True), False),
    ],
)
def test_the_pregnancy_test_is_the_clinics(
    policy: PregnancyTest, known: Circumstances, due: bool
) -> None:
    rules = replace(PROTOCOL.predose, pregnancy_test=policy)
    graded = grade(readings(pregnancy_test=PregnancyResult.NOT_DONE), rules, known)
    assert ("pregnancy-test-missing" in graded.holding) == due


@pytest.mark.parametrize("drug", list(DrugClass))
def test_what_is_said_of_a_drug_is_the_clinics_table(drug: DrugClass) -> None:
    row = PROTOCOL.predose.interactions[drug]
    graded = grade(readings(drug_classes=(drug,)), PROTOCOL.predose)
    assert [(a.drug_class, a.action, a.text) for a in graded.advice] == [
        (drug, row.action, row.text)
    ]
    assert ("interaction-hold" in graded.holding) == (row.action is InteractionAction.HOLD)
    assert ("interaction-review" in graded.reviewing) == (row.action is InteractionAction.REVIEW)
