"""No seventh dose without a review (INV-18), and a course that aftercare worries about (J: 19)."""

import pytest

from careteam_contracts.enums import CheckInOutcome, HoldCategory
from careteam_contracts.notifications import AftercareEscalated, CheckInCompleted
from careteam_contracts.scheduling import LeftAgainstAdvice
from shared.runtime.ids import new_id
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake, Whose

pytestmark = pytest.mark.real


async def six_doses(intake: Intake) -> Whose:
    who = await steps.active(intake)
    for _ in range(6):
        await steps.order_closed(intake, who, new_id(), new_id())
    return who


async def test_the_sixth_dose_brings_the_course_into_review(intake: Intake) -> None:
    who = await six_doses(intake)
    assert await intake.status(who) == "in_review"
    standing = await intake.get("therapist", f"/courses/{who.course_id}/standing")
    slugs = {refusal["slug"] for refusal in standing["refusals"]}
    assert slugs == {"course-active", "review-covers-next-session"}


async def test_both_roles_review_and_the_course_goes_on(intake: Intake) -> None:
    who = await six_doses(intake)
    path = f"/courses/{who.course_id}/reviews"
    decision = {"decision": "continue", "covers_until_session_no": 12}
    first = await intake.post("therapist", path, decision)
    assert (first["status"], first["missing_roles"]) == ("awaiting_signature", ["prescriber"])
    assert await intake.status(who) == "in_review"
    assert (await intake.refused("therapist", path, decision)).slugs == ["role-signed-already"]
    other = {"decision": "stop"}
    assert (await intake.refused("prescriber", path, other)).slugs == ["review-says-otherwise"]
    second = await intake.post("prescriber", path, decision)
    assert (second["id"], second["status"]) == (first["id"], "complete")
    assert await intake.status(who) == "active"
    (told,) = await intake.payloads(who, "course_reviewed")
    assert (told["decision"], told["covers_until_session_no"]) == ("continue", 12)


async def test_the_other_role_signs_by_the_reviews_id(intake: Intake) -> None:
    who = await six_doses(intake)
    review = await intake.post(
        "prescriber", f"/courses/{who.course_id}/reviews", {"decision": "taper"}
    )
    signed = await intake.post("therapist", f"/reviews/{review['id']}/signatures")
    assert signed["status"] == "complete"
    assert await intake.status(who) == "active"


async def test_who_proposed_may_change_their_mind(intake: Intake) -> None:
    who = await six_doses(intake)
    path = f"/courses/{who.course_id}/reviews"
    await intake.post("therapist", path, {"decision": "continue", "covers_until_session_no": 12})
    changed = await intake.post(
        "therapist", path, {"decision": "taper", "covers_until_session_no": 8}
    )
    assert changed["covers_until_session_no"] == 8
    listed = await intake.get("therapist", path)
    assert [review["decision"] for review in listed["items"]] == ["taper"]


async def test_a_review_that_says_stop_stops_the_course(intake: Intake) -> None:
    who = await six_doses(intake)
    path = f"/courses/{who.course_id}/reviews"
    await intake.post("therapist", path, {"decision": "stop"})
    await intake.post("prescriber", path, {"decision": "stop"})
    assert await intake.status(who) == "stopped"
    assert (await intake.told(who))[-2:] == ["course_reviewed", "course_closed"]
    (closed,) = await intake.payloads(who, "course_closed")
    assert closed["followup_due_at"] == "2025-04-02T17:00:00Z"


async def test_a_dose_told_twice_counts_once_and_a_correction_takes_it_back(
    intake: Intake,
) -> None:
    who = await steps.active(intake)
    session, order = new_id(), new_id()
    await steps.order_closed(intake, who, session, order, count=1)
    await steps.order_closed(intake, who, session, order, count=1)
    assert (await intake.get("therapist", f"/courses/{who.course_id}"))["dosed_count"] == 1
    await steps.order_closed(intake, who, session, order, count=0)
    assert (await intake.get("therapist", f"/courses/{who.course_id}"))["dosed_count"] == 0


async def test_a_review_is_not_held_before_it_is_due(intake: Intake) -> None:
    who = await steps.active(intake)
    refused = await intake.refused(
        "therapist", f"/courses/{who.course_id}/reviews", {"decision": "continue"}
    )
    assert refused.slugs == ["course-state-forbids"]


async def test_an_escalation_and_its_concern_place_one_hold(intake: Intake) -> None:
    who = await steps.active(intake)
    session = new_id()
    await intake.notifications.tell(
        CheckInCompleted(checkin_id=new_id(), session_id=session, outcome=CheckInOutcome.CONCERN),
        who,
    )
    for level in (1, 2):
        await intake.notifications.tell(
            AftercareEscalated(
                aftercare_id=new_id(),
                session_id=session,
                level=level,
                hold_category=HoldCategory.AFTERCARE,
            ),
            who,
        )
    await intake.settle(who)
    (held,) = await intake.payloads(who, "safety_hold_placed")
    assert held["hold_category"] == "aftercare"
    assert held["blocks"] == ["book", "start", "dose"]
    assert held["severity"] == "pause"
    assert await intake.status(who) == "active"


async def test_a_check_in_that_is_fine_places_none(intake: Intake) -> None:
    who = await steps.active(intake)
    await intake.notifications.tell(
        CheckInCompleted(checkin_id=new_id(), session_id=new_id(), outcome=CheckInOutcome.OK), who
    )
    await intake.settle(who)
    assert "safety_hold_placed" not in await intake.told(who)


async def test_walking_out_holds_the_course_until_both_roles_have_signed(intake: Intake) -> None:
    who = await steps.active(intake)
    await intake.scheduling.tell(
        LeftAgainstAdvice(
            session_id=new_id(),
            left_at=intake.clock.now,
            capacity_assessed=False,
            escort_present=False,
        ),
        who,
    )
    await intake.settle(who)
    (hold,) = (await intake.get("therapist", "/holds", status="open", most=200))["items"][-1:]
    assert hold["course_id"] == str(who.course_id)
    await intake.post("therapist", f"/holds/{hold['id']}/lift", {})
    assert "safety_hold_lifted" not in await intake.told(who)
    await intake.post("prescriber", f"/holds/{hold['id']}/lift", {})
    assert (await intake.told(who))[-1] == "safety_hold_lifted"


async def test_a_hold_by_staff_is_as_strict_as_the_table_at_least(intake: Intake) -> None:
    who = await steps.active(intake)
    path = f"/courses/{who.course_id}/holds"
    held = await intake.post(
        "therapist", path, {"category": "contraindication", "severity": "pause"}
    )
    assert (held["severity"], held["blocks"]) == ("stop", ["book", "start", "dose"])
    refused = await intake.refused("therapist", path, {"category": "vitals"})
    assert refused.slugs == ["hold-of-another-owner"]
    by_hand = await intake.refused("therapist", path, {"category": "consent"})
    assert by_hand.slugs == ["hold-follows-its-cause"]
    assert held["blocks"] != []
