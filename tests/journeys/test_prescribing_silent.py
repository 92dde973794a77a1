"""Prescribing falls silent after a dose: two people clear, and it reconciles later (ruling 15)."""

from collections.abc import Mapping
from typing import Any

import pytest

from cli.journeys import after_dose as after
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.stage import Stage, stage
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real, pytest.mark.faults]


async def _until_ended(place: Stage, name: str) -> Course:
    course = await passages.until_dosed(place, name)
    await after.on_track(place, course)
    await place.at("12:30")
    await after.ended(place, course)
    await after.escort_arrived(place, course)
    await place.at("12:35")
    return course


def _statement(place: Stage, **other: Any) -> Mapping[str, Any]:
    return {
        "stated_dose_count": 1,
        "last_dose_at": place.moment("10:00"),
        "second_ref": place.ref("therapist"),
        "second_role": "therapist",
        "reason_code": "prescribing_unreachable",
        **other,
    }


async def _slugs(place: Stage, course: Course, **other: Any) -> list[str]:
    """What a manual clearance by the nurse is refused for; nothing when it is accepted."""
    answer = await place.send(
        "nurse",
        "scheduling",
        f"/sessions/{course.session}/manual-clearances",
        _statement(place, **other),
    )
    return [] if answer.is_success else [one["slug"] for one in answer.json()["refusals"]]


async def _home_without_prescribing(
    place: Stage, clinic: StartedClinic, course: Course, *, stated: int
) -> None:
    assert "prescribing-answers" in await _slugs(place, course)
    with clinic.silent("prescribing"):
        door = f"/sessions/{course.session}/discharge"
        shut = await place.send("front_desk", "scheduling", door, patience=0)
        assert not shut.is_success
        assert "two-named-people-needed" in await _slugs(
            place, course, second_ref=place.ref("nurse"), second_role="nurse"
        )
        assert "observed-too-short" in await _slugs(
            place, course, last_dose_at=place.moment("11:00")
        )
        assert await _slugs(place, course, stated_dose_count=stated) == []
        home = await place.send("front_desk", "scheduling", door)
        assert home.is_success, home.text
    await place.settled()


async def _final(place: Stage, course: Course, incidents: list[str]) -> list[Checked]:
    return await ends(
        place,
        course,
        intake={"course": "active", "dosed": 1},
        prescribing={
            "orders": ["closed(1)"],
            "recovery": "closed",
            "recovery ended": "discharged",
            "task reconcile_manual_clearance": "open",
            "incidents": incidents,
        },
        scheduling={"session": "discharged", "left as": "standard", "room free at": "12:35"},
        notifications={
            "restricted until": "20:30",
            "told of manual_clearance": "prescriber, therapist",
        },
    )


async def test_two_people_clear_and_prescribing_agrees_later(clinic: StartedClinic) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        course = await _until_ended(place, "Farah Winslow")
        await _home_without_prescribing(place, clinic, course, stated=1)
        checked = await _final(place, course, [])
    assert [one for one in checked if not one.holds] == [], "\n".join(told)


async def test_a_count_that_differs_alarms_people_at_once(clinic: StartedClinic) -> None:
    told: list[str] = []
    async with stage(clinic.reach, told.append) as place:
        course = await _until_ended(place, "Gideon Sarpong")
        await _home_without_prescribing(place, clinic, course, stated=2)
        checked = await _final(place, course, ["manual_clearance_differs"])
        loops = await place.see("on_call", "notifications", "/escalations", course_id=course.id)
    assert [one for one in checked if not one.holds] == [], "\n".join(told)
    assert [one["status"] for one in loops["items"]] == ["open"]
