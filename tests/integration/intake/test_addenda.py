"""Signed records are locked; what came later is added beneath, by name and with a reason."""

import asyncpg
import pytest

from tests.integration.intake.by_forms import screened
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real

LATER = {"reason": "asked about it again", "text": "The client also sleeps badly at work."}


async def test_an_evaluation_is_added_to_once_it_is_signed(
    browser: Browser, intake: Intake
) -> None:
    course = await screened(browser)
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
    course_id = (await screened(browser)).rsplit("/", 1)[-1]
    path = f"/records/evaluations/{course_id}/addenda"
    assert (await intake.refused("front_desk", path, LATER)).status == 403
    assert (await intake.refused("therapist", path, {**LATER, "reason": " "})).status == 422
    missing = "/records/consents/01890000-0000-7000-8000-000000000000/addenda"
    assert (await intake.refused("therapist", missing, LATER)).status == 404


async def test_no_addendum_is_changed_or_taken_away(browser: Browser, intake: Intake) -> None:
    """The service's own role may not."""
    course = await screened(browser)
    course_id = course.rsplit("/", 1)[-1]
    await browser.submit(f"{course}/evaluation", {"outcome": "not_suitable"})
    await intake.post("therapist", f"/records/evaluations/{course_id}/addenda", LATER)
    for change in ("UPDATE addenda SET words = ''", "DELETE FROM addenda"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intake.rows(change)
