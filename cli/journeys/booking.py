"""Booking: rooms, talk sessions, dosing sessions, and who takes the client home."""

from typing import Any

from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage
from cli.trouble import Trouble


async def dosing_room(stage: Stage) -> Any:
    return next(room for room in await _rooms(stage) if room["dosing_capable"])


async def talk_room(stage: Stage) -> Any:
    rooms = await _rooms(stage)
    return next((room for room in rooms if not room["dosing_capable"]), rooms[0])


async def _rooms(stage: Stage) -> list[Any]:
    rooms: list[Any] = (await stage.see("front_desk", "scheduling", "/rooms"))["items"]
    if not any(room["dosing_capable"] for room in rooms):
        raise Trouble(
            "this clinic has no room for dosing: start one without `--empty`, or open a room on"
            " the roster page and enter the clinicians there"
        )
    return rooms


async def talk_booked(stage: Stage, course: Course, kind: str, clock: str, *, days: int = 0) -> str:
    """A session without medicine, booked; returns its id."""
    booked = await stage.do(
        "front_desk",
        "scheduling",
        "/sessions",
        {
            "course_id": course.id,
            "kind": kind,
            "starts_at": stage.moment(clock, days=days),
            "block_minutes": 60,
            "therapist_ref": stage.ref("therapist"),
            "setting": "in_clinic",
            "room_id": (await talk_room(stage))["id"],
        },
    )
    session: str = booked["id"]
    return session


async def talk_held(stage: Stage, session: str, start: str, end: str) -> None:
    """A booked talk session from check-in to its end, on the day it is."""
    await stage.at(start)
    await stage.do("front_desk", "scheduling", f"/sessions/{session}/check-in")
    await stage.do("therapist", "scheduling", f"/sessions/{session}/start")
    await stage.at(end)
    await stage.do("therapist", "scheduling", f"/sessions/{session}/end", {})


async def talk(stage: Stage, course: Course, kind: str, start: str, end: str) -> str:
    """A session without medicine, from booking to its end, on the day it is."""
    session = await talk_booked(stage, course, kind, start)
    await talk_held(stage, session, start, end)
    return session


async def dosing_wanted(
    stage: Stage, course: Course, *, days: int, clock: str = "09:30"
) -> dict[str, Any]:
    """What the front desk sends to book a dosing session some days ahead."""
    return {
        "course_id": course.id,
        "kind": "dosing",
        "starts_at": stage.moment(clock, days=days),
        "block_minutes": 180,
        "room_id": (await dosing_room(stage))["id"],
        "therapist_ref": stage.ref("therapist"),
        "supervisor_ref": stage.ref("prescriber"),
        "setting": "in_clinic",
    }


async def dosing_booked(stage: Stage, course: Course, *, days: int, clock: str = "09:30") -> Any:
    """A dosing session some days ahead, as the front desk sees it then."""
    wanted = await dosing_wanted(stage, course, days=days, clock=clock)
    return await stage.do("front_desk", "scheduling", "/sessions", wanted)


async def booked(stage: Stage, course: Course, *, days: int) -> None:
    """The dosing session some days ahead, and the person who takes the client home."""
    course.session = (await dosing_booked(stage, course, days=days))["id"]
    stage.say("The front desk books the dosing session; room and therapist are held.")
    await escorted(stage, course)
    await ordered(stage, course)


async def escorted(stage: Stage, course: Course, name: str = "Robin Vale") -> None:
    """Somebody promises to take the client home."""
    escort = await stage.do(
        "front_desk",
        "scheduling",
        f"/sessions/{course.session}/escorts",
        {"name": name, "phone": "+13105550145", "relationship": "sibling", "adult": True},
    )
    course.escort = escort["id"]
    stage.say("A trusted adult promises to take the client home.")


async def ordered(stage: Stage, course: Course) -> None:
    """The order that prescribing made for the session; the newest, if it was moved."""
    orders = await stage.see("prescriber", "prescribing", "/dose-orders", session_id=course.session)
    course.order = orders["items"][-1]["id"]


async def prepared(stage: Stage, course: Course) -> None:
    """Two preparation sessions, and the therapist's signature under them."""
    for number in (1, 2):
        await stage.at("08:00", days=1)
        await talk(stage, course, "prep", "10:00", "10:50")
        stage.say(f"Preparation session {number} is done.")
    await stage.do(
        "therapist",
        "scheduling",
        f"/courses/{course.id}/preparation",
        {
            "checklist": {
                "rapport_built": True,
                "history_gathered": True,
                "suitability_reassessed": True,
                "intentions_set": True,
                "coping_strategies_taught": True,
                "differences_reviewed": True,
            }
        },
    )
    stage.say("The therapist signs: prepared.")


async def next_booked(stage: Stage, course: Course, *, days: int) -> Any:
    """An integration session some days ahead, and five days later the next dosing session.

    Both are in the afternoon, so that what a journey leaves booked is in nobody's way.
    """
    await talk_booked(stage, course, "integration", "16:00", days=days)
    return await dosing_booked(stage, course, days=days + 5, clock="14:30")
