"""The session screen without a network: taps are kept, told as they stand, recorded once."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from cli.clinic.folder import ClinicFolder
from cli.clinic.sandbox_clock import read_clock, set_clock
from cli.journeys import passages
from cli.journeys.course_of_care import Course
from cli.journeys.stage import stage
from tests.browser.conftest import PATIENCE_MS, Screen, Screens
from tests.support.started_clinic import StartedClinic

pytestmark = [pytest.mark.browser, pytest.mark.clinic, pytest.mark.real]

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def dosed(clinic: StartedClinic) -> Course:
    """A client twenty minutes after the dose, on a day whose clock runs."""

    async def play() -> Course:
        async with stage(clinic.reach, lambda _line: None) as place:
            course = await passages.until_dosed(place, "Avery Quill")
            at = await place.at("10:20")
            set_clock(ClinicFolder.at(clinic.data).clock_file, at, running=True)
            return course

    return asyncio.run(play())


async def test_three_taps_without_a_network_are_recorded_once_in_order_with_their_own_times(
    screens: Screens, clinic: StartedClinic, dosed: Course
) -> None:
    screen = await _session_screen(screens, dosed, "therapist")
    before = len(_phases(clinic, dosed))
    with _no_network(screen):
        await screen.page.context.set_offline(True)
        tapped = []
        for phase in ("Peak", "Subsiding", "Debrief"):
            await screen.page.get_by_role("button", name=phase).click()
            tapped.append(_clinic_time(clinic))
        waiting = screen.page.locator("#entries")
        await expect(waiting.locator(".count")).to_have_text("3 entries waiting")
        await expect(waiting.locator("li").first).to_contain_text("not yet recorded")
        await expect(waiting.get_by_role("button")).to_have_count(0)
        await screen.assert_accessible()
        running = await screen.page.locator(".client .timer").text_content()
        await expect(screen.page.locator(".client .timer")).not_to_have_text(running or "")
        await expect(screen.page.locator(".live-state")).to_contain_text("Connection lost")
        assert len(_phases(clinic, dosed)) == before
        away_until = _clinic_time(clinic)
        await screen.page.context.set_offline(False)
        await expect(waiting).to_be_hidden()
    made = _phases(clinic, dosed)[before:]
    assert [one["phase"] for one in made] == ["peak", "subsiding", "debrief"]
    told = [datetime.fromisoformat(one["at"]) for one in made]
    assert told == sorted(told)
    for said, clock in zip(told, tapped, strict=True):
        assert abs((said - clock).total_seconds()) < 5
        assert said < away_until
    await expect(screen.page.locator(".phases [aria-current]")).to_have_text("Debrief")


async def test_a_service_that_stands_still_is_asked_again_by_the_next_tab(
    screens: Screens, clinic: StartedClinic, dosed: Course
) -> None:
    """Neither a hanging service nor a closed tab loses an entry, or records it twice."""
    screen = await _session_screen(screens, dosed, "nurse")
    before = len(_phases(clinic, dosed))
    with _no_network(screen), clinic.silent("scheduling"):
        await screen.page.get_by_role("button", name="Onset").click()
        await expect(screen.page.locator("#entries")).to_contain_text(
            "not known whether it is recorded; it is asked again"
        )
        await screen.page.close()
    screen.page = await screen.page.context.new_page()
    await screen.open("scheduling", "/board")
    await expect(screen.page.locator("#entries")).to_be_hidden()
    assert [one["phase"] for one in _phases(clinic, dosed)[before:]] == ["onset"]


async def test_an_answer_that_was_lost_on_its_way_is_asked_for_under_the_same_key(
    screens: Screens, clinic: StartedClinic, dosed: Course
) -> None:
    """The service recorded it, the browser did not hear so: never called failed, done once (A9)."""
    screen = await _session_screen(screens, dosed, "therapist")
    before = len(_phases(clinic, dosed))
    await screen.page.evaluate(
        """() => {
            const whole = window.fetch;
            window.keys = [];
            window.cut = true;
            window.fetch = async (path, options) => {
                const answer = await whole(path, options);
                if (String(path).endsWith("/phase")) {
                    window.keys.push(options.headers["idempotency-key"]);
                    if (window.cut) throw new TypeError("the answer was lost");
                }
                return answer;
            };
        }"""
    )
    with _no_network(screen):
        await screen.page.get_by_role("button", name="Peak").click()
        await expect(screen.page.locator("#entries")).to_contain_text(
            "not known whether it is recorded"
        )
        assert [one["phase"] for one in _phases(clinic, dosed)[before:]] == ["peak"]
        await screen.page.evaluate("window.cut = false")
        await expect(screen.page.locator("#entries")).to_be_hidden()
    keys = await screen.page.evaluate("window.keys")
    assert len(keys) > 1
    assert len(set(keys)) == 1
    assert [one["phase"] for one in _phases(clinic, dosed)[before:]] == ["peak"]


async def test_what_the_service_refuses_is_shown_and_a_stop_counts_from_when_it_was_said(
    screens: Screens, clinic: StartedClinic, dosed: Course
) -> None:
    """A stop without a network says that it is not recorded; what comes after it is refused aloud.

    Somebody else on this device neither sends it nor sees what it is.
    """
    screen = await _session_screen(screens, dosed, "therapist", width=820)
    screen.expects_refusals = True
    with _no_network(screen):
        await screen.page.context.set_offline(True)
        await screen.page.get_by_role("button", name="Stop").click()
        said_at = _clinic_time(clinic)
        await expect(screen.page.locator("#entries [role=alert]")).to_have_text(
            "Stop: not yet recorded"
        )
        await screen.page.get_by_role("button", name="Subsiding").click()
        await expect(screen.page.locator("#entries .count")).to_have_text("2 entries waiting")
        await screen.page.context.clear_cookies()
        await screen.page.context.set_offline(False)
        waiting = screen.page.locator("#entries", has_text="sign in")
        await expect(waiting.or_(screen.page.locator("#login"))).to_be_visible()
        await screen.sign_in("scheduling", "nurse")
        await expect(screen.page.locator("#entries .others")).to_contain_text("2 more of somebody")
        await expect(screen.page.locator("#entries li")).to_have_count(0)
        await screen.page.context.clear_cookies()
        await screen.sign_in("scheduling", "therapist")
        await expect(screen.page.locator("#entries li")).to_have_count(1)
    await expect(screen.page.locator("#entries li")).to_contain_text("Subsiding")
    await expect(screen.page.locator("#entries li")).to_contain_text("not recorded.")
    await screen.assert_accessible()
    shown = _shown(clinic, dosed)
    stopped = datetime.fromisoformat(shown["stopped"]["at"])
    assert abs((stopped - said_at).total_seconds()) < 5
    await screen.page.get_by_role("button", name="Take it off this list").click()
    await expect(screen.page.locator("#entries")).to_be_hidden()


async def test_what_needs_an_answer_at_once_does_not_wait(
    screens: Screens, clinic: StartedClinic, dosed: Course
) -> None:
    """A discharge is decided when it is asked for, never when a network happens to come back."""
    screen = await _session_screen(screens, dosed, "therapist")
    with _no_network(screen):
        await screen.page.evaluate(
            """(session) => {
                const form = document.createElement("form");
                form.dataset.entry = `/api/v1/sessions/${session}/discharge`;
                form.innerHTML = "<button>Discharge</button>";
                document.body.append(form);
            }""",
            str(dosed.session),
        )
        await screen.page.context.set_offline(True)
        await screen.page.get_by_role("button", name="Discharge", exact=True).click()
        await expect(screen.page.locator("#entries li")).to_contain_text("nothing was sent")
        await screen.page.context.set_offline(False)
        await expect(screen.page.locator(".live-state")).to_have_text("Up to date")
        await expect(screen.page.locator("#entries li")).to_contain_text("nothing was sent")
        await screen.page.get_by_role("button", name="Ask again").click()
        await expect(screen.page.locator("#entries li")).to_contain_text("not recorded.")


async def test_the_screen_of_a_session_stays_awake(screens: Screens, dosed: Course) -> None:
    screen = await screens()
    await screen.page.add_init_script(
        """navigator.wakeLock.request = async (kind) => {
            document.documentElement.dataset.asked = kind;
            return new EventTarget();
        };"""
    )
    await screen.sign_in("scheduling", "therapist")
    await screen.open("scheduling", "/board")
    await expect(screen.page.locator("html[data-asked]")).to_have_count(0)
    await screen.open("scheduling", f"/sessions/{dosed.session}")
    await expect(screen.page.locator("html[data-asked=screen]")).to_have_count(1)


async def _session_screen(screens: Screens, dosed: Course, role: str, **how: Any) -> Screen:
    screen = await screens(**how)
    await screen.sign_in("scheduling", role)
    await screen.open("scheduling", f"/sessions/{dosed.session}")
    await expect(screen.page.locator(".live-state")).to_have_text("Up to date")
    return screen


@contextmanager
def _no_network(screen: Screen) -> Iterator[None]:
    """A browser complains of what it could not load; of anything else it may not."""
    yield
    away = re.compile("Failed to load resource|htmx:error: (Failed to fetch|timeout)")
    screen.complaints[:] = [one for one in screen.complaints if not away.search(one)]


def _clinic_time(clinic: StartedClinic) -> datetime:
    return read_clock(ClinicFolder.at(clinic.data).clock_file).now().astimezone(UTC)


def _phases(clinic: StartedClinic, dosed: Course) -> list[dict[str, Any]]:
    return [one for one in _shown(clinic, dosed)["passages"] if one["phase"]]


def _shown(clinic: StartedClinic, dosed: Course) -> dict[str, Any]:
    answer = httpx.get(
        f"{clinic.reach.services['scheduling']}/api/v1/sessions/{dosed.session}",
        headers={"Authorization": f"Bearer {clinic.reach.token('therapist')}"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown
