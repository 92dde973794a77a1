"""A whole dosing day by the keyboard alone: arrival to the door, by everybody who works on it."""

import pytest

from cli.journeys import passages as played
from tests.browser.journeys import passages
from tests.browser.journeys.conftest import CareFor
from tests.browser.journeys.hands import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]


@pytest.mark.timeout(900)
async def test_a_dosing_day_by_keyboard(care_for: CareFor) -> None:
    async with care_for("Robin Keats", hands=Keyboard()) as care:
        care.course = await played.until_the_day(care.stage, care.client)
        await passages.dosing_day(care)
        await passages.ended_and_home(care)
