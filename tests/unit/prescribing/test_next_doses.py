"""What ends a prescription, and what a next dose waits for (INV-10, INV-16 to 20)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    DoseWithheld,
    PrescriptionEnded,
    PrescriptionRevoked,
    SafetyHoldPlaced,
)
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.domain.session_facts import SessionEnd
from services.prescribing.domain.vocabulary import (
    EndReason,
    ReviewOutcome,
    SessionKind,
    SessionOutcome,
)
from services.prescribing.handlers.amend_prescription import AmendPrescription, amend_prescription
from services.prescribing.handlers.deadlines import when_prescription_runs_out
from services.prescribing.handlers.hold_course import LiftHold, lift_hold
from services.prescribing.handlers.review import ReviewSummary, review_summary
from services.prescribing.handlers.when_course_changes import (
    when_approval_revoked,
    when_course_ended,
)
from services.prescribing.handlers.when_session_changes import when_summary_shared
from services.prescribing.handlers.withhold_dose import WithholdDose, withhold_dose
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    PRESCRIBER,
    SESSION,
    at,
    slugs,
    told,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import due_timer

S = DoseOrderStatus


@pytest.fixture
def day() -> Day:
    return Day()


async def test_a_revoked_approval_revokes_the_prescription_without_a_hold_of_ours(
    day: Day,
) -> None:
    """Ruling 19."""
    await day.approved()
    await day.booked()
    await day.hear("08:40", lambda f: f.revoke_approval(UUID(int=20), "r"), look=False)

    await when_approval_revoked(day.act(None, "08:40"), course_id=COURSE, client_id=CLIENT)

    assert (await day.rx()).status is PrescriptionStatus.REVOKED
    assert (await day.order()).status is S.CLOSED
    assert len(day.told_by(PrescriptionRevoked)) == 1
    assert not day.told_by(SafetyHoldPlaced)


async def test_an_older_approval_that_is_revoked_after_a_new_one_revokes_nothing(
    day: Day,
) -> None:
    await day.approved()
    await day.hear(
        "08:35", lambda f: f.approve(UUID(int=26), told(at("08:00") + timedelta(days=365)))
    )
    await day.hear("08:40", lambda f: f.revoke_approval(UUID(int=20), "r"), look=False)

    await when_approval_revoked(day.act(None, "08:40"), course_id=COURSE, client_id=CLIENT)

    assert (await day.rx()).status is PrescriptionStatus.ACTIVE


async def test_a_revoked_approval_with_a_dose_on_board_tightens_recovery(day: Day) -> None:
    """Section 7.2."""
    await day.to_the_dose()
    await day.hear("10:20", lambda f: f.revoke_approval(UUID(int=20), "r"), look=False)

    await when_approval_revoked(day.act(None, "10:20"), course_id=COURSE, client_id=CLIENT)

    assert (await day.recovery()).tightened
    assert (await day.order()).status is S.ADMINISTERED
    assert {t.kind for t in day.uow.tasks.states.values()} == {
        "revoked_after_dose",
        "found_during_recovery",
    }


async def test_a_closed_course_ends_its_prescription_and_never_a_recovery(day: Day) -> None:
    await day.to_the_dose()
    await day.hear("10:30", lambda f: f.close(told(at("10:30"))), look=False)

    await when_course_ended(day.act(None, "10:30"), course_id=COURSE, client_id=CLIENT)

    assert [e.reason for e in day.told_by(PrescriptionEnded)] == [EndReason.COURSE_CLOSED]
    assert (await day.recovery()).open
    assert (await day.order()).status is S.ADMINISTERED


async def test_the_end_of_a_prescription_comes_with_its_day(day: Day) -> None:
    await day.approved()
    await day.booked()
    rx = await day.rx()
    due = day.uow.timers.due["prescription_runs_out", rx.id]
    assert due == rx.terms.valid_until

    day.act(None, "08:40")
    day.uow.now = due
    await when_prescription_runs_out(due_timer(rx.id, due), day.uow)

    assert (await day.rx()).status is PrescriptionStatus.EXPIRED
    assert (await day.order()).status is S.CLOSED


async def _second_session(day: Day) -> UUID:
    """A dosing session next week, booked while the first one was still running."""
    second = UUID(int=5)
    await day.to_the_dose()
    await day.booked("10:30", starts=at("09:30", day=9), session=second)
    await day.ended("12:30")
    return second


async def test_no_next_dose_before_review_and_integration(day: Day) -> None:
    """INV-16, INV-17."""
    second = await _second_session(day)
    assert (await day.order(second)).status is S.REQUESTED

    await day.hear_of_session("14:00", lambda s: s.shared(told(uuid4())), look=False)
    await when_summary_shared(
        day.act(None, "14:00"), course_id=COURSE, client_id=CLIENT, session_id=SESSION
    )
    await review_summary(
        ReviewSummary(session_id=SESSION, outcome=ReviewOutcome.CONTINUE),
        day.act(PRESCRIBER, "15:00"),
    )
    assert (await day.order(second)).status is S.REQUESTED

    integration = told(
        SessionEnd(outcome=SessionOutcome.COMPLETED, ended_at=at("11:00", day=4)),
        at("11:00", day=4),
    )
    await day.hear_of_session(
        "16:00", lambda s: s.ended(integration, SessionKind.INTEGRATION), session=UUID(int=6)
    )
    assert (await day.order(second)).status is S.AUTHORISED


async def test_a_review_that_says_hold_keeps_the_next_dose_back(day: Day) -> None:
    second = await _second_session(day)
    await day.hear_of_session("13:00", lambda s: replace(s, integration_declined=told(at("13:00"))))
    await day.hear_of_session("14:00", lambda s: s.shared(told(uuid4())), look=False)
    await when_summary_shared(
        day.act(None, "14:00"), course_id=COURSE, client_id=CLIENT, session_id=SESSION
    )
    await review_summary(
        ReviewSummary(session_id=SESSION, outcome=ReviewOutcome.HOLD),
        day.act(PRESCRIBER, "15:00"),
    )
    assert (await day.order(second)).status is S.REQUESTED

    (hold,) = day.uow.safety_holds.states.values()
    await lift_hold(LiftHold(hold_id=hold.id), day.act(PRESCRIBER, "15:30"))

    assert (await day.order(second)).status is S.AUTHORISED


async def test_a_summary_shared_before_the_dose_was_known_is_not_lost(day: Day) -> None:
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    await day.hear_of_session("09:52", lambda s: s.shared(told(uuid4())), look=False)
    await day.released()
    await day.given()

    review = await day.uow.summaries.find_by(session_id=SESSION)

    assert review.status == "to_review"


async def test_withholding_places_the_hold_that_keeps_a_next_order_away(day: Day) -> None:
    await day.approved()
    await day.booked()

    await withhold_dose(
        WithholdDose(order_id=(await day.order()).id, category=HoldCategory.MEDICAL),
        day.act(PRESCRIBER, "08:45"),
    )

    assert [e.hold_category for e in day.told_by(DoseWithheld)] == [HoldCategory.MEDICAL]
    assert len(day.told_by(SafetyHoldPlaced)) == 1
    assert len(day.uow.dose_orders.states) == 1
    assert (await day.order()).status is S.CLOSED


async def test_what_is_used_up_is_written_anew_and_not_amended(day: Day) -> None:
    await day.approved(sessions=1)
    await day.to_the_dose_of_an_approved_course()
    await day.booked("10:30", starts=at("09:30", day=9), session=UUID(int=5))
    await day.ended("12:30")
    assert (await day.rx()).status is PrescriptionStatus.EXHAUSTED

    with pytest.raises(Refused) as refused:
        await amend_prescription(
            AmendPrescription(prescription_id=(await day.rx()).id, sessions_authorised=3),
            day.act(PRESCRIBER, "13:00"),
        )
    assert slugs(refused.value) == {"prescription-cannot-amend"}


async def test_no_amendment_while_medicine_is_out(day: Day) -> None:
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    await day.released()

    with pytest.raises(Refused) as refused:
        await amend_prescription(
            AmendPrescription(prescription_id=(await day.rx()).id, sessions_authorised=3),
            day.act(PRESCRIBER, "09:56"),
        )

    assert slugs(refused.value) == {"medicine-out"}
