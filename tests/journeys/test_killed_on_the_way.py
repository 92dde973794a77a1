"""kill -9 of any process at any step of a journey, and the journey ends in the same state."""

import random

import pytest

from cli.clinic.services import SERVICES
from cli.journeys.catalogue import JOURNEYS
from cli.journeys.stage import stage
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real, pytest.mark.faults]

PARTS = (*SERVICES, "nats", "postgres")


@pytest.mark.parametrize(("journey", "seed"), [("J1", 1), ("J1", 2), ("J9", 3), ("R2-after", 4)])
async def test_a_journey_survives_the_death_of_any_process(
    clinic: StartedClinic, journey: str, seed: int
) -> None:
    chance = random.Random(seed)
    killed: list[str] = []
    order = [*PARTS, *PARTS]
    chance.shuffle(order)
    steps = 0

    def kill_now_and_then() -> None:
        nonlocal steps
        steps += 1
        if order and steps % 2 == 0:
            part = order.pop()
            clinic.kill(part)
            killed.append(f"{steps}: {part}")

    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        place.before_step = kill_now_and_then
        checked = await JOURNEYS[journey].play(place)
    assert {k.split(": ")[1] for k in killed} == set(PARTS), killed
    assert [one for one in checked if not one.holds] == [], "\n".join([*killed, *told])
