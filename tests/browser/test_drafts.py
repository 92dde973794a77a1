"""Longer forms in a real browser: what was typed outlives a reload and a lost network."""

import asyncio
from contextlib import suppress

import pytest
from playwright.async_api import Error, Page, Route, expect

from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)
TYPED = "To sleep through, and to paint again."


@pytest.fixture(scope="module")
def course(clinic: StartedClinic) -> str:
    """Somebody who asked for a course."""

    async def play() -> str:
        async with stage(clinic.reach, lambda _line: None) as place:
            made = await place.do(
                "front_desk",
                "intake",
                "/clients",
                {
                    "name": "Wren Halloway",
                    "date_of_birth": "1990-04-02",
                    "channel_consent": {"sms": False, "email": False, "voice": False},
                },
            )
            return str(made["course_id"])

    return asyncio.run(play())


async def test_what_was_typed_is_kept_on_the_server_and_two_tabs_do_not_overwrite(
    screens: Screens, course: str
) -> None:
    screen = await screens(width=820)
    await screen.sign_in("intake", "therapist")
    path = f"/courses/{course}/evaluation"
    await screen.open("intake", path)
    other = await screen.page.context.new_page()
    await other.goto(screen.page.url)
    await screen.page.fill("#goals", TYPED)
    await expect(screen.page.locator(".draft-state")).to_contain_text("Draft kept at")
    assert TYPED not in await _kept_here(screen.page)
    await other.fill("#goals", "Something else.")
    await expect(other.locator(".draft-state")).to_contain_text("Another tab kept a draft")
    await other.get_by_role("button", name="Show that one").click()
    await expect(other.locator("#goals")).to_have_value(TYPED)
    await expect(other.locator("main")).to_contain_text("not signed yet.")
    await other.close()
    await screen.page.reload()
    await expect(screen.page.locator("#goals")).to_have_value(TYPED)
    await screen.assert_accessible()
    await screen.page.get_by_role("button", name="Begin anew").click()
    await expect(screen.page.locator("#goals")).to_have_value("")
    await expect(screen.page.locator(".drafted")).to_have_count(0)
    screen.complaints[:] = [one for one in screen.complaints if "409" not in one]


async def test_without_a_network_it_says_that_nothing_is_kept_and_keeps_it_afterwards(
    screens: Screens, course: str
) -> None:
    screen = await screens()
    await screen.sign_in("intake", "therapist")
    await screen.open("intake", f"/courses/{course}/screening")
    await screen.page.context.set_offline(True)
    await screen.page.fill("#notes", TYPED)
    await expect(screen.page.locator(".draft-state")).to_contain_text("not kept: no connection")
    assert TYPED not in await _kept_here(screen.page)
    await screen.page.context.set_offline(False)
    await expect(screen.page.locator(".draft-state")).to_contain_text("Draft kept at")
    await screen.page.reload()
    await expect(screen.page.locator("#notes")).to_have_value(TYPED)
    screen.complaints[:] = [one for one in screen.complaints if "Failed to load" not in one]


async def test_an_enquiry_is_there_after_a_reload_and_not_in_the_way_of_the_next_one(
    screens: Screens, course: str
) -> None:
    """Two callers in a row, and one form: each has a draft, and one finds both."""
    screen = await screens(width=820)
    await screen.sign_in("intake", "front_desk")
    await screen.open("intake", "/clients/new")
    await screen.page.fill("#name", "Odile Marchand")
    await expect(screen.page.locator(".draft-state")).to_contain_text("Draft kept at")
    await screen.page.reload()
    await expect(screen.page.locator("#name")).to_have_value("Odile Marchand")
    await screen.open("intake", "/clients/new")
    await expect(screen.page.locator("#name")).to_have_value("")
    await screen.assert_accessible()
    await screen.page.get_by_role("link", name="Odile Marchand").click()
    await expect(screen.page.locator("#name")).to_have_value("Odile Marchand")
    await screen.page.get_by_role("button", name="Lock the screen").click()
    await expect(screen.page.get_by_role("heading", name="Locked")).to_be_visible()


async def test_what_is_handed_in_while_it_is_being_kept_leaves_no_draft(
    screens: Screens, course: str
) -> None:
    """The keeping is slow here, and would end after the form was taken."""
    screen = await screens()
    page = screen.page
    await screen.sign_in("intake", "front_desk")
    await screen.open("intake", "/clients/new")
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        begun.set()
        await goes_on.wait()
        sent = {**await route.request.all_headers(), "sec-fetch-site": "same-origin"}
        kept = await route.fetch(headers=sent)
        assert kept.status == 200
        with suppress(Error):  # the page has gone on without it
            await route.fulfill(response=kept)

    await page.route("**/drafts", slow)
    await page.fill("#name", "Ines Valcourt")
    await page.fill("#date_of_birth", "1991-06-30")
    await begun.wait()
    await page.get_by_role("button", name="Open the record").click()
    goes_on.set()
    await page.wait_for_url("**/courses/*")
    await page.unroute_all(behavior="wait")
    await screen.open("intake", "/clients/new")
    await expect(page.get_by_role("link", name="Ines Valcourt")).to_have_count(0)


async def _kept_here(page: Page) -> str:
    """Everything that the browser itself keeps for this page."""
    return str(
        await page.evaluate(
            """async () => JSON.stringify([
                {...localStorage}, {...sessionStorage},
                (await indexedDB.databases()).length, await caches.keys(), document.cookie,
            ])"""
        )
    )
