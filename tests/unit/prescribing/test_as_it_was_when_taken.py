"""Ruling 12: whether a dose broke a rule is asked as of the time at which it was taken.

Each fact of G-DOSE that can have changed since is tried in two ways: against the rule when the dose
was taken and mended since, and in order then and lost since.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.prescribing.domain.course_facts import CourseFacts, OthersHold
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.dose_order_states import Dose, DoseOrderStatus, TakenReason
from services.prescribing.domain.events import IncidentRecorded, SafetyHoldPlaced
from services.prescribing.domain.own_dose_rules import OwnDoseFacts
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.session_facts import SessionEnd, SessionFacts
from services.prescribing.domain.taken_dose import (
    TakenDoseFacts,
    broken_rules,
    told_rules_broken,
)
from services.prescribing.domain.vocabulary import EndReason, SessionKind, SessionOutcome
from services.prescribing.handlers.record_taken_dose import RecordTakenDose, record_taken_dose
from services.prescribing.handlers.revoke_prescription import (
    RevokePrescription,
    revoke_prescription,
)
from services.prescribing.handlers.withhold_dose import ReturnMedicine, return_medicine
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    WITNESS,
    active,
    at,
    course,
    readings,
    requested,
    told,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.dose_gate_cases import others_hold

TAKEN = at("10:00")
BEFORE, AFTER = at("09:58"), at("10:20")
YEAR = at("08:00") + timedelta(days=365)
APPROVAL, CONSENT, ESCORT, HOLD = (UUID(int=n) for n in (20, 21, 22, 70))
TREATMENT = (ConsentScope.TREATMENT,)
Step: TypeAlias = Callable[[CourseFacts], CourseFacts]


def a_hold(hold_id: UUID = HOLD) -> OthersHold:
    return replace(others_hold("intake"), hold_id=hold_id, severity=HoldSeverity.PAUSE)


def held(when: datetime) -> Step:
    return lambda f: f.place(told(a_hold(), when))


def lifted(when: datetime, by: str = "intake") -> Step:
    return lambda f: f.lift(by, HOLD, "lifted", when)


def revoked(when: datetime) -> Step:
    return lambda f: f.revoke_approval(APPROVAL, "revoked", when)


def approved(when: datetime) -> Step:
    return lambda f: f.approve(UUID(int=26), told(YEAR, when))


def withdrawn(when: datetime) -> Step:
    return lambda f: f.end_consent(CONSENT, TREATMENT, "withdrawn", when)


def granted(when: datetime) -> Step:
    return lambda f: f.grant(UUID(int=27), TREATMENT, told(YEAR, when))


def cancelled(when: datetime) -> Step:
    return lambda f: f.in_session(
        SESSION,
        lambda s: replace(s, escorts=s.escorts.remove_at(str(ESCORT), "cancelled", when)),
    )


def replaced(when: datetime) -> Step:
    return lambda f: f.in_session(
        SESSION, lambda s: replace(s, escorts=s.escorts.add(str(UUID(int=23)), told(True, when)))
    )


def stopped(when: datetime) -> Step:
    return lambda f: f.in_session(SESSION, lambda s: replace(s, stop=told(when, when)))


def ended(when: datetime, outcome: SessionOutcome = SessionOutcome.COMPLETED) -> Step:
    end = told(SessionEnd(outcome=outcome, ended_at=when), when)
    return lambda f: f.in_session(SESSION, lambda s: s.ended(end, SessionKind.DOSING))


def closed(when: datetime) -> Step:
    return lambda f: f.close(told(when, when))


def broken(*steps: Step, taken: datetime = TAKEN) -> set[str]:
    facts = course()
    for step in steps:
        facts = step(facts)
    return {*told_rules_broken(requested(), facts, PROTOCOL, taken, seq=1)}


AGAINST_IT_THEN: list[tuple[str, tuple[Step, ...]]] = [
    ("hold-blocks-dose", (held(BEFORE), lifted(AFTER))),
    ("hold-blocks-dose", (held(TAKEN),)),
    ("hold-blocks-dose", (held(BEFORE), lifted(BEFORE, by="scheduling"))),
    ("approval-not-current", (revoked(BEFORE), approved(AFTER))),
    ("consent-treatment-not-active", (withdrawn(BEFORE), granted(AFTER))),
    ("consent-treatment-not-active", (withdrawn(TAKEN),)),
    ("escort-not-confirmed", (cancelled(BEFORE), replaced(AFTER))),
    ("session-stopped", (stopped(BEFORE),)),
    ("session-not-in-progress", (ended(BEFORE),)),
    ("session-not-in-progress", (ended(TAKEN),)),
    ("session-not-in-progress", (ended(BEFORE, SessionOutcome.ABORTED_BEFORE_DOSE),)),
    ("course-not-active", (closed(BEFORE),)),
]
IN_ORDER_THEN: list[tuple[Step, ...]] = [
    (),
    (held(BEFORE), lifted(at("09:59"))),
    (held(BEFORE), lifted(TAKEN)),
    (held(AFTER),),
    (revoked(AFTER),),
    (revoked(BEFORE), approved(BEFORE)),
    (withdrawn(AFTER),),
    (withdrawn(BEFORE), granted(at("09:59"))),
    (cancelled(AFTER),),
    (cancelled(BEFORE), replaced(at("09:59"))),
    (stopped(AFTER),),
    (ended(AFTER),),
    (ended(AFTER, SessionOutcome.ABORTED_BEFORE_DOSE),),
    (closed(AFTER),),
]


@pytest.mark.parametrize(("slug", "steps"), AGAINST_IT_THEN)
def test_what_was_against_a_dose_is_named_though_it_was_mended_since(
    slug: str, steps: tuple[Step, ...]
) -> None:
    assert broken(*steps) == {slug}


@pytest.mark.parametrize("steps", IN_ORDER_THEN)
def test_what_was_in_order_stays_so_though_it_was_lost_since(steps: tuple[Step, ...]) -> None:
    assert broken(*steps) == set()


def test_a_lift_of_an_unknown_time_counts_as_before() -> None:
    """Facts of older records: the hold is as lifted as it was ever taken to be."""
    unknown: Step = lambda f: f.lift("intake", HOLD, "lifted")  # noqa: E731
    assert broken(held(BEFORE), unknown) == set()


LOSSES: tuple[Step, ...] = (
    held(BEFORE),
    lifted(AFTER),
    revoked(BEFORE),
    approved(AFTER),
    withdrawn(AFTER),
    cancelled(BEFORE),
    replaced(BEFORE),
    stopped(AFTER),
    ended(AFTER),
)


@given(steps=st.permutations(LOSSES), again=st.lists(st.sampled_from(LOSSES), max_size=5))
def test_the_order_of_delivery_changes_nothing(steps: list[Step], again: list[Step]) -> None:
    assert broken(*steps, *again) == {"hold-blocks-dose", "approval-not-current"}


@given(
    spans=st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 60))), max_size=5
    ),
    minute=st.integers(0, 60),
    data=st.data(),
)
def test_holds_block_from_their_placing_to_their_lifting(
    spans: list[tuple[int, int | None]], minute: int, data: st.DataObject
) -> None:
    """As a model: intervals on a line, told in any order."""
    begin = at("09:50")
    steps: list[Step] = []
    for number, (placed, until) in enumerate(spans):
        hold = a_hold(UUID(int=100 + number))
        when = begin + timedelta(minutes=placed)
        steps.append(lambda f, hold=hold, when=when: f.place(told(hold, when)))  # type: ignore[misc]
        if until is not None:
            gone = begin + timedelta(minutes=placed + until)
            steps.append(
                lambda f, hold=hold, gone=gone: f.lift("intake", hold.hold_id, "e", gone)  # type: ignore[misc]
            )
    facts = course()
    for step in data.draw(st.permutations(steps)):
        facts = step(facts)
    expected = any(
        placed <= minute and (until is None or minute < placed + until) for placed, until in spans
    )
    asked = begin + timedelta(minutes=minute)
    assert facts.held_as_of(HoldBlock.DOSE, asked) is expected


@pytest.fixture
async def day() -> Day:
    """In the room at ten to ten, checked, with the medicine out since five to ten."""
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    await day.released()
    return day


async def recorded(day: Day, clock: str, given: str = "10:00") -> DoseOrder:
    return await record_taken_dose(
        RecordTakenDose(
            order_id=(await day.order()).id,
            administered_at=at(given),
            witness_ref=WITNESS,
            reason=TakenReason.RECORDED_LATE,
            amount_mg=150.0,
        ),
        day.act(NURSE, clock),
    )


def named(day: Day) -> set[str]:
    return {slug for e in day.told_by(IncidentRecorded) for slug in e.broken_rules or ()}


async def test_medicine_that_was_out_then_and_given_back_since_was_released(day: Day) -> None:
    """Neither the return nor the withheld order speaks against a dose of before."""
    await return_medicine(
        ReturnMedicine(order_id=(await day.order()).id, witness_ref=WITNESS),
        day.act(NURSE, "10:10"),
    )
    await recorded(day, "10:30")
    assert named(day) == set()


async def test_medicine_that_had_gone_back_by_then_was_not_released(day: Day) -> None:
    await return_medicine(
        ReturnMedicine(order_id=(await day.order()).id, witness_ref=WITNESS),
        day.act(NURSE, "09:58"),
    )
    await recorded(day, "10:30")
    assert named(day) == {"medicine-not-released", "order-not-authorised"}


async def test_a_release_after_the_dose_does_not_count_for_it(day: Day) -> None:
    await recorded(day, "10:10", given="09:54")
    assert named(day) == {"medicine-not-released"}


@pytest.mark.parametrize(
    ("revoked_at", "expected"), [("10:05", set()), ("09:57", {"prescription-not-active"})]
)
async def test_a_prescription_is_asked_as_it_was(
    day: Day, revoked_at: str, expected: set[str]
) -> None:
    await revoke_prescription(
        RevokePrescription(
            prescription_id=(await day.rx()).id, category=HoldCategory.ADMINISTRATIVE
        ),
        day.act(PRESCRIBER, revoked_at),
    )
    await recorded(day, "10:30")
    assert expected <= named(day)
    assert bool(named(day)) is bool(expected)


async def test_a_check_of_after_the_dose_does_not_replace_the_one_of_before(day: Day) -> None:
    """INV-14 twin: the readings after a dose say nothing about the minute before it."""
    await day.measured("10:15", systolic=185)
    await recorded(day, "10:30")
    assert named(day) == set()


async def test_a_check_that_was_not_there_yet_does_not_count(day: Day) -> None:
    await recorded(day, "10:30", given="09:40")
    assert "pre-dose-check-not-valid" in named(day)


async def test_a_fact_that_arrives_after_the_record_still_names_the_deviation(day: Day) -> None:
    """Guards are conditions, not moments (ruling 20): once, and the dose remembers it."""
    order = await recorded(day, "10:10")
    assert (named(day), order.doses[0].deviation) == (set(), False)

    for clock in ("10:20", "10:25"):
        await day.hear(clock, held(BEFORE))

    order = await day.order()
    assert order.doses[0].deviation
    assert named(day) == {"hold-blocks-dose"}
    assert len(day.told_by(IncidentRecorded)) == 1
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [HoldCategory.ADVERSE_EVENT]


@pytest.mark.parametrize("late", [held(AFTER), stopped(AFTER), ended(AFTER), cancelled(AFTER)])
async def test_a_later_fact_does_not(day: Day, late: Step) -> None:
    await recorded(day, "10:10")
    await day.hear("10:20", late)
    assert named(day) == set()


async def test_a_dose_that_passed_its_gate_is_not_judged_again(day: Day) -> None:
    """Its peers were asked in that very moment (ruling 6)."""
    await day.given()
    await day.hear("10:20", held(BEFORE))
    assert named(day) == set()


@settings(max_examples=40)
@given(taken=st.integers(0, 40), placed=st.integers(0, 40), lasts=st.integers(0, 40))
def test_whichever_is_heard_first_the_deviation_is_the_same(
    taken: int, placed: int, lasts: int
) -> None:
    begin = at("09:55")
    when, until = (begin + timedelta(minutes=m) for m in (placed, placed + lasts))
    administered = begin + timedelta(minutes=taken)
    dose = Dose(
        seq=1, administered_at=administered, timing_profile="SL-STD", reason=TakenReason.CORRECTION
    )
    for order in (requested(), requested(doses=(dose,))):
        facts = lifted(until)(held(when)(course()))
        named_now = told_rules_broken(order, facts, PROTOCOL, administered, seq=1)
        assert ("hold-blocks-dose" in named_now) is (when <= administered < until)


def test_an_empty_session_was_never_in_progress() -> None:
    nothing: Step = lambda f: f.in_session(SESSION, lambda _s: SessionFacts())  # noqa: E731
    assert {"session-not-in-progress", "escort-not-confirmed"} == broken(nothing)


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


def test_a_further_dose_is_not_kept_out_by_an_end_before_the_first() -> None:
    """Ruling 12: the session runs again from the dose that was believed not to be."""
    first = Dose(seq=1, administered_at=BEFORE, timing_profile="SL-STD")
    facts = ended(at("09:56"), SessionOutcome.ABORTED_BEFORE_DOSE)(course())
    order = requested(doses=(first,))
    assert told_rules_broken(order, facts, PROTOCOL, TAKEN, seq=2) == ()
    assert "session-not-in-progress" in told_rules_broken(order, facts, PROTOCOL, BEFORE, seq=1)
