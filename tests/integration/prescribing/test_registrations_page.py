"""The page of registrations: who may prescribe, until when, and recording it for oneself."""

import pytest

from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.screens import Screens, shown
from tests.support.voices import REFS

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

FIELDS = {
    "licence_valid_until": "2027-03-01T00:00",
    "dea_valid_until": "2027-06-01T00:00",
    "dea_number": "AB1234563",
    "licence_number": "A-778",
    "licence_state": "CA",
}


async def test_a_prescriber_records_their_own_and_sees_until_when_it_holds(
    world: World, screens: Screens
) -> None:
    prescriber = await screens("prescriber")
    path = f"/registrations/{REFS['prescriber']}"
    wrong = await prescriber.submit(
        "/registrations", {**FIELDS, "dea_number": "AB1234560"}, at=path
    )
    assert wrong.status_code == 422
    assert "the last digit of the DEA number does not check the others" in wrong.text
    kept = await prescriber.submit("/registrations", FIELDS, at=path)
    assert kept.status_code == 303, kept.text
    page = await shown(prescriber, "/registrations")
    assert "AB1234563" in page
    assert "1 March 2027" in page
    nurse = await screens("nurse")
    assert "AB1234563" in await shown(nurse, "/registrations")
    refused = await nurse.submit("/registrations", FIELDS, at=path)
    assert refused.status_code == 403


async def test_nobody_records_it_for_another_prescriber(world: World, screens: Screens) -> None:
    prescriber = await screens("prescriber")
    refused = await prescriber.submit(
        "/registrations", FIELDS, at=f"/registrations/{REFS['nurse']}"
    )
    assert refused.status_code == 409
    assert "A registration is recorded for oneself only." in refused.text
