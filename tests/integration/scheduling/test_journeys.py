"""J1 and J5 as far as scheduling goes, over its HTTP API, on real parts."""

import pytest

from careteam_contracts.enums import RecoveryOutcome
from tests.integration.scheduling.care import (
    hears,
    status,
    talk,
    until_dosed,
    until_recovering,
)
from tests.integration.scheduling.clinic import World
from tests.support.voices import at

pytestmark = pytest.mark.real


async def test_j1_from_the_preparation_to_the_integration(world: World) -> None:
    person, room, escort = await until_recovering(world)
    path = f"/sessions/{person.session_id}"
    assert await status(world, person) == "recovering"
    await world.advance(at("12:35"))
    assert await hears(world, person, person.cleared(world.now())) == "clearable"
    await world.advance(at("12:40"))
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    await world.advance(at("12:45"))
    gone = await world.do(f"{path}/discharge", role="front_desk")
    assert gone["status"] == "discharged"
    assert gone["released_at"] == at("12:45").isoformat().replace("+00:00", "Z")
    assert gone["leaving"]["clearance_id"] == str(person.clearance_id)
    assert gone["leaving"]["escort_id"] == escort["id"]
    next_one = await world.do(
        "/sessions",
        {
            "course_id": str(world.person().course_id if False else person.course_id),
            "kind": "follow_up",
            "starts_at": at("12:45").isoformat(),
            "room_id": room["id"],
            "setting": "in_clinic",
            "escort": {"name": "R", "phone": "5550145", "relationship": "sibling", "adult": True},
        },
        role="front_desk",
    )
    assert next_one["room_id"] == room["id"], "the room is free at 12:45"
    await world.do(f"{path}/summary", {"text": "Calm throughout."})
    done = await talk(world, person, "integration", at("10:00", 12), at("10:50", 12))
    assert done["status"] == "completed"
    told = await world.types_published(person)
    assert [name for name in told if name != "client_checked_in"] == [
        *("session_scheduled", "session_completed") * 2,
        "preparation_completed",
        "session_scheduled",
        "escort_confirmed",
        "dosing_session_started",
        "session_completed",
        "escort_arrived",
        "client_discharged",
        "session_scheduled",
        "escort_confirmed",
        "session_summary_shared",
        "session_scheduled",
        "session_completed",
    ]
    assert told.count("client_checked_in") == 4


async def test_j5_a_stop_ends_the_therapy_and_not_the_observation(world: World) -> None:
    person, _, escort = await until_dosed(world)
    path = f"/sessions/{person.session_id}"
    assert await status(world, person) == "dosed"
    await world.advance(at("10:25"))
    world.silent |= {"intake", "prescribing"}
    stopped = await world.do(f"{path}/stop", {"by_role": "client"}, role="nurse")
    assert (stopped["status"], stopped["outcome"]) == ("recovering", "ended_by_client")
    assert stopped["ended_at"] == at("10:25").isoformat().replace("+00:00", "Z")
    world.silent.clear()
    await hears(world, person, person.closed())
    await world.advance(at("11:30"))
    await hears(world, person, person.recovery_check(1, RecoveryOutcome.NOT_READY))
    slugs = await world.refused(f"{path}/discharge", role="front_desk")
    assert {"clearance-not-valid", "escort-not-here"} <= slugs
    await world.advance(at("12:10"))
    assert await hears(world, person, person.cleared(world.now())) == "clearable"
    await world.advance(at("12:15"))
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    await world.advance(at("12:20"))
    gone = await world.do(f"{path}/discharge", role="front_desk")
    assert gone["status"] == "discharged"
    told = await world.published(person)
    assert ("session_stop_requested", "client") in [(n, p.get("by_role")) for n, p in told]
    ends = [p for n, p in told if n == "session_completed" and p["kind"] == "dosing"]
    assert [(p["outcome"], p["ended_at"]) for p in ends] == [
        ("ended_by_client", "2026-03-10T17:25:00Z")
    ]
