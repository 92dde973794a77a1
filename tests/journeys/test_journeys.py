"""The journeys, against a clinic that was really started."""

import time
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx
import pytest

from cli.clinic.asking import API
from cli.journeys import course_of_care as care
from cli.journeys import passages
from cli.journeys.catalogue import JOURNEYS
from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage, stage
from tests.journeys.on_the_team import DOUBTFUL, GONE, SHOWN, hand_over, signed_in_everywhere
from tests.support.started_clinic import StartedClinic
from tests.support.waiting import eventually

pytestmark = [pytest.mark.clinic, pytest.mark.real]


@pytest.mark.parametrize("name", sorted(JOURNEYS))
async def test_a_journey_ends_as_it_has_to(clinic: StartedClinic, name: str) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        checked = await JOURNEYS[name].play(place)
    wrong = [one for one in checked if not one.holds]
    assert wrong == [], "\n".join(told)
    assert len(checked) >= 5


async def test_a_record_is_opened_in_an_emergency_in_one_service_for_an_hour(
    clinic: StartedClinic,
) -> None:
    """E9: in each service by itself, to read and nothing else; whoever has to know is told in a
    minute; a block stays one; and it is over to the minute."""
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_the_day(place, "Opened Elsewhere")
        hold = await place.do("front_desk", "scheduling", f"/courses/{course.id}/holds", {})
        strangers = {
            "intake": Stranger(clinic, "intake", "therapist"),
            "prescribing": Stranger(clinic, "prescribing", "prescriber"),
            "scheduling": Stranger(clinic, "scheduling", "therapist"),
        }
        for opened in range(len(strangers)):
            seen = [await one.sees(course) for one in strangers.values()]
            assert seen == [number < opened for number in range(len(strangers))]
            await list(strangers.values())[opened].opens(course)
        told_by = time.monotonic() + MOST_SECONDS_UNTIL_TOLD
        for role in ("therapist", "prescriber", "operator"):
            await eventually(partial(_told_of_all, place, role, course), seconds=60)
        assert time.monotonic() < told_by

        for path in (f"/holds/{hold['id']}/lift", f"/sessions/{course.session}/start"):
            assert await strangers["scheduling"].tries(path, {}) == GONE
        gates = await place.see("therapist", "scheduling", f"/sessions/{course.session}/gates")
        start = next(one for one in gates["gates"] if "start" in one["gate"].lower())
        owed = [(one["fact"], one["owner"]) for one in start["missing"]]
        assert ("the hold logistics lifted", "scheduling") in owed

        await place.at("10:29")
        assert [await one.sees(course) for one in strangers.values()] == [True] * 3
        await place.at("10:30")
        assert [await one.sees(course) for one in strangers.values()] == [False] * 3


async def test_who_leaves_a_team_reads_no_more_at_any_screen_that_was_open(
    clinic: StartedClinic,
) -> None:
    """E3: a session at each service goes on, and the client is gone from it, for who left alone."""
    async with (
        stage(clinic.reach, lambda _line: None) as place,
        signed_in_everywhere(clinic) as member,
    ):
        await place.at("09:00")
        course = await care.registered(place, "Passed On", "1988-04-12")
        await care.team(place, course)
        comer = Stranger(clinic, "notifications", "therapist")
        assert (await member.sees(course), await comer.sees(course)) == ([SHOWN] * 4, False)
        since = await hand_over(place, course, 1)
        denied = await member.denied(course, since=since)
        assert {how for how, _ in denied.values()} == {GONE}
        assert max(seconds for _, seconds in denied.values()) <= MOST_SECONDS_UNTIL_DENIED
        await place.settled()
        assert (await member.sees(course), await comer.sees(course)) == ([GONE] * 4, True)


@pytest.mark.faults
async def test_who_leaves_a_team_is_denied_in_two_seconds_and_in_a_minute_without_a_bus(
    clinic: StartedClinic,
) -> None:
    """E3, on a machine that does nothing else. Without a bus nobody hears of it: what was told of
    teams is relied on for a minute, and then on nothing."""
    async with (
        stage(clinic.reach, lambda _line: None) as place,
        signed_in_everywhere(clinic) as member,
    ):
        await place.at("09:00")
        course = await care.registered(place, "Passed To And Fro", "1988-04-12")
        await care.team(place, course)
        for _ in range(20):
            since = await hand_over(place, course, 1)
            denied = await member.denied(course, since=since)
            assert max(seconds for _, seconds in denied.values()) <= 2.0, denied
            await hand_over(place, course, 0)
            await place.settled()

        with clinic.without("nats"):
            since = await hand_over(place, course, 1)
            denied = await member.denied(course, since=since)
            assert denied["intake"][0] == GONE
            assert {how for of, (how, _) in denied.items() if of != "intake"} == {DOUBTFUL}
            assert max(seconds for _, seconds in denied.values()) <= MOST_SECONDS_UNTIL_DENIED
        await place.settled()
        assert await member.sees(course) == [GONE] * 4


MOST_SECONDS_UNTIL_DENIED: Final = 60.0
MOST_SECONDS_UNTIL_TOLD: Final = 60.0
OPENED: Final = {"reason": "care_team_absent", "explanation": "Nobody of the team can be reached."}


@dataclass(frozen=True, slots=True)
class Stranger:
    """The clinic's second person of a role, who has nothing to do with the client, in a service."""

    clinic: StartedClinic
    service: str
    role: str

    async def sees(self, course: Course) -> bool:
        answer = await self._ask("GET", f"/courses/{course.id}/standing")
        assert answer.status_code in {httpx.codes.OK, GONE}, answer.text
        return answer.is_success

    async def opens(self, course: Course) -> None:
        path = f"/clients/{course.client}/emergency-access"
        assert (await self._ask("POST", path, OPENED)).status_code == httpx.codes.CREATED

    async def tries(self, path: str, body: dict[str, Any]) -> int:
        return (await self._ask("POST", path, body)).status_code

    async def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        people = [one for one in self.clinic.record.sign_ins if one.role == self.role]
        headers = {"Authorization": f"Bearer {people[1].token}"}
        url = self.clinic.reach.services[self.service] + API + path
        async with httpx.AsyncClient(timeout=30) as http:
            return await http.request(method, url, json=body, headers=headers)


async def _told_of_all(place: Stage, role: str, course: Course) -> bool:
    found = await place.see(role, "notifications", "/inbox", course_id=course.id)
    return [one["kind"] for one in found["items"]].count("emergency_access") == 3
