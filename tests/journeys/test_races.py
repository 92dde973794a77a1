"""The races of section 7.2, run for real: two people act in the same moment.

What was acknowledged before is obeyed, although no event of it has arrived (ruling 6). What comes
together ends one way or the other, and then all four services say the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import httpx
import pytest

from cli.journeys import dosing_day as day
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.final import Checked, ends
from cli.journeys.shown import shown
from cli.journeys.stage import Stage, stage
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.clinic, pytest.mark.real]


async def _contraindication(place: Stage, course: Course) -> httpx.Response:
    form = {
        "programme": "mood",
        "indications": ["depression"],
        "findings": [{"code": "hallucinations", "context": "baseline"}],
    }
    return await place.send("therapist", "intake", f"/clients/{course.client}/screening", form)


async def _consent(place: Stage, course: Course) -> httpx.Response:
    signed = await place.see("therapist", "intake", f"/courses/{course.id}/consents")
    path = f"/consents/{signed['items'][-1]['id']}/withdrawal"
    return await place.send("therapist", "intake", path)


async def _prescription(place: Stage, course: Course) -> httpx.Response:
    path = f"/prescriptions/{course.prescription}/revocation"
    return await place.send("prescriber", "prescribing", path, {"hold_category": "medical"})


async def _escort(place: Stage, course: Course) -> httpx.Response:
    return await place.send("front_desk", "scheduling", f"/escorts/{course.escort}/cancellation")


async def _stop(place: Stage, course: Course) -> httpx.Response:
    return await place.send("nurse", "scheduling", f"/sessions/{course.session}/stop")


Cause = Callable[[Stage, Course], Awaitable[httpx.Response]]
CAUSES: Final[Mapping[str, Cause]] = {
    "contraindication": _contraindication,
    "consent": _consent,
    "prescription": _prescription,
    "escort": _escort,
}
DURING: Final[Mapping[str, Cause]] = {**CAUSES, "stop": _stop}


async def _start(place: Stage, course: Course) -> httpx.Response:
    return await place.send("therapist", "scheduling", f"/sessions/{course.session}/start")


async def _dose(place: Stage, course: Course) -> httpx.Response:
    path = f"/dose-orders/{course.order}/administrations"
    return await place.send("nurse", "prescribing", path, {"dose_seq": 1, "amount_mg": 200})


@pytest.mark.parametrize("cause", CAUSES)
async def test_no_start_after_what_was_acknowledged(clinic: StartedClinic, cause: str) -> None:
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await passages.until_the_day(place, f"Before start {cause}")
        await day.received(place, course)
        await day.assented(place, course)
        assert (await CAUSES[cause](place, course)).is_success
        refused = await _start(place, course)
        await place.settled()
        checked = await _never_dosed(place, course)
    assert refused.status_code == httpx.codes.CONFLICT, refused.text
    assert [one for one in checked if not one.holds] == []


@pytest.mark.parametrize("cause", DURING)
async def test_no_dose_after_what_was_acknowledged(clinic: StartedClinic, cause: str) -> None:
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await _ready_for_the_dose(place, f"Before dose {cause}")
        assert (await DURING[cause](place, course)).is_success
        refused = await _dose(place, course)
        await place.settled()
        checked = await _never_dosed(place, course)
    assert refused.status_code == httpx.codes.CONFLICT, refused.text
    assert [one for one in checked if not one.holds] == []


@pytest.mark.parametrize("cause", DURING)
async def test_together_all_services_agree(clinic: StartedClinic, cause: str) -> None:
    async with stage(clinic.reach, lambda _line: None) as place:
        course = await _ready_for_the_dose(place, f"Together {cause}")
        done, given = await asyncio.gather(DURING[cause](place, course), _dose(place, course))
        await place.settled()
        ends_as = _dosed if given.is_success else _never_dosed
        checked = await ends_as(place, course)
    assert done.is_success, done.text
    assert given.status_code in {httpx.codes.CREATED, httpx.codes.CONFLICT}, given.text
    assert [one for one in checked if not one.holds] == []


async def _ready_for_the_dose(place: Stage, name: str) -> Course:
    course = await passages.until_started(place, name)
    await place.at("09:58")
    await day.released(place, course)
    await place.at("10:00")
    return course


async def _never_dosed(place: Stage, course: Course) -> list[Checked]:
    """Half an hour later, with what was released given back: nothing was taken anywhere."""
    await place.at("10:35")
    order = await place.see("prescriber", "prescribing", f"/dose-orders/{course.order}")
    if order["medicine_out"]:
        await day.returned(place, course)
    session = await place.see("therapist", "scheduling", f"/sessions/{course.session}")
    over = "closed" if session["started_at"] else "cancelled"
    return await ends(
        place,
        course,
        intake={"dosed": 0},
        prescribing={"orders": ["closed(0)"], "left": 2, "recovery": "none", "incidents": []},
        scheduling={"session": over, "doses seen": 0, "incidents": []},
        notifications={"aftercare": "none"},
    )


async def _dosed(place: Stage, course: Course) -> list[Checked]:
    """The dose was first: the client is observed, whatever came after it.

    Scheduling may hear of the other thing first and abort. Then the dose opens the session again,
    with an incident that says so (INV-25); no rule was broken, so there is no other.
    """
    observed = await ends(
        place,
        course,
        when="after the race",
        intake={},
        prescribing={"recovery": "observing"},
        scheduling={"doses seen": 1, "room free at": None},
        notifications={},
    )
    await place.at("10:35")
    await place.do("nurse", "scheduling", f"/sessions/{course.session}/transfer")
    found = await shown(place, course)
    incidents = {*found["prescribing"]["incidents"], *found["scheduling"]["incidents"]}
    return [
        *observed,
        Checked("prescribing", "other incidents", set(), incidents - {"dose_after_aborted_end"}),
        *await ends(
            place,
            course,
            intake={"dosed": 1},
            prescribing={"orders": ["closed(1)"], "left": 1, "recovery ended": "transferred"},
            scheduling={"session": "transferred", "doses seen": 1},
            notifications={"plan": "enhanced", "end known": True},
        ),
    ]
