"""A look, a check and a checkpoint asked again: what was measured stays measured."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.clearance import clearance_decision
from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.hold import Hold, LiftReason
from services.prescribing.domain.order_stops import StopFacts, stop_of, wants_order
from services.prescribing.domain.predose_grading import grade
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checkpoints import checkpoints, next_checkpoint
from services.prescribing.domain.recovery_scores import Vitals
from services.prescribing.domain.session_facts import Departure
from services.prescribing.domain.summary_review import SummaryReview, SummaryStatus
from services.prescribing.domain.vocabulary import DepartureMode, ReviewOutcome
from shared.folds import Sourced
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role
from tests.unit.prescribing import test_clearance
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    THERAPIST,
    active,
    at,
    course,
    observation,
    passed,
    readings,
    recovering,
    released,
    requested,
    told,
)
from tests.unit.prescribing.dose_gate_cases import facts as dose_facts
from tests.unit.prescribing.test_edges_of_orders import ALLOWED
from tests.unit.prescribing.test_edges_of_recovery import broken
from tests.unit.prescribing.test_what_if import refused, under

BEFORE = Vitals(systolic=120, diastolic=78, heart_rate=70, spo2=98)
RAISED = replace(BEFORE, systolic=160)
LENIENT = replace(
    PROTOCOL,
    recovery=replace(PROTOCOL.recovery, score=replace(PROTOCOL.recovery.score, pass_mark=7)),
)


def looked(clock: str = "12:30", *, baseline: Vitals | None = BEFORE, **seen: Any) -> Recovery:
    return (
        recovering()
        .record(
            observation(**seen),
            PROTOCOL.recovery,
            by=NURSE,
            at=at(clock),
            now=at(clock),
            baseline=baseline,
        )
        .state
    )


def asked(recovery: Recovery) -> Any:
    return test_clearance.facts(recovery=recovery, at=at("12:31"))


@pytest.mark.parametrize(
    ("vitals", "baseline", "met"),
    [
        (RAISED, BEFORE, False),
        (BEFORE, BEFORE, True),
        (RAISED, None, True),
        (None, BEFORE, True),
    ],
)
def test_measured_vitals_overrule_the_statement_when_asked_again_too(
    vitals: Vitals | None, baseline: Vitals | None, met: bool
) -> None:
    """3.8: under the same rules the same answer; under others still the same measurement."""
    facts = asked(looked(vitals=vitals, baseline=baseline))
    slugs = set() if met else {"recovery-criteria-not-met"}
    assert refused(clearance_decision(facts)) == slugs
    assert refused(under(facts, PROTOCOL)) == slugs
    assert refused(under(facts, LENIENT)) == slugs


def test_a_lower_mark_would_have_let_the_look_pass_and_an_alarm_stays_one() -> None:
    low = asked(looked(score=8))
    assert refused(clearance_decision(low)) == {"recovery-criteria-not-met"}
    assert refused(under(low, LENIENT)) == set()
    alarmed = asked(looked().alarm(at("12:31")).state)
    assert "recovery-criteria-not-met" in refused(under(alarmed, LENIENT))


def test_a_look_that_was_early_under_its_rules_is_not_early_under_shorter_ones() -> None:
    """An IM profile is over after an hour; with two hours the look at 11:30 expected nothing."""
    early = looked("11:30", steady_gait=False)
    assert early.newest_check is not None
    assert early.newest_check.outcome.value == "on_track"
    profile = {key: replace(d, timing_profile="IM-STD") for key, d in early.doses.items()}
    facts = replace(asked(replace(early, doses=profile)), at=at("11:31"))
    hour = replace(PROTOCOL, recovery=replace(PROTOCOL.recovery, min_observation_minutes=60))
    again = refused(under(facts, hour))
    assert "recovery-criteria-not-met" in again
    assert "minimum-observation-not-over" not in again


def test_a_check_that_was_accepted_is_no_pass_for_what_holds() -> None:
    """A prescriber's acceptance passes a review, whichever limit made it one (what-if)."""
    seen = passed().checks[-1]
    reviewed = replace(
        seen,
        readings=readings(systolic=145),
        grading=grade(readings(systolic=145), PROTOCOL.predose),
        accepted=None,
    )
    unaccepted = dose_facts(check=replace(passed(), checks=(reviewed,)))
    stricter = replace(
        PROTOCOL,
        predose=replace(PROTOCOL.predose, bp_review=replace(PROTOCOL.predose.bp_review, sys=130)),
    )
    fine = readings(systolic=135)
    passing = replace(seen, readings=fine, grading=grade(fine, PROTOCOL.predose))
    calm = dose_facts(check=replace(passed(), checks=(passing,)))
    assert dose_decision(calm).allowed
    assert "pre-dose-check-not-valid" in refused(under(calm, stricter))
    assert under(unaccepted, PROTOCOL).allowed == dose_decision(unaccepted).allowed


# looks that are due


@pytest.mark.parametrize(
    ("clock", "done"), [("10:29", False), ("10:30", True), ("10:40", True), ("10:55", True)]
)
def test_a_look_shortly_before_its_time_counts(clock: str, done: bool) -> None:
    """2.1: forty minutes, within ten."""
    (one,) = checkpoints(looked(clock), PROTOCOL.recovery)
    assert (one.minutes, one.due_at, one.missed_at) == (40, at("10:40"), at("10:50"))
    assert one.done == done


@pytest.mark.parametrize(
    ("after", "minutes"),
    [("10:20", 40), ("10:49", 40), ("10:50", 80), ("11:29", 80), ("11:30", None)],
)
def test_the_next_look_is_the_first_that_can_still_be_missed(
    after: str, minutes: int | None
) -> None:
    rules = replace(PROTOCOL.recovery, checkpoints_minutes=(80, 40))
    found = next_checkpoint(recovering(), rules, at(after))
    assert (found.minutes if found else None) == minutes
    in_time = next_checkpoint(looked("10:40"), rules, at("10:41"))
    assert in_time is not None
    assert in_time.minutes == 80


# what else is looked at twice


def test_a_ledger_knows_each_dose_by_its_number() -> None:
    book = DoseLedger.opened(
        uuid4(), client_id=CLIENT, course_id=COURSE, dose_order_id=UUID(int=30)
    )
    for seq, amount in ((1, 100.0), (2, 50.0)):
        book = book.release(amount, by=NURSE, at=at("09:58")).state
        book = book.administer(amount, dose_seq=seq, by=NURSE, at=at("10:00")).state
    assert [entry and entry.amount_mg for entry in map(book.given, (1, 2, 3))] == [
        100.0,
        50.0,
        None,
    ]
    assert not book.leftover


def test_who_signs_again_signs_in_the_place_of_the_first_time() -> None:
    """INV-40: one role, one signature; the newest reason counts."""
    held = Hold.place(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=None,
        category=HoldCategory.CONTRAINDICATION,
        cause="found",
        at=at("09:00"),
        by=Role.NURSE,
    ).state
    once = held.sign(THERAPIST, at("09:10"), reason=LiftReason.RESOLVED).state
    again = once.sign(THERAPIST, at("09:20"), reason=LiftReason.REASSESSED).state
    assert [(one.at, why) for one, why in zip(again.signatures, again.reasons, strict=True)] == [
        (at("09:20"), LiftReason.REASSESSED)
    ]
    lifted = again.sign(PRESCRIBER, at("09:30")).state
    assert [one.role for one in lifted.signatures] == [Role.THERAPIST, Role.PRESCRIBER]


def test_a_client_who_left_wants_no_order_and_one_with_an_open_order_no_other() -> None:
    """Ruling 18."""
    gone = told(Departure(mode=DepartureMode.AGAINST_ADVICE, at=at("09:40")))
    left = course().in_session(SESSION, lambda s: replace(s, started=None).left(gone))
    order = replace(requested(), starts_at=at("09:30"), planned_end_at=at("12:30"))
    facts = StopFacts(
        order=order,
        course=left,
        prescription=active(),
        own_holds=(),
        authorisation=ALLOWED,
        now=at("10:00"),
    )
    found = stop_of(facts)
    assert found is not None
    assert found.cause.value == "session_ended"
    to_come = course().in_session(SESSION, lambda s: replace(s, started=None)).session(SESSION)
    assert not wants_order((), left.session(SESSION))
    assert not wants_order((order,), to_come)
    assert not wants_order((released(),), to_come)
    assert wants_order((), to_come)
    assert wants_order((replace(order, status=released().status.__class__.CLOSED),), to_come)


def test_a_hold_of_others_that_was_open_at_the_dose_is_said() -> None:
    hold = OthersHold(
        hold_id=UUID(int=90),
        owner="intake",
        category=HoldCategory.MEDICAL,
        blocks=(HoldBlock.DOSE,),
        severity=HoldSeverity.STOP,
    )
    placed = course().place(Sourced(hold, "h", at("10:00")))
    assert broken("10:00", placed) == {"hold-blocks-dose"}
    assert broken("09:59", placed) == set()


def test_a_summary_of_the_same_minute_is_a_newer_one() -> None:
    """INV-17: what was signed later is read; what is older than the newest is not."""
    review = SummaryReview.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=SESSION)
    first = review.share(UUID(int=1), at("13:00")).state
    read = first.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("13:10")).state
    assert read.share(UUID(int=1), at("13:20")).state == read
    assert read.share(UUID(int=2), at("12:59")).state == read
    same_minute = read.share(UUID(int=2), at("13:00")).state
    assert (same_minute.status, same_minute.summary_ref) == (SummaryStatus.TO_REVIEW, UUID(int=2))
    assert not same_minute.reviewed
