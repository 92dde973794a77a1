"""Closing: the flag first, then both peers, and never with a client in recovery (INV-35)."""

import pytest

from careteam_contracts.enums import (
    CourseStatus,
    RecoveryStatus,
    SessionKind,
    SessionStatus,
)
from careteam_contracts.questions import INTAKE_STANDING
from careteam_contracts.standing import OpenSession, RecoveryStanding, StandingAsk
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, Whose
from tests.support.waiting import eventually

pytestmark = pytest.mark.real

STOP = {"outcome": "clinician_stopped"}


def recovering(intake: Intake) -> dict[str, object]:
    recovery = RecoveryStanding(
        session_id=new_id(),
        status=RecoveryStatus.OBSERVING,
        open=True,
        observe_until=intake.clock.now,
    )
    return {"open_recoveries": (recovery,)}


async def test_a_course_with_nothing_under_way_closes_with_its_follow_up(intake: Intake) -> None:
    who = await steps.active(intake)
    await steps.one_dosed_session(intake, who)
    closed = await intake.post(
        "therapist",
        f"/courses/{who.course_id}/close",
        {"outcome": "completed", "followup_due_at": "2025-04-02T17:00:00Z"},
    )
    assert closed["status"] == "completed"
    assert closed["closing"] is None
    (told,) = await intake.payloads(who, "course_closed")
    assert told == {"outcome": "completed", "followup_due_at": "2025-04-02T17:00:00Z"}
    assert (intake.scheduling.asked, intake.prescribing.asked) == (1, 1)


async def test_a_client_in_recovery_refuses_the_command_and_the_flag_comes_down(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    intake.prescribing.standing = recovering(intake)
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/close", STOP)
    assert refused.status == 409
    assert refused.slugs == ["prescribing-has-nothing-under-way"]
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "active"
    assert course["close_refused"][0]["kind"] == "recovery"
    rows = await intake.rows(
        "SELECT allowed FROM receipts WHERE course_id = $1 AND gate = 'close'", who.course_id
    )
    assert [row["allowed"] for row in rows] == [False]


@pytest.mark.parametrize(
    "status", [SessionStatus.READY, SessionStatus.CLEARABLE, SessionStatus.ABORTED]
)
async def test_a_session_under_way_refuses_the_command(
    intake: Intake, status: SessionStatus
) -> None:
    who = await steps.active(intake)
    open_session = OpenSession(session_id=new_id(), kind=SessionKind.DOSING, status=status)
    intake.scheduling.standing = {"open_sessions": (open_session,)}
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/close", STOP)
    assert refused.slugs == ["scheduling-has-nothing-under-way"]


async def test_a_dose_that_intake_knows_of_refuses_though_both_peers_are_free(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    session = new_id()
    await steps.dose(intake, who, session, new_id())
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/close", STOP)
    assert refused.slugs == ["no-medicine-on-board"]
    await steps.discharge(intake, who, session)
    closed = await intake.post("therapist", f"/courses/{who.course_id}/close", STOP)
    assert closed["status"] == "stopped"


async def test_a_dose_while_the_peers_are_asked_is_seen_by_the_closing(intake: Intake) -> None:
    """Both answers were free, and the dose came before the decision: the closing loses."""
    who = await steps.active(intake)
    session = new_id()

    async def dose_meanwhile() -> None:
        intake.scheduling.before_answering = None
        await steps.dose(intake, who, session, new_id())

    intake.scheduling.before_answering = dose_meanwhile
    refused = await intake.refused("therapist", f"/courses/{who.course_id}/close", STOP)
    assert refused.slugs == ["no-medicine-on-board"]
    assert await intake.status(who) == "active"


async def test_while_a_peer_is_silent_the_course_stays_closing_and_gates_hear_no(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    intake.prescribing.silent = True
    closing = await intake.post("therapist", f"/courses/{who.course_id}/close", STOP)
    assert closing["status"] == "closing"
    standing = await intake.scheduling.ask(INTAKE_STANDING, StandingAsk(course_id=who.course_id))
    assert standing.course_status is CourseStatus.CLOSING
    assert not standing.approval.active
    again = await intake.refused("therapist", f"/courses/{who.course_id}/close", STOP)
    assert again.slugs == ["course-closing"]
    intake.prescribing.silent = False
    intake.clock.advance(seconds=29)
    await intake.settle(who)
    assert await intake.status(who) == "closing"
    intake.clock.advance(seconds=1)
    await eventually(lambda: has_status(intake, who, "stopped"))


async def test_a_peer_that_cannot_vouch_for_itself_has_not_answered(intake: Intake) -> None:
    who = await steps.active(intake)
    intake.scheduling.standing = {"unverifiable": True}
    closing = await intake.post("therapist", f"/courses/{who.course_id}/close", STOP)
    assert closing["status"] == "closing"


async def test_a_restart_goes_on_asking(intake: Intake) -> None:
    """The retry is a row, so it does not matter which process wakes up to it."""
    who = await steps.active(intake)
    intake.prescribing.silent = True
    await intake.post("therapist", f"/courses/{who.course_id}/close", STOP)
    rows = await intake.rows("SELECT due_at FROM timers WHERE key = $1", who.course_id)
    assert len(rows) == 1
    intake.prescribing.silent = False
    intake.clock.advance(seconds=30)
    await eventually(lambda: has_status(intake, who, "stopped"))
    assert await intake.rows("SELECT 1 FROM timers WHERE key = $1", who.course_id) == []


async def test_a_withdrawal_in_recovery_is_kept_and_closes_after_the_discharge(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    session, order = new_id(), new_id()
    await steps.dose(intake, who, session, order)
    intake.prescribing.standing = recovering(intake)
    book = await intake.get("therapist", f"/courses/{who.course_id}/consents")
    consent = book["items"][-1]["id"]
    withdrawn = await intake.post("nurse", f"/consents/{consent}/withdrawal", {})
    assert withdrawn["status"] == "withdrawn"
    course = await intake.get("therapist", f"/courses/{who.course_id}")
    assert course["status"] == "closing"
    assert course["closing"]["cause"] == "consent_withdrawn"
    assert "course_closed" not in await intake.told(who)
    intake.prescribing.standing = {}
    await steps.session_completed(intake, who, SessionKind.DOSING, session)
    await steps.order_closed(intake, who, session, order)
    assert await intake.status(who) == "closing"
    await steps.discharge(intake, who, session)
    await eventually(lambda: has_status(intake, who, "stopped"))
    assert (await intake.told(who)).count("course_closed") == 1


async def test_a_course_that_was_approved_is_stopped_and_not_declined(intake: Intake) -> None:
    who = await steps.approved(intake)
    refused = await intake.refused(
        "therapist", f"/courses/{who.course_id}/close", {"outcome": "declined"}
    )
    assert refused.slugs == ["course-was-approved"]


async def test_nothing_is_completed_without_a_dose(intake: Intake) -> None:
    who = await steps.active(intake)
    refused = await intake.refused(
        "therapist", f"/courses/{who.course_id}/close", {"outcome": "completed"}
    )
    assert refused.slugs == ["nothing-to-complete"]


async def test_the_same_key_closes_once_and_gets_the_same_answer(intake: Intake) -> None:
    who = await steps.active(intake)
    key = {"Idempotency-Key": f"close-{who.course_id}"}
    first = await intake.post("therapist", f"/courses/{who.course_id}/close", STOP, **key)
    again = await intake.post("therapist", f"/courses/{who.course_id}/close", STOP, **key)
    assert again == first
    assert (await intake.told(who)).count("course_closed") == 1


async def has_status(intake: Intake, who: Whose, status: str) -> bool:
    return await intake.status(who) == status
