"""The door without peers, against advice, into other hands; and doses that are told late."""

import pytest

from careteam_contracts import intake, prescribing
from careteam_contracts.enums import ConsentScope
from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    approved,
    dosing,
    hears,
    status,
    until_dosed,
    until_recovering,
    until_started,
)
from tests.integration.scheduling.clinic import World
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real


async def test_while_prescribing_is_silent_the_client_waits_or_two_people_clear(
    world: World,
) -> None:
    person, _, escort = await until_recovering(world)
    path = f"/sessions/{person.session_id}"
    await world.advance(at("12:40"))
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    stated = {
        "stated_dose_count": 1,
        "last_dose_at": at("10:00").isoformat(),
        "second_ref": str(REFS["therapist"]),
        "second_role": "therapist",
        "reason_code": "prescribing_unreachable",
    }
    assert "prescribing-answers" in await world.refused(
        f"{path}/manual-clearances", stated, role="nurse"
    )
    world.silent.add("prescribing")
    assert await world.refused(f"{path}/discharge", role="front_desk", status=503) == {
        "prescribing-did-not-answer"
    }
    alone = {**stated, "second_ref": str(REFS["nurse"])}
    assert await world.refused(f"{path}/manual-clearances", alone, role="nurse") == {
        "two-named-people-needed"
    }
    unknown = {**stated, "second_ref": str(new_id()), "second_role": "prescriber"}
    assert await world.refused(f"{path}/manual-clearances", unknown, role="nurse") == {
        "two-named-people-needed"
    }
    too_few = {**stated, "last_dose_at": at("11:00").isoformat()}
    assert await world.refused(f"{path}/manual-clearances", too_few, role="nurse") == {
        "observed-too-short"
    }
    cleared = await world.do(f"{path}/manual-clearances", stated, role="nurse")
    assert cleared["status"] == "clearable"
    gone = await world.do(f"{path}/discharge", role="front_desk")
    assert gone["leaving"]["clearance_id"] == cleared["manual_clearance"]["id"]
    told = dict(await world.published(person))
    assert told["manual_clearance_recorded"]["stated_dose_count"] == 1
    assert told["client_discharged"]["mode"] == "standard"


async def test_two_people_do_not_stand_in_once_prescribing_answers_again(world: World) -> None:
    person, _, escort = await until_recovering(world)
    path = f"/sessions/{person.session_id}"
    await world.advance(at("12:40"))
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    world.silent.add("prescribing")
    await world.do(
        f"{path}/manual-clearances",
        {
            "stated_dose_count": 1,
            "last_dose_at": at("10:00").isoformat(),
            "second_ref": str(REFS["therapist"]),
            "second_role": "therapist",
            "reason_code": "network_outage",
        },
        role="nurse",
    )
    world.silent.clear()
    assert await world.refused(f"{path}/discharge", role="front_desk") == {"clearance-not-valid"}
    assert await status(world, person) == "clearable"


async def test_a_clearance_that_runs_out_or_is_taken_back_shuts_the_door(world: World) -> None:
    person, _, _ = await until_recovering(world)
    await world.advance(at("12:35"))
    assert await hears(world, person, person.cleared(world.now())) == "clearable"
    await world.advance(at("13:05"))
    assert await status(world, person) == "recovering"
    person.clearance_id = new_id()
    assert await hears(world, person, person.cleared(world.now())) == "clearable"
    assert await hears(world, person, person.clearance_rescinded()) == "recovering"


async def test_walking_out_is_recorded_at_once_and_countersigned_by_another(world: World) -> None:
    person, room, _ = await until_dosed(world)
    path = f"/sessions/{person.session_id}"
    await world.advance(at("10:40"))
    left = await world.do(
        f"{path}/left-against-advice",
        {"capacity_assessed": True, "escort_present": False, "at": at("10:35").isoformat()},
        role="nurse",
    )
    assert left["status"] == "left_against_advice"
    told = await world.published(person)
    assert [n for n, _ in told][-2:] == ["session_completed", "left_against_advice"]
    assert told[-2][1]["ended_at"] == told[-1][1]["left_at"] == "2026-03-10T17:35:00Z"
    tasks = (await world.get("/tasks", course_id=str(person.course_id), status="open"))["items"]
    [task] = [t for t in tasks if t["kind"] == "countersign_left_against_advice"]
    same = await world.refused(f"/tasks/{task['id']}/completion", role="nurse")
    assert same == {"second-person-needed"}
    assert (await world.do(f"/tasks/{task['id']}/completion"))["status"] == "done"
    listed = await world.get("/sessions", here="true")
    assert listed["items"] == []
    assert room["id"]


async def test_a_transfer_frees_the_room_at_once(world: World) -> None:
    person, _, _ = await until_dosed(world)
    await world.advance(at("11:05"))
    gone = await world.do(f"/sessions/{person.session_id}/transfer", role="prescriber")
    assert (gone["status"], gone["outcome"]) == ("transferred", "ended_by_clinician")
    assert gone["released_at"] == "2026-03-10T18:05:00Z"
    told = dict(await world.published(person))
    assert told["client_discharged"]["mode"] == "transfer"


async def test_a_consent_withdrawn_after_the_dose_ends_the_therapy_only(world: World) -> None:
    person, _, _ = await until_dosed(world)
    await world.advance(at("10:20"))
    withdrawn = intake.ConsentWithdrawn(
        consent_id=person.consent_id,
        scopes=(ConsentScope.TREATMENT,),
        withdrawn_at=at("10:15"),
    )
    assert await hears(world, person, withdrawn) == "recovering"
    shown = await world.get(f"/sessions/{person.session_id}")
    assert (shown["outcome"], shown["ended_at"]) == ("ended_by_client", "2026-03-10T17:15:00Z")


async def test_a_late_dose_opens_a_closed_session_again_even_into_a_taken_room(
    world: World,
) -> None:
    """INV-25, ruling 12: never refused, the clash is an incident, and still blocks starts."""
    person, room, _ = await until_started(world)
    path = f"/sessions/{person.session_id}"
    await world.do(f"{path}/stop", {"by_role": "client"})
    assert await hears(world, person, person.closed()) == "closed"
    other = await approved(world)
    next_one = await world.do(
        "/sessions",
        {
            "course_id": str(other.course_id),
            "kind": "prep",
            "room_id": room["id"],
            "starts_at": at("10:00").isoformat(),
        },
        role="front_desk",
    )
    await world.advance(at("10:00"))
    await world.do(f"/sessions/{next_one['id']}/check-in", role="front_desk")
    assert await hears(world, person, person.administered(at("09:55"))) == "dosed"
    shown = await world.get(path)
    assert [i["code"] for i in shown["incidents"]] == [
        "dose_after_aborted_end",
        "reopened_with_clash",
    ]
    assert shown["reopened"]
    told = await world.types_published(person)
    assert told.count("incident_recorded") == 2
    slugs = await world.refused(f"/sessions/{next_one['id']}/start")
    assert slugs == {"room-taken", "therapist-taken"}
    await world.do(f"{path}/end", {"ended_at": at("10:00").isoformat()})
    assert await status(world, person) == "recovering"
    contradicting = {
        "capacity_assessed": False,
        "escort_present": False,
        "capacity": "has_capacity",
    }
    assert (await world.post(f"{path}/left-against-advice", contradicting)).status_code == 422
    assert await world.refused(
        f"{path}/left-against-advice",
        {
            "capacity_assessed": True,
            "escort_present": False,
            "witness_ref": str(REFS["therapist"]),
        },
    ) == {"second-person-needed"}
    left = await world.do(
        f"{path}/left-against-advice",
        {
            "capacity_assessed": False,
            "escort_present": False,
            "reason": "escort_did_not_come",
            "witness_ref": str(REFS["therapist"]),
        },
        role="front_desk",
    )
    assert (left["leaving"]["capacity"], left["leaving"]["reason"]) == (
        "not_assessed",
        "escort_did_not_come",
    )
    assert left["leaving"]["people"] == [str(REFS["front_desk"]), str(REFS["therapist"])]
    tasks = (await world.get("/tasks", course_id=str(person.course_id), status="open"))["items"]
    assert "countersign_left_against_advice" not in {task["kind"] for task in tasks}
    started = await world.do(f"/sessions/{next_one['id']}/start")
    assert started["status"] == "in_progress"


async def test_a_dose_told_after_the_client_has_gone_is_an_incident(world: World) -> None:
    person, _, _ = await until_dosed(world)
    await world.do(f"/sessions/{person.session_id}/transfer", role="nurse")
    assert await hears(world, person, person.administered(at("10:00"))) == "transferred"
    shown = await world.get(f"/sessions/{person.session_id}")
    assert [i["code"] for i in shown["incidents"]] == ["dose_after_discharge"]


async def test_the_next_dosing_waits_for_integration_and_is_released_by_it(world: World) -> None:
    person, room, _ = await until_dosed(world)
    await world.advance(at("11:00"))
    await world.do(f"/sessions/{person.session_id}/transfer", role="nurse")
    later = dosing(person, room, at("09:30", 17))
    assert await world.refused("/sessions", later, role="front_desk") == {"integration-missing"}
    await world.do(f"/sessions/{person.session_id}/integration-decline", role="front_desk")
    second = await world.do("/sessions", later, role="front_desk")
    assert second["status"] == "scheduled"
    revoked = prescribing.PrescriptionRevoked(prescription_id=person.prescription_id, rx_version=1)
    await world.tell(person, revoked)
    blocked = await world.get(f"/sessions/{second['id']}")
    assert (blocked["status"], blocked["blocked_by"]) == ("blocked", ["needs-prescription"])
    person.prescription_id = new_id()
    await world.tell(person, person.prescribed(world.now()))
    assert (await world.get(f"/sessions/{second['id']}"))["status"] == "scheduled"
    approvals = intake.ApprovalRevoked(approval_id=person.approval_id)
    await world.tell(person, approvals)
    gone = await world.get(f"/sessions/{second['id']}")
    assert (gone["status"], gone["cancelled_for"]) == ("cancelled", "contraindication")
