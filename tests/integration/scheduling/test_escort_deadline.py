"""An escort who falls through: so many minutes for another, then no dose today (ruling 17)."""

import pytest

from tests.integration.scheduling.care import (
    ESCORT,
    Shown,
    approved,
    booked,
    furnished,
    prepared,
    status,
    until_dosed,
    until_started,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import at

pytestmark = pytest.mark.real


async def _booked(world: World) -> tuple[Person, Shown]:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    escort = await booked(world, person, room, at("09:30"))
    await world.advance(at("09:00"))
    return person, escort


async def _cancel(world: World, escort: dict[str, str]) -> None:
    await world.do(f"/escorts/{escort['id']}/cancellation", role="front_desk")


async def test_before_the_start_the_booking_is_cancelled_after_half_an_hour(world: World) -> None:
    person, escort = await _booked(world)
    await _cancel(world, escort)
    await world.advance(at("09:29"))
    assert await status(world, person) == "scheduled"
    await world.advance(at("09:30"))
    shown = await world.get(f"/sessions/{person.session_id}")
    assert (shown["status"], shown["cancelled_for"]) == ("cancelled", "logistics")


async def test_another_escort_or_another_time_saves_it(world: World) -> None:
    person, escort = await _booked(world)
    path = f"/sessions/{person.session_id}"
    await _cancel(world, escort)
    another = await world.do(f"{path}/escorts", ESCORT, role="front_desk")
    await world.advance(at("09:31"))
    assert await status(world, person) == "scheduled"
    await _cancel(world, another)
    await world.do(f"{path}/reschedule", {"starts_at": at("09:30", 12).isoformat()})
    await world.advance(at("11:00"))
    assert await status(world, person) == "scheduled"


async def test_in_the_opening_the_session_is_aborted(world: World) -> None:
    person, _, escort = await until_started(world)
    await _cancel(world, escort)
    assert await status(world, person) == "in_progress"
    await world.advance(at("10:20"))
    assert await status(world, person) == "aborted"


async def test_after_a_dose_the_client_stays_and_somebody_looks_for_another(world: World) -> None:
    person, _, escort = await until_dosed(world)
    await _cancel(world, escort)
    await world.advance(at("10:45"))
    assert await status(world, person) == "dosed"
    assert "find_escort" in await _open_tasks(world, person)


async def _open_tasks(world: World, person: Person) -> list[str]:
    found = await world.get("/tasks", course_id=str(person.course_id), status="open")
    return [task["kind"] for task in found["items"]]
