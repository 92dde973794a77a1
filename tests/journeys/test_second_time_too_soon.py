"""A client who was booked twice on one day, and comes back before the restriction is over.

Everything that would have refused it was passed before the first dose: booked in the morning, and
checked in for the evening as well. What is left is the gate before the start (ruling 22, INV-34).
"""

import httpx
import pytest

from cli.journeys import after_dose as after
from cli.journeys import booking, passages
from cli.journeys import dosing_day as day
from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage, stage
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]


async def _start(place: Stage, session: str) -> httpx.Response:
    return await place.send("therapist", "scheduling", f"/sessions/{session}/start")


def _slugs(answer: httpx.Response) -> set[str]:
    assert answer.status_code == httpx.codes.CONFLICT, answer.text
    return {one["slug"] for one in answer.json()["refusals"]}


async def _twice_on_one_day(place: Stage) -> tuple[Course, str]:
    """Booked for the morning and the evening, and received for both in the morning."""
    course = await passages.until_booked(place, "Too Soon")
    morning, escort, order = course.session, course.escort, course.order
    course.session = (await booking.dosing_booked(place, course, days=4, clock="19:00"))["id"]
    await booking.escorted(place, course, "Ada Vale")
    evening = course.session
    course.session, course.escort, course.order = morning, escort, order
    await place.at("09:30", days=4)
    await place.do("front_desk", "scheduling", f"/sessions/{evening}/check-in")
    return course, evening


async def test_nothing_starts_while_the_restriction_of_the_morning_lasts(
    clinic: StartedClinic,
) -> None:
    async with stage(clinic.reach, lambda _line: None) as place:
        course, evening = await _twice_on_one_day(place)
        await day.started(place, course)
        await day.dosed(place, course)
        await after.ended_and_home(place, course)

        await place.at("19:00")
        assert "restriction-in-force" in _slugs(await _start(place, evening))
        wanted = await booking.dosing_wanted(place, course, days=0, clock="20:29")
        await place.refused(
            "front_desk", "scheduling", "/sessions", wanted, because="inside-restriction"
        )

        await place.at("20:29")
        assert "restriction-in-force" in _slugs(await _start(place, evening))

        await place.at("20:30")
        late = _slugs(await _start(place, evening))
        assert "restriction-in-force" not in late
        assert {"dose-not-authorised", "integration-not-held"} <= late
