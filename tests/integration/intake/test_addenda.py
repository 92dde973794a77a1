"""Signed records are locked; what came later is added beneath, by name and with a reason."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real

LATER = {"reason": "asked about it again", "text": "The client also sleeps badly at work."}


@pytest.fixture
async def browser(intake: Intake) -> AsyncIterator[Browser]:
    made = Browser(intake.app)
    await made.sign_in("therapist")
    yield made
    await made.http.aclose()


async def evaluated(browser: Browser) -> str:
    """The page of a course whose client was evaluated."""
    made = await browser.submit(
        "/clients/new",
        {"name": "Wren Halloway", "date_of_birth": "1990-04-02", "channel_consent.sms": "true"},
    )
    course = str(made.headers["location"])
    refs = {
        "therapist_ref": "00000000-0000-0000-0000-0000000003e8",
        "prescriber_ref": "00000000-0000-0000-0000-0000000003e9",
    }
    await browser.submit(f"{course}/team", refs)
    screening = {"programme": "mood", "indications[]": ["depression"]}
    assert (await browser.submit(f"{course}/screening", screening)).status_code == 303
    return course


async def test_an_evaluation_is_added_to_once_it_is_signed(
    browser: Browser, intake: Intake
) -> None:
    course = await evaluated(browser)
    course_id = course.rsplit("/", 1)[-1]
    path = f"/records/evaluations/{course_id}/addenda"
    early = await intake.refused("therapist", path, LATER)
    assert early.slugs == ["record-not-signed"]
    await browser.submit(
        f"{course}/evaluation",
        {"outcome": "suitable", "planned_sessions": "3", "goals": "To sleep."},
    )
    added = await browser.submit(path, LATER)
    assert added.status_code == 303, added.text
    for page in (path, course):
        shown = (await browser.open(page)).text
        assert LATER["text"] in shown
        assert f"because: {LATER['reason']}" in shown
    listed = await intake.get("prescriber", path)
    [one] = listed["items"]
    assert (one["author_role"], one["text"], one["reason"]) == (
        "therapist",
        *reversed(LATER.values()),
    )
    assert (await intake.get("therapist", f"/courses/{course_id}"))["plan"]["goals"] == "To sleep."


async def test_whoever_does_not_sign_a_record_does_not_add_to_it(
    browser: Browser, intake: Intake
) -> None:
    course_id = (await evaluated(browser)).rsplit("/", 1)[-1]
    path = f"/records/evaluations/{course_id}/addenda"
    assert (await intake.refused("front_desk", path, LATER)).status == 403
    assert (await intake.refused("therapist", path, {**LATER, "reason": " "})).status == 422
    missing = "/records/consents/01890000-0000-7000-8000-000000000000/addenda"
    assert (await intake.refused("therapist", missing, LATER)).status == 404


async def test_no_addendum_is_changed_or_taken_away(browser: Browser, intake: Intake) -> None:
    """The service's own role may not."""
    course = await evaluated(browser)
    course_id = course.rsplit("/", 1)[-1]
    await browser.submit(f"{course}/evaluation", {"outcome": "not_suitable"})
    await intake.post("therapist", f"/records/evaluations/{course_id}/addenda", LATER)
    for change in ("UPDATE addenda SET text = 'x'", "DELETE FROM addenda"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intake.rows(change)
