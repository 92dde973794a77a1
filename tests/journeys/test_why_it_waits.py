"""`careteam why` of clients who wait for different things: each thing by its name and its owner."""

import json
import subprocess
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import httpx
import pytest

from cli.journeys import course_of_care as care
from cli.journeys import passages, race_escort
from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage, stage
from tests.support.started_clinic import CARETEAM, ROOT, StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]

Owned = tuple[str, str]


def asked(clinic: StartedClinic, subject: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CARETEAM, "why", subject, *words, "--data", str(clinic.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def missing(clinic: StartedClinic, subject: str) -> list[Owned]:
    """What it names, first things first, each with the service that can supply it."""
    told = asked(clinic, subject, "--json")
    assert told.returncode == 0, told.stderr
    return [(one["fact"], one["owner"]) for one in json.loads(told.stdout)["missing"]]


async def test_a_client_who_is_not_prepared(clinic: StartedClinic) -> None:
    async with stage(clinic.reach, lambda _line: None) as place:
        await place.at("09:00")
        course = await care.registered(place, "Edda Rhys", "1981-05-02")
        await care.team(place, course)
        await care.screened(place, course)
        await care.evaluated(place, course)
        await care.consented(place, course)
    assert ("the preparation", "scheduling") in missing(clinic, course.id)


async def _is_held(place: Stage, course: Course) -> None:
    await place.do("front_desk", "scheduling", f"/courses/{course.id}/holds", {})


async def _revoked(place: Stage, course: Course) -> None:
    await care.revoked(place, course)


async def _stands_alone(place: Stage, course: Course) -> None:
    await race_escort.cancelled(place, course)


Cause = Callable[[Stage, Course], Awaitable[None]]
BLOCKED: Final[Mapping[str, tuple[Cause, Owned]]] = {
    "hold open": (_is_held, ("the hold logistics lifted", "scheduling")),
    "prescription revoked": (
        _revoked,
        ("an active prescription with a session left", "prescribing"),
    ),
    "escort cancelled": (_stands_alone, ("an escort", "scheduling")),
}


@pytest.mark.parametrize("cause", BLOCKED)
async def test_a_session_that_cannot_begin(clinic: StartedClinic, cause: str) -> None:
    block, named = BLOCKED[cause]
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_booked(place, f"Why {cause}")
        assert named not in missing(clinic, course.session)
        await block(place, course)
    assert named in missing(clinic, course.session)


async def test_consent_that_was_withdrawn(clinic: StartedClinic) -> None:
    """It ends the session and the course; neither is told to be ready for a next step."""
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_booked(place, "Why withdrawn")
        await care.withdrawn(place, course)
    said = asked(clinic, course.session).stdout
    assert "The session is cancelled" in said
    assert "nothing is missing" not in said
    assert missing(clinic, course.id) == [("a course that goes on", "intake")]


@pytest.mark.faults
async def test_a_service_that_is_silent(clinic: StartedClinic) -> None:
    """The others answer, it is named, and what a start was refused for stands in the receipt.

    After some time of silence what is known of it counts as stale, and that is said too.
    """
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_the_day(place, "Why silent")
        await place.do("front_desk", "scheduling", f"/sessions/{course.session}/check-in")
        with clinic.silent("prescribing"):
            refused = await place.send(
                "therapist", "scheduling", f"/sessions/{course.session}/start", patience=1
            )
            told = asked(clinic, course.session)
            while "cannot-prove-safe-prescribing" not in told.stdout:
                told = asked(clinic, course.session)
    assert refused.status_code == httpx.codes.SERVICE_UNAVAILABLE, refused.text
    assert "prescribing-did-not-answer" in {one["slug"] for one in refused.json()["refusals"]}
    assert told.returncode == 0, told.stderr
    assert "prescribing:" in told.stderr
    assert "scheduling last decided G-START: refused" in told.stdout
