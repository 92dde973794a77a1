"""Each shipped protocol, in a clinic that was really started with it, runs a whole course."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.journeys import by_protocol
from cli.journeys.practices import PRACTICES
from cli.journeys.stage import stage
from shared.protocol.loader import CLINICS
from tests.support.furnished_clinics import clinic_furnished_anew
from tests.support.started_clinic import StartedClinic


@pytest.fixture(params=sorted(PRACTICES))
def practice(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def its_clinic(tmp_path: Path, practice: str) -> Iterator[StartedClinic]:
    file = CLINICS / f"{practice}.yaml"
    with clinic_furnished_anew(tmp_path, CARETEAM_PROTOCOL_FILE=str(file)) as started:
        yield started


@pytest.mark.clinic
@pytest.mark.real
async def test_a_client_goes_from_the_inquiry_to_the_closed_course(
    its_clinic: StartedClinic, practice: str
) -> None:
    told: list[str] = []
    async with stage(its_clinic.reach, told.append) as place:
        checked = await by_protocol.play(place, practice)
    wrong = [one for one in checked if not one.holds]
    assert wrong == [], "\n".join(told)


def test_there_is_a_journey_for_every_file() -> None:
    assert sorted(PRACTICES) == sorted(path.stem for path in CLINICS.glob("*.yaml"))
