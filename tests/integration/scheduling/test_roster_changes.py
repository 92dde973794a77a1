"""Bookings rest on people and rooms: whatever changes about those is seen at the booking."""

from datetime import timedelta

import pytest

from careteam_contracts import intake
from careteam_contracts.enums import CourseOutcome
from tests.integration.scheduling.care import (
    approved,
    booked,
    clinician,
    dosing,
    furnished,
    prepared,
    status,
    until_dosed,
    until_started,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import REFS, at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def _until_booked(world: World) -> tuple[Person, dict[str, object]]:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    return person, room


async def _becomes(world: World, person: Person, blocked_by: list[str]) -> None:
    async def so() -> bool:
        shown = await world.get(f"/sessions/{person.session_id}")
        return bool(shown["blocked_by"] == blocked_by)

    await eventually(so)
    assert await status(world, person) == ("blocked" if blocked_by else "scheduled")


async def test_papers_absences_and_hours_block_what_rests_on_them(world: World) -> None:
    """INV-7, ruling 20: guards are conditions, not moments."""
    person, _ = await _until_booked(world)
    path = f"/clinicians/{REFS['therapist']}"
    shorter = {"kap_training_valid_until": "2026-03-09"}
    await world.do(f"{path}/credentials", shorter, role="operator")
    await _becomes(world, person, ["therapist-not-credentialed"])
    longer = {"kap_training_valid_until": "2027-03-09", "kap_certificate": "KAP-7"}
    renewed = await world.do(f"{path}/credentials", longer, role="operator")
    assert renewed["kap_certificate"] == "KAP-7"
    await _becomes(world, person, [])
    away = {"since": at("08:00").isoformat(), "until": at("10:00").isoformat()}
    absent = await world.do(f"{path}/absences", away, role="front_desk")
    await _becomes(world, person, ["clinician-not-available"])
    assert await world.refused(f"/sessions/{person.session_id}/check-in") == {"booking-is-blocked"}
    [absence] = absent["absences"]
    await world.do(f"{path}/absences/{absence['id']}/withdrawal", role="front_desk")
    await _becomes(world, person, [])
    mornings = {"hours": [{"weekday": 1, "start": "09:00", "end": "12:00"}]}
    await world.do(f"{path}/hours", mornings, role="front_desk")
    await _becomes(world, person, ["clinician-not-available"])
    await world.do(f"{path}/hours", {"hours": []}, role="front_desk")
    await _becomes(world, person, [])


async def test_another_room_is_no_new_booking_and_another_therapist_is(world: World) -> None:
    person, _ = await _until_booked(world)
    path = f"/sessions/{person.session_id}/reschedule"
    plain = await world.do("/rooms", {"name": "Library"}, role="front_desk")
    assert await world.refused(path, {"room_id": plain["id"]}) == {"room-not-suitable"}
    alder = await world.do("/rooms", {"name": "Alder", "dosing_capable": True}, role="front_desk")
    before = await world.types_published(person)
    moved = await world.do(path, {"room_id": alder["id"]})
    assert (moved["room_id"], moved["schedule_version"]) == (alder["id"], 1)
    assert moved["escort_confirmed"]
    assert await world.types_published(person) == before
    assert await world.refused(path, {}) == {"nothing-changes"}
    other = await clinician(world, "therapist", ref=None)
    assert await world.refused(path, {"therapist_ref": other["id"]}) == {"therapist-not-met"}
    contact = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "starts_at": at("15:00", 9).isoformat(),
        "therapist_ref": other["id"],
    }
    await world.do("/sessions", contact, role="front_desk")
    changed = await world.do(path, {"therapist_ref": other["id"]})
    assert (changed["therapist_ref"], changed["schedule_version"]) == (other["id"], 2)
    told = dict(await world.published(person))
    assert told["session_rescheduled"]["therapist_ref"] == other["id"]
    free_again = await world.do(
        "/sessions",
        {**contact, "starts_at": at("09:30").isoformat(), "setting": "virtual", "kind": "follow_up"}
        | {"course_id": str((await approved(world)).course_id)}
        | {"therapist_ref": str(person.therapist_ref)},
        role="front_desk",
    )
    assert free_again["status"] == "scheduled"


async def test_whoever_stays_with_a_client_is_nowhere_else(world: World) -> None:
    """C-11, F31: a companion is one person, whichever part they play elsewhere."""
    person, room = await _until_booked(world)
    nurse = await clinician(world, "nurse")
    path = f"/sessions/{person.session_id}/reschedule"
    named = await world.do(path, {"attendant_ref": nurse["id"]})
    assert named["attendant_ref"] == nurse["id"]
    other = await approved(world)
    second = await clinician(world, "therapist", ref=None)
    talk = {
        "course_id": str(other.course_id),
        "kind": "prep",
        "starts_at": at("10:00").isoformat(),
        "therapist_ref": second["id"],
        "attendant_ref": nurse["id"],
    }
    answer = await world.post("/sessions", talk, role="front_desk")
    [refusal] = answer.json()["refusals"]
    assert refusal["slug"] == "attendant-taken"
    assert refusal["facts"]["clients"] == [str(person.client_id)]
    assert refusal["facts"]["rooms"] == [room["id"]]
    assert refusal["facts"]["therapists"] == [str(person.therapist_ref)]
    assert await world.refused("/sessions", {**talk, "therapist_ref": nurse["id"]}) == {
        "therapist-not-credentialed",
        "therapist-taken",
        "attendant-taken",
    }


async def test_an_overrun_is_an_alert_with_who_waits_next_and_nothing_else(world: World) -> None:
    person, room, _ = await until_dosed(world)
    other = await approved(world)
    waiting = await world.do(
        "/sessions",
        {
            "course_id": str(other.course_id),
            "kind": "prep",
            "room_id": room["id"],
            "starts_at": at("13:30").isoformat(),
        },
        role="front_desk",
    )
    await world.advance(at("12:29"))
    assert await _open_tasks(world, person) == {}
    await world.advance(at("12:30"))
    tasks = await _open_tasks(world, person)
    assert tasks == {
        "session_overruns": [f"room:{waiting['id']}", f"therapist:{waiting['id']}"],
    }
    shown = await world.get(f"/sessions/{person.session_id}")
    assert (shown["status"], shown["overrunning"]) == ("dosed", True)
    await world.do(f"/sessions/{person.session_id}/transfer", role="nurse")
    assert "session_overruns" not in await _open_tasks(world, person)


async def test_a_session_that_ends_in_time_alarms_nobody(world: World) -> None:
    person, _, _ = await until_started(world)
    await world.do(f"/sessions/{person.session_id}/stop", {"by_role": "client"})
    await world.tell(person, person.closed())
    await world.advance(at("12:31"))
    assert await _open_tasks(world, person) == {}


async def test_a_new_escort_settles_the_search_for_one(world: World) -> None:
    person, _ = await _until_booked(world)
    shown = await world.get(f"/sessions/{person.session_id}")
    await world.do(f"/escorts/{shown['escorts'][0]['id']}/cancellation", role="front_desk")
    assert "find_escort" in await _open_tasks(world, person)
    escort = {"name": "Sam", "phone": "+13105550111", "relationship": "friend", "adult": True}
    await world.do(f"/sessions/{person.session_id}/escorts", escort, role="front_desk")
    assert await _open_tasks(world, person) == {}


async def test_a_closed_course_asks_for_its_follow_up_until_it_is_booked(world: World) -> None:
    """F97."""
    room = await furnished(world)
    person = await approved(world)
    due = world.now() + timedelta(days=30)
    closed = intake.CourseClosed(outcome=CourseOutcome.COMPLETED, followup_due_at=due)
    await world.tell(person, closed)
    assert await _open_tasks(world, person) == {"arrange_follow_up": [due.isoformat()]}
    body = {"course_id": str(person.course_id), "starts_at": at("10:00", 25).isoformat()}
    assert await world.refused("/sessions", dosing(person, room, at("10:00", 25))) >= {
        "course-is-over"
    }
    await world.do("/sessions", {**body, "kind": "follow_up"}, role="front_desk")
    assert await _open_tasks(world, person) == {}


async def _open_tasks(world: World, person: Person) -> dict[str, list[str]]:
    listed = await world.get("/tasks", course_id=str(person.course_id), status="open")
    return {task["kind"]: task["details"] for task in listed["items"]}
