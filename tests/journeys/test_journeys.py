"""The journeys, against a clinic that was really started."""

import pytest

from cli.journeys.catalogue import JOURNEYS
from cli.journeys.stage import stage
from tests.journeys.conftest import StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]


@pytest.mark.parametrize("name", sorted(JOURNEYS))
async def test_a_journey_ends_as_it_has_to(clinic: StartedClinic, name: str) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        checked = await JOURNEYS[name].play(place)
    wrong = [one for one in checked if not one.holds]
    assert wrong == [], "\n".join(told)
    assert len(checked) >= 5
