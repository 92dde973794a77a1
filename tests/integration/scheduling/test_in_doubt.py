"""Events that wait or are parked: the start is refused, and the gates say what to wait for."""

import pytest
import sqlalchemy as sa

from careteam_contracts.enums import RecoveryOutcome
from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    approved,
    booked,
    furnished,
    prepared,
    ready_to_start,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def _ready(world: World) -> Person:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    await ready_to_start(world, person)
    return person


async def _start_waits_for(world: World, person: Person) -> dict[str, tuple[str, str]]:
    """By fact, who owns it and what to do, as the gate of the start shows it."""
    shown = await world.get(f"/sessions/{person.session_id}/gates")
    [start] = [gate for gate in shown["gates"] if gate["gate"] == "G-START"]
    return {one["fact"]: (one["owner"], one["action"]) for one in start["missing"]}


async def test_a_parked_event_is_to_be_redriven_where_it_is_parked(world: World) -> None:
    person = await _ready(world)
    assert await _start_waits_for(world, person) == {}
    async with world.service.database.engine.begin() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO lane_events (event_id, client_id, producer, client_sequence, type,"
                " stream_sequence, headers, payload, parked_at) VALUES"
                " (:e, :c, 'intake', 99, 'x', 99, '{}', '', now())"
            ),
            {"e": new_id(), "c": person.client_id},
        )
    refused = await world.refused(f"/sessions/{person.session_id}/start")
    assert refused == {"cannot-prove-safe-intake"}
    owner, _action = (await _start_waits_for(world, person))["the events of intake that are parked"]
    assert owner == "scheduling"


async def test_a_missing_event_is_waited_for(world: World) -> None:
    person = await _ready(world)
    world.voices["prescribing"].sequences[person.client_id] += 1
    await world.say(person, person.recovery_check(1, RecoveryOutcome.ON_TRACK))

    async def said() -> bool:
        return "all events of prescribing" in await _start_waits_for(world, person)

    await eventually(said)
    owner, action = (await _start_waits_for(world, person))["all events of prescribing"]
    assert owner == "prescribing"
    assert "asked for again" in action
