"""A clinic goes over to a newer protocol: courses stay until two people bring them along."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cli.journeys import course_of_care as care
from cli.journeys.stage import Stage, stage
from cli.synthetic.furnishing import furnish
from tests.support.started_clinic import StartedClinic, free_base, start_clinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]

FIRST = "protocol_version: 1\nprotocol_name: ours\nprep: {min_sessions: 2}\n"
SECOND = "protocol_version: 2\nprotocol_name: ours\nprep: {min_sessions: 3}\n"


async def _registered(clinic: StartedClinic, name: str) -> care.Course:
    await furnish(clinic.reach)
    async with stage(clinic.reach, lambda _: None) as place:
        await place.at("09:00")
        course = await care.registered(place, name, "1979-02-11")
        await care.team(place, course)
    return course


async def _shown(place: Stage, course: care.Course) -> tuple[int, int]:
    """The version that intake shows, and the preparation that scheduling asks for by it."""
    at_intake = await place.see("therapist", "intake", f"/courses/{course.id}")
    preparation = await place.see("therapist", "scheduling", f"/courses/{course.id}/preparation")
    return at_intake["protocol_version"], preparation["needed"]


async def _after_the_switch(clinic: StartedClinic, before: care.Course) -> dict[str, Any]:
    found: dict[str, Any] = {}
    async with stage(clinic.reach, lambda _: None) as place:
        await place.at("09:00")
        after = await care.registered(place, "Noa Linde", "1991-07-23")
        await care.team(place, after)
        found["before"] = await _shown(place, before)
        found["after"] = await _shown(place, after)
        change = await place.do(
            "therapist",
            "intake",
            f"/courses/{before.id}/protocol-changes",
            {"to_version": 2},
        )
        made = await place.do(
            "prescriber", "intake", f"/protocol-changes/{change['id']}/signatures"
        )
        found["change"] = made["status"]
        found["moved"] = await _shown(place, before)
    return found


def test_courses_stay_with_their_version_until_they_are_brought_along(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.yaml").write_text(SECOND, encoding="utf-8")
    data, ports = tmp_path / "data", free_base()
    clinic = start_clinic(
        data, ports, "--empty", CARETEAM_PROTOCOL_FILE=str(tmp_path / "first.yaml")
    )
    try:
        course = asyncio.run(_registered(clinic, "Mara Quint"))
    finally:
        clinic.stop()
    clinic = start_clinic(
        data, ports, "--empty", CARETEAM_PROTOCOL_FILE=str(tmp_path / "second.yaml")
    )
    try:
        found = asyncio.run(_after_the_switch(clinic, course))
    finally:
        clinic.stop()
    assert found == {"before": (1, 2), "after": (2, 3), "change": "made", "moved": (2, 3)}
