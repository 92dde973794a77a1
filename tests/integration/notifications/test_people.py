"""Check-ins, tasks and the inbox: what people owe, and what they are told (F36, F99)."""

import pytest

from careteam_contracts import intake, prescribing, scheduling
from careteam_contracts.enums import (
    ActorRole,
    AssessmentOutcome,
    CourseOutcome,
    HoldCategory,
    PrescriptionEnd,
    SummaryReview,
)
from careteam_contracts.shared_safety import IntakeSafetyHoldLifted
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    goes_home,
    hold,
    in_session,
    registered,
)
from tests.support.voices import REFS, at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_a_concern_escalates_and_a_clinician_calms_it(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await goes_home(world, quinn)
    await world.advance(at("12:30", day=11))
    [due] = await world.items("/check-ins", course_id=quinn.course_id, status="due")
    refused = await world.post(
        f"/check-ins/{due['id']}/completion", {"outcome": "ok"}, role="front_desk"
    )
    assert refused.status_code == 403
    await world.post(f"/check-ins/{due['id']}/completion", {"outcome": "concern"}, role="nurse")
    aftercare = await world.aftercare(quinn)
    assert (aftercare["status"], aftercare["level"]) == ("escalated", 1)
    for role in ("therapist", "prescriber", "on_call"):
        told = await world.items("/inbox", role=role, course_id=quinn.course_id)
        assert "aftercare_escalated" in {notice["kind"] for notice in told}
    again = await world.post(f"/check-ins/{due['id']}/completion", {"outcome": "ok"}, role="nurse")
    assert again.json()["refusals"][0]["slug"] == "check-in-closed"
    calm = await world.post(f"/aftercare/{aftercare['id']}/escalation-resolution", role="therapist")
    assert calm.json()["status"] == "monitoring"
    published = await world.published(quinn)
    assert ("check_in_completed", "concern") in [(n, b.get("outcome")) for n, b in published]


async def test_silence_is_an_outcome_and_is_carried_further(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await goes_home(world, quinn)
    await world.advance(at("12:30", day=11))
    [due] = await world.items("/check-ins", course_id=quinn.course_id, status="due")
    assert due["silent_at"] == "2026-03-12T01:30:00Z"  # six hours of patience
    await world.advance(at("18:29", day=11))
    assert (await world.aftercare(quinn))["status"] == "monitoring"
    await world.advance(at("18:30", day=11))
    [silent] = await world.items("/check-ins", course_id=quinn.course_id, status="closed")
    assert (silent["outcome"], silent["closed_by"]) == ("no_response", None)
    assert (await world.aftercare(quinn))["status"] == "escalated"
    [loop] = await world.items("/escalations", course_id=quinn.course_id)
    assert loop["cause"] == "check_in_silence"


async def test_a_planned_check_in_is_not_completed_early(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    planned = await world.items("/check-ins", course_id=quinn.course_id)
    answer = await world.post(
        f"/check-ins/{planned[0]['id']}/completion", {"outcome": "ok"}, role="nurse"
    )
    assert (answer.status_code, answer.json()["refusals"][0]["slug"]) == (409, "check-in-not-due")


async def test_the_same_completion_again_gets_the_same_answer(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await goes_home(world, quinn)
    await world.advance(at("12:30", day=11))
    [due] = await world.items("/check-ins", course_id=quinn.course_id, status="due")
    path = f"/check-ins/{due['id']}/completion"
    first = await world.post(path, {"outcome": "ok"}, role="nurse", key="check-in-done-1")
    again = await world.post(path, {"outcome": "ok"}, role="nurse", key="check-in-done-1")
    assert first.json() == again.json()
    other = await world.post(path, {"outcome": "concern"}, role="nurse", key="check-in-done-1")
    assert other.status_code == 422
    assert (await world.types_published(quinn)).count("check_in_completed") == 1


async def test_instructions_are_handed_over_and_confirmed(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    aftercare = await world.aftercare(quinn)
    path = f"/aftercare/{aftercare['id']}"
    early = await world.post(f"{path}/acknowledgements", {"recipient": "client"}, role="nurse")
    assert early.json()["refusals"][0]["slug"] == "instructions-not-delivered"
    for recipient in ("client", "escort"):
        done = await world.post(
            f"{path}/instructions", {"recipient": recipient, "channel": "paper"}, role="front_desk"
        )
        assert done.status_code == 200, done.text
        confirmed = await world.post(
            f"{path}/acknowledgements", {"recipient": recipient}, role="front_desk"
        )
        assert recipient in confirmed.json()["acknowledged"]
    types = await world.types_published(quinn)
    assert types.count("instructions_delivered") == types.count("instructions_acknowledged") == 2


@pytest.mark.parametrize(
    ("stated", "slug"),
    [
        ("2026-03-10T19:00:00Z", "stated-in-the-future"),
        ("2026-03-08T19:00:00Z", "stated-too-long-ago"),
    ],
)
async def test_a_moment_that_cannot_be_right_is_refused(
    world: World, stated: str, slug: str
) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    aftercare = await world.aftercare(quinn)
    answer = await world.post(
        f"/aftercare/{aftercare['id']}/instructions",
        {"recipient": "client", "channel": "paper", "at": stated},
    )
    assert (answer.status_code, answer.json()["refusals"][0]["slug"]) == (409, slug)


async def test_every_hold_is_told_to_both_and_follows_the_team(world: World) -> None:
    kit = world.person()
    await world.tell(kit, intake.ClientRegistered())
    placed = hold(HoldCategory.MEDICAL)
    await world.tell(kit, placed)
    [to_all] = await world.items("/inbox", role="prescriber", course_id=kit.course_id)
    assert to_all["recipient_ref"] is None

    other = new_id()
    await world.tell(
        kit,
        intake.CareTeamAssigned(
            therapist_ref=REFS["therapist"], prescriber_ref=other, team_version=1
        ),
    )
    assert await world.items("/inbox", role="prescriber", course_id=kit.course_id) == []
    [mine] = await world.items("/inbox", role="therapist", course_id=kit.course_id)
    read = await world.post(f"/inbox/{mine['id']}/acknowledgement", role="therapist")
    assert (read.json()["status"], read.json()["read_by"]) == ("read", str(REFS["therapist"]))
    stranger = await world.post(f"/inbox/{mine['id']}/acknowledgement", role="nurse")
    assert stranger.status_code == 404

    await world.tell(
        kit,
        IntakeSafetyHoldLifted(
            hold_id=placed.hold_id, lifted_by_roles=(ActorRole.PRESCRIBER, ActorRole.THERAPIST)
        ),
    )
    kinds = [n["kind"] for n in await world.items("/inbox", course_id=kit.course_id)]
    assert kinds == ["hold_placed", "hold_lifted"]


async def test_an_assessment_is_owed_until_it_is_done(world: World) -> None:
    kit = world.person()
    await registered(world, kit)
    request = new_id()
    await world.tell(kit, intake.MedicalAssessmentRequested(request_id=request, review_flags=1))
    [owed] = await world.items("/tasks", course_id=kit.course_id)
    assert (owed["purpose"], owed["owner_role"]) == ("assess_client", "prescriber")
    await world.tell(
        kit,
        prescribing.MedicalAssessmentCompleted(
            request_id=request, outcome=AssessmentOutcome.MORE_INFO
        ),
    )
    [missing] = await world.items("/tasks", course_id=kit.course_id, status="open")
    assert (missing["purpose"], missing["owner_role"]) == ("supply_information", "therapist")
    await world.tell(kit, intake.MedicalAssessmentRequested(request_id=new_id(), review_flags=0))
    still = await world.items("/tasks", course_id=kit.course_id, status="open")
    assert [task["purpose"] for task in still] == ["assess_client"]


async def test_a_used_up_prescription_is_the_prescribers_decision(world: World) -> None:
    kit = world.person()
    await registered(world, kit)
    for reason in (PrescriptionEnd.EXHAUSTED, PrescriptionEnd.COURSE_CLOSED):
        await world.tell(
            kit, prescribing.PrescriptionEnded(prescription_id=new_id(), reason=reason)
        )
    [renew] = await world.items("/tasks", course_id=kit.course_id, status="open")
    assert renew["purpose"] == "renew_prescription"
    await world.tell(
        kit,
        intake.CourseClosed(outcome=CourseOutcome.COMPLETED, followup_due_at=at("09:00", day=28)),
    )
    await world.settle()
    [follow_up] = await world.items("/tasks", course_id=kit.course_id, status="open")
    assert (follow_up["purpose"], follow_up["due_at"]) == ("plan_follow_up", "2026-03-28T16:00:00Z")
    done = await world.post(f"/tasks/{follow_up['id']}/completion", role="therapist")
    assert done.json()["closed_by"] == str(REFS["therapist"])


async def test_a_summary_is_told_to_who_reads_it_and_then_to_who_wrote_it(world: World) -> None:
    kit = world.person()
    await in_session(world, kit)
    await world.tell(
        kit, scheduling.SessionSummaryShared(session_id=kit.session_id, summary_ref=new_id())
    )
    [shared] = await world.items("/inbox", role="prescriber", course_id=kit.course_id)
    assert shared["kind"] == "summary_shared"
    await world.tell(
        kit,
        prescribing.SessionSummaryReviewed(
            session_id=kit.session_id, review_outcome=SummaryReview.CONTINUE
        ),
    )
    [reviewed] = await world.items("/inbox", role="therapist", course_id=kit.course_id)
    assert reviewed["kind"] == "summary_reviewed"
