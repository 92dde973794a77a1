"""A client who is gone and should not be: people are called until somebody answers (INV-21, 30)."""

import pytest

from careteam_contracts import scheduling
from careteam_contracts.enums import (
    IncidentCode,
    ManualClearanceReason,
    SessionOutcome,
)
from careteam_contracts.shared_safety import PrescribingIncidentRecorded
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    discharged,
    dose,
    ended,
    goes_home,
    in_session,
    walked_out,
)
from tests.support.voices import REFS, at
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_walking_out_starts_the_urgent_loop_and_people_end_it(world: World) -> None:
    """INV-30: told at once, climbing every five minutes, ended by name; INV-28: aftercare too."""
    ash = world.person()
    await in_session(world, ash)
    world.set_clock(at("11:00"))
    await world.tell(
        ash, ended(ash, at("10:55"), SessionOutcome.ENDED_BY_CLIENT), occurred_at=at("10:55")
    )
    await world.tell(ash, walked_out(ash, at("10:55")), occurred_at=at("10:55"))
    [loop] = await world.items("/escalations", course_id=ash.course_id)
    assert (loop["cause"], loop["level"], loop["status"]) == ("left_against_advice", 1, "open")
    assert (loop["since"], loop["next_step_at"]) == ("2026-03-10T17:55:00Z", "2026-03-10T18:05:00Z")
    aftercare = await world.aftercare(ash)
    assert (aftercare["status"], aftercare["plan"]) == ("escalated", "enhanced")

    await world.advance(at("11:05"))
    await world.advance(at("11:10"))
    [loop] = await world.items("/escalations", course_id=ash.course_id)
    assert loop["level"] == 3
    owed = await world.items("/tasks", course_id=ash.course_id, purpose="contact_client_now")
    assert {task["owner_role"] for task in owed} == set(REFS)
    levels = [
        body["level"] for name, body in await world.published(ash) if name == "aftercare_escalated"
    ]
    assert levels == [1, 2, 3]

    taken = await world.post(f"/escalations/{loop['id']}/acknowledgement", role="on_call")
    assert taken.json()["status"] == "acknowledged"
    owed = await world.items(
        "/tasks", course_id=ash.course_id, purpose="contact_client_now", status="open"
    )
    assert [task["owner_role"] for task in owed] == ["on_call"]
    refused = await world.post(f"/tasks/{owed[0]['id']}/completion", role="on_call")
    assert refused.json()["refusals"][0]["slug"] == "task-needs-an-outcome"

    resolved = await world.post(
        f"/aftercare/{aftercare['id']}/escalation-resolution", role="therapist"
    )
    assert (resolved.status_code, resolved.json()["status"]) == (200, "restricted")
    again = await world.post(
        f"/aftercare/{aftercare['id']}/escalation-resolution", role="therapist"
    )
    assert (again.status_code, again.json()["refusals"][0]["slug"]) == (409, "nothing-escalated")
    said = await world.items("/messages", course_id=ash.course_id)
    assert "please_call_now" in {message["wording"] for message in said}


async def test_an_acknowledged_loop_does_not_climb(world: World) -> None:
    ash = world.person()
    await in_session(world, ash)
    await world.tell(ash, ended(ash, at("10:55")), occurred_at=at("10:55"))
    await world.tell(ash, walked_out(ash, at("10:55")), occurred_at=at("10:55"))
    [loop] = await world.items("/escalations", course_id=ash.course_id)
    await world.post(f"/escalations/{loop['id']}/acknowledgement", role="prescriber")
    await world.advance(at("11:30"))
    [loop] = await world.items("/escalations", course_id=ash.course_id)
    assert (loop["level"], loop["acknowledged_by"]) == (1, str(REFS["prescriber"]))


async def test_the_loop_begins_behind_a_gap(world: World) -> None:
    """An urgent fact that waits for its place has its people called all the same."""
    ash = world.person()
    await in_session(world, ash)
    world.set_clock(at("11:00"))
    voice = world.voices["scheduling"]
    missing = ended(ash, at("10:55"), SessionOutcome.ENDED_BY_CLIENT)
    kept_back = voice.envelope(missing, ash, at("10:55"))
    await world.say(ash, walked_out(ash, at("10:55")), at("10:55"))

    async def called() -> bool:
        return bool(await world.items("/escalations", course_id=ash.course_id))

    await eventually(called, seconds=60)
    standing = await world.get(f"/courses/{ash.course_id}/standing")
    assert standing["freshness"]["scheduling"]["waiting"] >= 1
    aftercare = await world.aftercare(ash)
    assert (aftercare["status"], aftercare["end_known"]) == ("escalated", False)

    await voice.publish(missing, kept_back)
    await world.all_heard(ash)
    assert (await world.aftercare(ash))["restrictions_until"] == "2026-03-11T01:55:00Z"
    assert len(await world.items("/escalations", course_id=ash.course_id)) == 1


async def test_a_dose_that_the_clearance_did_not_cover_is_called_about(world: World) -> None:
    """INV-21: the client is gone, and a second dose turns out to have been taken."""
    kit = world.person()
    await in_session(world, kit)
    await goes_home(world, kit)
    assert await world.items("/escalations", course_id=kit.course_id) == []
    await world.tell(kit, dose(kit, at("12:20"), seq=2), occurred_at=at("12:20"))
    [loop] = await world.items("/escalations", course_id=kit.course_id)
    assert loop["cause"] == "unsafe_departure"


@pytest.mark.parametrize(
    ("code", "causes"),
    [
        (IncidentCode.MANUAL_CLEARANCE_DIFFERS, ["unsafe_departure"]),
        (IncidentCode.REOPENED_WITH_CLASH, []),
    ],
)
async def test_an_incident_about_somebody_who_is_gone(
    world: World, code: IncidentCode, causes: list[str]
) -> None:
    kit = world.person()
    await in_session(world, kit)
    await world.tell(kit, ended(kit, at("12:30")), occurred_at=at("12:30"))
    kit.clearance_id = new_id()
    await world.tell(
        kit,
        scheduling.ManualClearanceRecorded(
            session_id=kit.session_id,
            manual_clearance_id=kit.clearance_id,
            stated_dose_count=1,
            last_dose_at=at("10:00"),
            cleared_at=at("12:35"),
            valid_until=at("13:05"),
            reason_code=ManualClearanceReason.NETWORK_OUTAGE,
        ),
        occurred_at=at("12:35"),
    )
    await world.tell(kit, discharged(kit, at("12:45")), occurred_at=at("12:45"))
    await world.tell(
        kit,
        PrescribingIncidentRecorded(
            incident_id=new_id(), incident_code=code, session_id=kit.session_id
        ),
        occurred_at=at("13:00"),
    )
    loops = await world.items("/escalations", course_id=kit.course_id)
    assert [loop["cause"] for loop in loops] == causes
    assert await world.items("/tasks", course_id=kit.course_id, purpose="review_incident")
