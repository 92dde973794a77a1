"""Two who book at the same moment, and a database that refuses if anybody ever forgets."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.integration.scheduling.care import approved, booked, dosing, furnished, prepared
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.parts import FreshDatabase
from tests.support.voices import at

pytestmark = pytest.mark.real

INSERT = """
    INSERT INTO resource_bookings (session_id, resource_no, during, active, occupied)
    VALUES ($1, $2, tstzrange($3, $4), $5, $6)
"""


async def _book(world: World, bodies: list[dict[str, object]]) -> list[httpx.Response]:
    posts = (world.post("/sessions", body, role="front_desk") for body in bodies)
    return list(await asyncio.gather(*posts))


async def test_of_two_bookings_of_one_room_one_is_refused_and_names_the_other(
    world: World,
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    people = [await approved(world) for _ in range(6)]
    second = await world.do(
        "/clinicians",
        {
            "name": "Second",
            "role": "therapist",
            "license_valid_until": "2027-01-01",
            "kap_training_valid_until": "2027-01-01",
        },
        role="operator",
    )
    bodies = [
        {
            "course_id": str(person.course_id),
            "kind": "prep",
            "starts_at": (at("10:00", 9) + timedelta(minutes=5 * number)).isoformat(),
            "room_id": room["id"],
            "therapist_ref": second["id"] if number % 2 else str(person.therapist_ref),
        }
        for number, person in enumerate(people)
    ]
    answers = await _book(world, bodies)
    won = [a.json() for a in answers if a.status_code == 201]
    lost = [a.json() for a in answers if a.status_code == 409]
    assert (len(won), len(lost)) == (1, 5)
    for problem in lost:
        taken = {r["slug"]: r["facts"] for r in problem["refusals"]}
        assert taken["room-taken"]["sessions"] == [won[0]["id"]]
        assert taken["room-taken"]["resource_id"] == room["id"]
    listed = await world.get("/sessions", day="2026-03-09", room_id=room["id"])
    assert [s["id"] for s in listed["items"]] == [won[0]["id"]]


async def test_a_therapist_and_a_client_are_not_promised_twice(world: World) -> None:
    await furnished(world)
    await world.advance(at("09:00", 5))
    one, other = await approved(world), await approved(world)

    def prep(person: Person, clock: str) -> dict[str, str]:
        starts = at(clock, 9).isoformat()
        return {"course_id": str(person.course_id), "kind": "prep", "starts_at": starts}

    first = await world.do("/sessions", prep(one, "10:00"), role="front_desk")
    assert await world.refused("/sessions", prep(other, "10:30"), role="front_desk") == {
        "therapist-taken"
    }
    assert await world.refused("/sessions", prep(one, "10:30"), role="front_desk") == {
        "therapist-taken",
        "client-taken",
    }
    await world.do("/sessions", prep(other, "11:00"), role="front_desk")
    await world.do(f"/sessions/{first['id']}/cancellation", {"by_role": "client"})
    await world.do("/sessions", prep(one, "10:00"), role="front_desk")


async def test_a_dosing_booking_holds_its_buffer_too(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    one, other = await approved(world), await approved(world)
    await prepared(world, one)
    await booked(world, one, room, at("09:30"))
    inside = {
        "course_id": str(other.course_id),
        "kind": "prep",
        "room_id": room["id"],
        "starts_at": at("13:00").isoformat(),
    }
    slugs = await world.refused("/sessions", inside, role="front_desk")
    assert slugs == {"room-taken", "therapist-taken"}
    await world.do("/sessions", {**inside, "starts_at": at("13:30").isoformat()}, role="front_desk")


async def test_moving_goes_through_the_same_gate(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    one = await approved(world)
    await prepared(world, one)
    await booked(world, one, room, at("09:30"))
    path = f"/sessions/{one.session_id}"
    moved = await world.do(
        f"{path}/reschedule", {"starts_at": at("09:30", 11).isoformat()}, role="front_desk"
    )
    assert (moved["schedule_version"], moved["escort_confirmed"]) == (2, False)
    await world.do(f"{path}/reschedule", {"starts_at": at("10:00", 11).isoformat()})
    slugs = await world.refused(f"{path}/reschedule", {"starts_at": at("09:30", 1).isoformat()})
    assert slugs == {"starts-in-the-past"}
    receipts = await world.get("/receipts", subject_id=str(one.session_id))
    assert [r["allowed"] for r in receipts if r["gate"] == "G-BOOK"].count(False) == 1


async def test_a_refused_booking_leaves_a_receipt_and_nothing_else(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    one = await approved(world)
    slugs = await world.refused("/sessions", dosing(one, room, at("09:30")), role="front_desk")
    assert slugs == {"preparation-not-planned"}
    listed = await world.get("/sessions", course_id=str(one.course_id))
    assert listed["items"] == []
    receipts = await world.get("/receipts", course_id=str(one.course_id))
    assert [(r["gate"], r["allowed"]) for r in receipts] == [("G-BOOK", False)]


async def test_a_course_that_was_never_told_of_is_not_found(world: World) -> None:
    room = await furnished(world)
    stranger = world.person()
    answer = await world.post("/sessions", dosing(stranger, room, at("09:30")), role="front_desk")
    assert answer.status_code == 404


async def test_the_database_itself_refuses_a_second_promise(fresh_database: FreshDatabase) -> None:
    """The negative twin: whoever forgets to lock and to look is still refused."""
    connection = await fresh_database("scheduling").connect("app")
    number = await connection.fetchval(
        "INSERT INTO resources (kind, owner) VALUES ('room', $1) RETURNING resource_no", uuid4()
    )
    window = (at("09:30"), at("13:30"))
    await connection.execute(INSERT, uuid4(), number, *window, True, False)
    with pytest.raises(asyncpg.ExclusionViolationError):
        await connection.execute(INSERT, uuid4(), number, at("13:29"), at("14:00"), True, False)
    await connection.execute(INSERT, uuid4(), number, at("13:30"), at("14:00"), True, False)
    await connection.execute(INSERT, uuid4(), number, *window, False, True)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(INSERT, uuid4(), number, *window, False, True)
    await connection.close()


async def test_the_database_itself_refuses_a_second_open_dosing_session(
    fresh_database: FreshDatabase,
) -> None:
    """INV-15."""
    connection = await fresh_database("scheduling").connect("app")
    client = uuid4()
    insert = """
        INSERT INTO sessions (id, client_id, version, changed_at, body, kind, status, starts_at,
                              reserved_until, therapist_ref, here, open_dosing)
        VALUES ($1, $2, 1, now(), '{}', 'dosing', 'dosed', now(), now(), $3, true, $4)
    """
    await connection.execute(insert, uuid4(), client, uuid4(), True)
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(insert, uuid4(), client, uuid4(), True)
    await connection.execute(insert, uuid4(), client, uuid4(), False)
    await connection.execute(insert, uuid4(), uuid4(), uuid4(), True)
    await connection.close()
