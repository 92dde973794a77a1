"""The doses ahead: today's by time, later ones apart, and who has come and is to be measured."""

from datetime import timedelta
from uuid import UUID

import pytest

from careteam_contracts import scheduling
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import Day
from tests.integration.prescribing.screens import Screens, shown
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

MEASURE = "The client is here: measure"


async def test_a_dose_is_found_on_its_day_and_before_it_among_the_later_ones(
    day: Day, screens: Screens
) -> None:
    person, nurse = day.person, await screens("nurse")
    await day.prescribed()
    await day.world.tell(person, person.booked(at("09:30")))
    link = f'href="/sessions/{person.session_id}"'
    assert link in await shown(nurse, "/doses")
    assert link not in await shown(nurse, "/doses?when=later")
    day.world.set_clock(at("08:00") - timedelta(days=1))
    assert link not in await shown(nurse, "/doses")
    assert link in await shown(nurse, "/doses?when=later")


async def test_what_is_left_of_an_earlier_day_stands_with_todays_and_says_so(
    day: Day, screens: Screens
) -> None:
    person, nurse = day.person, await screens("nurse")
    await day.prescribed()
    await day.world.tell(person, person.booked(at("09:30")))
    said = "left of an earlier day"
    assert said not in _row(await shown(nurse, "/doses"), person.session_id)
    day.world.set_clock(at("08:00") + timedelta(days=1))
    assert said in _row(await shown(nurse, "/doses"), person.session_id)


def _row(page: str, session_id: UUID) -> str:
    [row] = [one for one in page.split("<tr>") if f'href="/sessions/{session_id}"' in one]
    return row


async def test_who_has_come_is_to_be_measured_and_once_measured_no_more(
    day: Day, screens: Screens
) -> None:
    person, nurse = day.person, await screens("nurse")
    check = f'href="/sessions/{person.session_id}/check"'
    await day.prescribed()
    await day.world.tell(person, person.booked(at("09:30")))
    assert check not in await shown(nurse, "/doses")
    assert check not in await shown(nurse, "/?kind=checks")
    day.world.set_clock(at("09:35"))
    await day.world.tell(
        person, scheduling.ClientCheckedIn(session_id=person.session_id, at=day.world.now())
    )
    assert MEASURE in await shown(nurse, "/doses")
    assert check in await shown(nurse, "/doses")
    assert check in await shown(nurse, "/?kind=checks")
    await day.checked()
    assert check not in await shown(nurse, "/doses")
    assert check not in await shown(nurse, "/?kind=checks")


async def test_who_may_not_see_readings_sees_the_doses_all_the_same(
    day: Day, screens: Screens
) -> None:
    await day.in_the_room()
    therapist = await shown(await screens("therapist"), "/doses")
    assert f'href="/sessions/{day.person.session_id}"' in therapist
    assert "Pre-dose check" not in therapist
    desk = await screens("front_desk")
    assert (await desk.open("/doses")).status_code == 403
    assert 'href="/doses"' in therapist
    assert 'href="/doses"' not in await shown(desk, "/")


async def test_a_day_without_doses_says_why(world: World, screens: Screens) -> None:
    world.set_clock(at("08:00") - timedelta(days=200))
    assert "No dose is planned for today" in await shown(await screens("nurse"), "/doses")
