"""Pages of intake that few need: the course's protocol, another course, newer material."""

import pytest

from tests.integration.intake.by_forms import enquiry
from tests.integration.intake.clinic import REFS
from tests.support.browsing import Browser

pytestmark = pytest.mark.real


async def test_a_course_shows_its_protocol_and_refuses_one_that_is_not_there(
    browser: Browser,
) -> None:
    course = await enquiry(browser)
    page = (await browser.open(f"{course}/protocol")).text
    assert "this course" in page
    assert "from the beginning" in page
    refused = await browser.submit(f"{course}/protocol", {"to_version": "999"})
    assert refused.status_code == 409
    assert "Nothing was changed" in refused.text


async def test_a_client_whose_course_is_over_begins_another_one(browser: Browser) -> None:
    course = await enquiry(browser)
    early = await browser.submit(course, {}, at=f"{course}/another")
    assert early.status_code == 409
    assert "The course still goes on." in early.text
    team = {"therapist_ref": str(REFS["therapist"]), "prescriber_ref": str(REFS["prescriber"])}
    assert (await browser.submit(f"{course}/team", team)).status_code == 303
    closed = await browser.submit(f"{course}/close", {"outcome": "declined"})
    assert closed.status_code == 303, closed.text
    another = await browser.submit(course, {}, at=f"{course}/another")
    assert another.status_code == 303, another.text
    assert another.headers["location"] != course
    assert (await browser.open(another.headers["location"])).status_code == 200


async def test_newer_material_is_asked_for_and_older_is_not(browser: Browser) -> None:
    course = await enquiry(browser)
    consents = f"{course}/consents"
    asked = await browser.submit(
        consents, {"material_version": "7"}, at=f"{course}/consent-material"
    )
    assert asked.status_code == 303, asked.text
    assert "version 7" in (await browser.open(consents)).text
    older = await browser.submit(
        consents, {"material_version": "3"}, at=f"{course}/consent-material"
    )
    assert older.status_code == 409
    assert "The client has already seen version 7." in older.text
