"""A therapist of the clinic with an open session at each service, and who is put in their place."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx

from cli.clinic.asking import API
from cli.clinic.services import SERVICES
from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage
from tests.support.at_the_door import AtTheDoor
from tests.support.started_clinic import StartedClinic

SHOWN: Final = 200
GONE: Final = 404
DOUBTFUL: Final = 503
"""On the team as far as is known, which is too long ago."""
_MOST_SECONDS: Final = 90.0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody signed in at all four services with one browser."""

    clinic: StartedClinic
    browser: AtTheDoor

    async def sees(self, course: Course) -> list[int]:
        """What each service answers when asked how this course stands."""
        return [await self._asks(service, course) for service in SERVICES]

    async def denied(self, course: Course, *, since: float) -> dict[str, tuple[int, float]]:
        """By service: how they were denied, and how many seconds later, asking all the time."""
        found = await asyncio.gather(*(self._until_denied(one, course, since) for one in SERVICES))
        return dict(zip(SERVICES, found, strict=True))

    async def _until_denied(self, service: str, course: Course, since: float) -> tuple[int, float]:
        while True:
            asked = time.monotonic()
            status = await self._asks(service, course)
            if status != SHOWN:
                return status, asked - since
            assert asked - since < _MOST_SECONDS, f"{service} shows it still"
            await asyncio.sleep(0.02)

    async def _asks(self, service: str, course: Course) -> int:
        url = f"{self.clinic.reach.services[service]}{API}/courses/{course.id}/standing"
        status = (await self.browser.open(url)).status_code
        assert status in {SHOWN, GONE, DOUBTFUL}, status
        return status


@asynccontextmanager
async def signed_in_everywhere(clinic: StartedClinic) -> AsyncIterator[Member]:
    """The clinic's first therapist, with a password and the issuer's page."""
    reach = clinic.reach
    login = next(one.login for one in reach.people if one.role == "therapist")
    password = reach.administration().new_password(login)
    async with httpx.AsyncClient(timeout=30) as http:
        browser = AtTheDoor(http, reach)
        for service in SERVICES:
            await browser.sign_in(service, login, password)
        yield Member(clinic, browser)


async def hand_over(place: Stage, course: Course, which: int) -> float:
    """Put one of the clinic's therapists in charge; returns when intake had agreed."""
    body = {
        "therapist_ref": place.ref("therapist", which),
        "prescriber_ref": place.ref("prescriber"),
    }
    path = f"/courses/{course.id}/care-team"
    answer = await place.send("front_desk", "intake", path, body)
    assert answer.is_success, answer.text
    return time.monotonic()
