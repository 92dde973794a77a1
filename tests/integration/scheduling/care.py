"""The usual way of a client through scheduling, step by step."""

from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from careteam_contracts.base import Event
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import REFS, at

Shown: TypeAlias = dict[str, Any]

CHECKLIST = {
    "rapport_built": True,
    "history_gathered": True,
    "suitability_reassessed": True,
    "intentions_set": True,
    "coping_strategies_taught": True,
    "differences_reviewed": True,
}
ESCORT: Shown = {
    "name": "Robin Marker-Vale",
    "phone": "+13105550145",
    "relationship": "sibling",
    "adult": True,
}


async def furnished(world: World) -> Shown:
    """A dosing room, and a therapist whose papers last. Returns the room."""
    room: Shown = await world.do(
        "/rooms",
        {"name": "Cedar", "dosing_capable": True, "iv_capable": False, "monitor": True},
        role="front_desk",
    )
    await clinician(world, "therapist")
    return room


async def clinician(world: World, role: str, **changes: Any) -> Any:
    body = {
        "name": role.title(),
        "role": role,
        "ref": str(REFS.get(role)),
        "license_valid_until": "2027-06-30",
        "kap_training_valid_until": "2027-06-30T00:00:00Z",
    }
    return await world.do("/clinicians", {**body, **changes}, role="operator")


async def approved(world: World) -> Person:
    """Known, approved, consented, prescribed; prepared on the two days before."""
    person = world.person()
    await world.tell(person, *person.beginning(world.now()), person.prescribed(world.now()))
    return person


async def prepared(world: World, person: Person) -> None:
    """Two talks and a signature, on March 6 and 7."""
    for day in (6, 7):
        await world.advance(at("09:00", day))
        await talk(world, person, "prep", at("10:00", day), at("10:50", day))
    answer = await world.do(f"/courses/{person.course_id}/preparation", {"checklist": CHECKLIST})
    assert answer["status"] == "completed"


async def talk(world: World, person: Person, kind: str, starts: datetime, ends: datetime) -> Shown:
    booked: Shown = await world.do(
        "/sessions",
        {"course_id": str(person.course_id), "kind": kind, "starts_at": starts.isoformat()},
        role="front_desk",
    )
    await world.advance(starts)
    await world.do(f"/sessions/{booked['id']}/check-in", role="front_desk")
    await world.do(f"/sessions/{booked['id']}/start")
    await world.advance(ends)
    ended: Shown = await world.do(f"/sessions/{booked['id']}/end", {})
    return ended


def dosing(person: Person, room: Shown, starts: datetime, **changes: Any) -> Shown:
    body = {
        "course_id": str(person.course_id),
        "kind": "dosing",
        "starts_at": starts.isoformat(),
        "block_minutes": 180,
        "room_id": room["id"],
        "therapist_ref": str(person.therapist_ref),
        "supervisor_ref": str(person.prescriber_ref),
        "setting": "in_clinic",
    }
    return {**body, **changes}


async def booked(world: World, person: Person, room: Shown, starts: datetime) -> Shown:
    """A dosing session with its escort and its authorised order. Returns the escort."""
    session = await world.do("/sessions", dosing(person, room, starts), role="front_desk")
    person.session_id = UUID(session["id"])
    escort: Shown = await world.do(f"/sessions/{session['id']}/escorts", ESCORT, role="front_desk")
    until = datetime.fromisoformat(session["planned_end_at"])
    await world.tell(person, person.dose_authorised(until))
    return escort


async def ready_to_start(world: World, person: Person, day: int = 10) -> None:
    """Arrived, checked, assented: everything but the start."""
    path = f"/sessions/{person.session_id}"
    await world.advance(at("09:35", day))
    await world.do(f"{path}/check-in", role="front_desk")
    await world.advance(at("09:45", day))
    await world.tell(person, person.check_passed(world.now()))
    await world.do(f"{path}/assent", {"process_explained": True})
    await world.advance(at("09:50", day))


async def until_started(world: World, day: int = 10) -> tuple[Person, Shown, Shown]:
    """A client in the opening of a dosing session. Returns the client, the room, the escort."""
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    escort = await booked(world, person, room, at("09:30", day))
    await ready_to_start(world, person, day)
    started = await world.do(f"/sessions/{person.session_id}/start")
    assert started["status"] == "in_progress"
    return person, room, escort


async def until_dosed(world: World) -> tuple[Person, Shown, Shown]:
    person, room, escort = await until_started(world)
    await world.advance(at("10:00"))
    await world.tell(person, person.administered(world.now()))
    return person, room, escort


async def until_recovering(world: World) -> tuple[Person, Shown, Shown]:
    person, room, escort = await until_dosed(world)
    await world.advance(at("12:30"))
    await world.do(f"/sessions/{person.session_id}/end", {})
    await world.tell(person, person.closed())
    return person, room, escort


async def status(world: World, person: Person) -> str:
    shown = await world.get(f"/sessions/{person.session_id}")
    return str(shown["status"])


async def hears(world: World, person: Person, *events: Event) -> str:
    """The status after these events took effect."""
    await world.tell(person, *events)
    return await status(world, person)
