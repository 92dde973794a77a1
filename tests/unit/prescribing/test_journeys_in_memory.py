"""J1, J2, J3, J5, J7 and J9 as far as prescribing carries them (clinical section 8)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.prescribing.domain.adverse_event import AdverseEventCode
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    AdverseEventRecorded,
    ClearedForDischarge,
    DoseAdministered,
    DoseAuthorized,
    DoseOrderClosed,
    DosePrescribed,
    DoseWithheld,
    PreDoseCheckRecorded,
    PrescriptionRevoked,
    RecoveryCheckRecorded,
    SafetyHoldLifted,
    SafetyHoldPlaced,
    SessionSummaryReviewed,
)
from services.prescribing.domain.medical_assessment import AssessmentStatus
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.recovery_states import RecoveryEnd, RecoveryStatus
from services.prescribing.domain.summary_review import SummaryStatus
from services.prescribing.domain.vocabulary import (
    CheckOutcome,
    MoodRescreen,
    RecoveryOutcome,
    ReviewOutcome,
    SessionOutcome,
)
from services.prescribing.handlers.check_before_dose import (
    AcceptPreDoseCheck,
    accept_pre_dose_check,
)
from services.prescribing.handlers.hold_course import LiftHold, lift_hold
from services.prescribing.handlers.record_adverse_event import (
    RecordAdverseEvent,
    record_adverse_event,
)
from services.prescribing.handlers.review import ReviewSummary, review_summary
from services.prescribing.handlers.revoke_prescription import (
    RevokePrescription,
    revoke_prescription,
)
from services.prescribing.handlers.when_course_changes import (
    when_assessment_requested,
    when_course_ended,
)
from services.prescribing.handlers.when_session_changes import when_summary_shared
from services.prescribing.handlers.withhold_dose import ReturnMedicine, return_medicine
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    WITNESS,
    at,
    slugs,
    told,
)
from tests.unit.prescribing.day import REQUEST, Day


@pytest.fixture
def day() -> Day:
    return Day()


async def test_j1_a_session_from_prescription_to_review(day: Day) -> None:
    await day.to_the_dose()
    await day.looked("10:40", oriented=False, steady_gait=False, score=5)
    await day.ended("12:30")
    await day.looked("12:32")
    recovery = await day.cleared("12:35")
    await day.left("12:45", clearance_id=recovery.clearance_id)
    await day.hear_of_session("14:00", lambda s: s.shared(told(UUID(int=90))), look=False)
    await when_summary_shared(
        day.act(None, "14:00"), course_id=COURSE, client_id=CLIENT, session_id=SESSION
    )
    await review_summary(
        ReviewSummary(session_id=SESSION, outcome=ReviewOutcome.CONTINUE),
        day.act(PRESCRIBER, "15:00"),
    )

    rx = await day.rx()
    assert (rx.status, rx.left) == (PrescriptionStatus.ACTIVE, 1)
    order = await day.order()
    assert (order.status, order.count) == (DoseOrderStatus.CLOSED, 1)
    closed = await day.recovery()
    assert (closed.status, closed.ended) == (RecoveryStatus.CLOSED, RecoveryEnd.DISCHARGED)
    assert not day.uow.incidents.states
    assert not day.uow.tasks.states
    assert [type(e) for e in day.uow.events][1:] == [
        DosePrescribed,
        DoseAuthorized,
        PreDoseCheckRecorded,
        DoseAdministered,
        RecoveryCheckRecorded,
        DoseOrderClosed,
        RecoveryCheckRecorded,
        ClearedForDischarge,
        SessionSummaryReviewed,
    ]
    (clearance,) = day.told_by(ClearedForDischarge)
    assert clearance.covers_dose_seq == day.told_by(DoseOrderClosed)[0].administered_count == 1
    assert day.told_by(DoseAdministered)[0].observe_until == at("12:00")
    assert {d.gate for d in day.uow.receipts.kept} == {
        "ACTIVATION",
        "AUTHORISATION",
        "PRE-DOSE-CHECK",
        "G-DOSE",
        "CLEARANCE",
    }
    assert not [key for key in day.uow.timers.due if key[0] != "prescription_runs_out"]


async def test_j2_a_declined_client_is_never_assessed(day: Day) -> None:
    await when_assessment_requested(
        day.act(None, "08:00"),
        request_id=REQUEST,
        client_id=CLIENT,
        course_id=COURSE,
        requested_at=at("08:00"),
        review_flags=1,
    )

    await day.hear("08:05", lambda f: f.close(told(at("08:05"))), look=False)
    await when_course_ended(day.act(None, "08:05"), course_id=COURSE, client_id=CLIENT)

    assessment = await day.uow.assessments.get(REQUEST)
    assert assessment.status is AssessmentStatus.CLOSED
    assert day.uow.events == []


async def test_j3_variant_a_high_rescreen_ends_the_day(day: Day) -> None:
    await day.approved()
    await day.booked()
    await day.checked_in("09:30")
    assert (await day.rx()).available == 1

    await day.measured("09:40", mood_rescreen=MoodRescreen.HIGH)

    (hold,) = day.told_by(SafetyHoldPlaced)
    assert hold.hold_category is HoldCategory.SUICIDALITY
    assert [e.hold_category for e in day.told_by(DoseWithheld)] == [HoldCategory.SUICIDALITY]
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]
    rx = await day.rx()
    assert (rx.left, rx.available) == (2, 2)
    await day.hear_of_session("09:45", lambda s: replace(s, cancelled=told(at("09:45"))))
    assert len(day.uow.dose_orders.states) == 1


async def test_j5_stopping_after_the_dose_changes_no_rule_of_recovery(day: Day) -> None:
    await day.to_the_dose()
    await day.ended("10:25", SessionOutcome.ENDED_BY_CLIENT)
    assert (await day.recovery()).status is RecoveryStatus.OBSERVING

    with pytest.raises(Refused) as second:
        await day.given("10:30", seq=2)
    assert {"session-not-in-progress", "dose-seq-not-allowed"} <= slugs(second.value)

    await day.looked("11:30")
    with pytest.raises(Refused) as early:
        await day.cleared("11:30")
    assert "minimum-observation-not-over" in slugs(early.value)

    await day.looked("12:08")
    recovery = await day.cleared("12:10")
    await day.left("12:20", clearance_id=recovery.clearance_id)

    assert (await day.recovery()).ended is RecoveryEnd.DISCHARGED
    assert not day.uow.safety_holds.states


async def test_j7_revoked_with_the_client_in_the_room(day: Day) -> None:
    await day.approved()
    rx = await day.rx()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    await day.released("09:53")

    await revoke_prescription(
        RevokePrescription(prescription_id=rx.id, category=HoldCategory.MEDICAL),
        day.act(PRESCRIBER, "09:55"),
    )
    order = await day.order()
    assert order.status is DoseOrderStatus.WITHHELD
    assert order.medicine_out
    await day.ended("09:56", SessionOutcome.ABORTED_BEFORE_DOSE)
    assert not day.told_by(DoseOrderClosed)

    await return_medicine(
        ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "09:58")
    )

    closed = await day.order()
    assert (closed.status, closed.count) == (DoseOrderStatus.CLOSED, 0)
    assert (await day.rx()).status is PrescriptionStatus.REVOKED
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [HoldCategory.MEDICAL]
    assert len(day.told_by(PrescriptionRevoked)) == len(day.told_by(DoseWithheld)) == 1
    (ledger,) = day.uow.ledgers.states.values()
    assert ledger.status == "balanced"
    assert not day.uow.recoveries.states


async def test_j9_vitals_review_and_a_serious_adverse_event(day: Day) -> None:
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured("09:45", systolic=165, diastolic=95)
    assert (await day.order()).status is DoseOrderStatus.AUTHORISED
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [HoldCategory.VITALS]

    review = await day.measured("10:00", systolic=150, diastolic=88)
    assert review.latest.outcome is CheckOutcome.REVIEW
    assert not day.told_by(SafetyHoldLifted)
    await accept_pre_dose_check(
        AcceptPreDoseCheck(check_id=review.latest.check_id, reason="benefit outweighs"),
        day.act(PRESCRIBER, "10:02"),
    )
    assert len(day.told_by(SafetyHoldLifted)) == 1
    assert [e.outcome for e in day.told_by(PreDoseCheckRecorded)] == [
        CheckOutcome.HOLD,
        CheckOutcome.REVIEW,
        CheckOutcome.PASS,
    ]
    await day.started("10:03")
    await day.released("10:08")
    await day.given("10:10")

    await day.looked("10:50", escalate=True)
    assert day.told_by(RecoveryCheckRecorded)[-1].outcome is RecoveryOutcome.ESCALATE
    await record_adverse_event(
        RecordAdverseEvent(session_id=SESSION, code=AdverseEventCode.CHEST_PAIN, serious=True),
        day.act(NURSE, "10:52"),
    )
    assert (await day.recovery()).tightened
    await day.ended("11:05", SessionOutcome.ENDED_BY_CLINICIAN)
    await day.left("11:05", transferred=True)

    assert (await day.order()).status is DoseOrderStatus.CLOSED
    assert (await day.recovery()).ended is RecoveryEnd.TRANSFERRED
    (adverse,) = day.told_by(AdverseEventRecorded)
    assert adverse.report_due_at == at("10:52") + timedelta(days=7)
    (hold,) = [h for h in day.uow.safety_holds.states.values() if h.open]
    once = await lift_hold(LiftHold(hold_id=hold.id), day.act(THERAPIST, "15:00"))
    assert once.open
    both = await lift_hold(LiftHold(hold_id=hold.id), day.act(PRESCRIBER, "15:05"))
    assert not both.open
    assert (await day.uow.summaries.find_by(session_id=SESSION)).status is SummaryStatus.AWAITED
