"""Drafts of longer forms: kept on the server for whoever typed them, gone when signed."""

import re

import httpx
import pytest

from tests.integration.intake.by_forms import screened
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real

TYPED = "To sleep through, and to paint again."
EVALUATION = {"outcome": "suitable", "planned_sessions": "3", "goals": TYPED}


async def keep(browser: Browser, page: str, fields: dict[str, str], seen: int) -> httpx.Response:
    shown = await browser.open(page)
    token = re.search(r'name="form_token" value="([^"]*)"', shown.text)
    assert token is not None
    own = {"form_token": token[1], "form_page": page, "form_draft_seen": str(seen)}
    return await browser.send("/drafts", {**own, **fields})


async def test_what_was_typed_is_there_again_for_whoever_typed_it_and_gone_when_signed(
    browser: Browser, intake: Intake
) -> None:
    course = await screened(browser)
    page = f"{course}/evaluation"
    kept = await keep(browser, page, EVALUATION, 0)
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    again = await browser.open(page)
    assert TYPED in again.text
    assert re.search(r"Draft of \d+ \w+ \d{4}, \d\d:\d\d, not signed yet", again.text)
    assert 'name="form_draft_seen" value="1"' in again.text
    signed = await browser.submit(page, {**EVALUATION, "form_draft_seen": "1"})
    assert signed.status_code == 303, signed.text
    assert await intake.rows("SELECT form FROM form_drafts WHERE form = $1", page) == []
    assert "not signed yet" not in (await browser.open(page)).text


async def test_nobody_else_sees_a_draft(browser: Browser, intake: Intake) -> None:
    page = f"{await screened(browser)}/screening"
    await keep(browser, page, {"notes": TYPED}, 0)
    assert TYPED in (await browser.open(page)).text
    await browser.sign_in("front_desk")
    shown = await browser.open(page)
    assert shown.status_code == 200
    assert TYPED not in shown.text


async def test_two_tabs_do_not_write_over_each_other(browser: Browser, intake: Intake) -> None:
    page = f"{await screened(browser)}/evaluation"
    assert (await keep(browser, page, {"goals": "one"}, 0)).status_code == 200
    late = await keep(browser, page, {"goals": "two"}, 0)
    assert (late.status_code, late.json()["version"]) == (409, 1)
    [row] = await intake.rows("SELECT fields FROM form_drafts WHERE form = $1", page)
    assert "one" in str(row[0])
    chosen = await keep(browser, page, {"goals": "two"}, late.json()["version"])
    assert (chosen.status_code, chosen.json()["version"]) == (200, 2)
    [row] = await intake.rows("SELECT fields FROM form_drafts WHERE form = $1", page)
    assert "two" in str(row[0])


async def test_a_form_that_is_refused_keeps_its_draft_and_one_begins_anew(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/evaluation"
    await keep(browser, page, {"goals": TYPED}, 0)
    wrong = await browser.submit(page, {"goals": TYPED, "form_draft_seen": "1"})
    assert wrong.status_code == 422
    assert TYPED in wrong.text
    assert 'name="form_draft_seen" value="1"' in wrong.text
    assert len(await intake.rows("SELECT form FROM form_drafts WHERE form = $1", page)) == 1
    anew = await browser.submit(page, {}, at="/drafts/discard")
    assert (anew.status_code, anew.headers["location"]) == (303, page)
    assert TYPED not in (await browser.open(page)).text


async def test_a_draft_ends_by_itself_and_is_no_place_for_anything(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/evaluation"
    assert (await keep(browser, page, {"goals": "x" * 70_000}, 0)).status_code == 413
    await keep(browser, page, {"goals": TYPED}, 0)
    await intake.rows("UPDATE form_drafts SET saved_at = saved_at - interval '8 days' RETURNING 1")
    assert TYPED not in (await browser.open(page)).text
    await keep(browser, f"{page}", {"goals": "later"}, 0)
    elsewhere = await browser.submit(page, {"form_page": "https://evil.test/"}, at="/drafts")
    assert elsewhere.status_code == 422
    assert (await browser.send("/drafts", {"form_page": page})).status_code == 403
