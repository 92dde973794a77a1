"""A real browser before a clinic that was really started, for the tests of one module."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Error, Page, async_playwright, expect

from cli.clinic.reach import Reach
from cli.commands.chromium import chromium
from tests.support.furnished_clinics import FurnishedClinics
from tests.support.started_clinic import StartedClinic

HERE = Path(__file__).parent
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_REFUSAL = re.compile(r"Failed to load resource: .* (404|409|422|503) ")
PATIENCE_MS = 60_000
EXPECTED_WITHIN_MS = 30_000
"""How long a page may take to show what follows from a click, on a machine that does much else."""

expect.set_options(timeout=EXPECTED_WITHIN_MS)

Screens = Callable[..., Awaitable["Screen"]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever looks through the one browser runs on the loop that it was opened on."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@dataclass
class Screen:
    """Somebody's screen: a page that remembers what the browser complained of."""

    page: Page
    clinic: Reach
    complaints: list[str] = field(default_factory=list)
    expects_refusals: bool = False
    """Whether somebody tries here what may be refused: a browser calls such an answer an error."""

    async def open(self, service: str, path: str = "/") -> None:
        await self.page.goto(self.clinic.services[service] + path)

    async def sign_in(self, service: str, role: str) -> None:
        """At the clinic's issuer, as the first of its people with this role.

        A page with which nobody is signed in goes to the door by itself, perhaps at this moment:
        then the browser calls one of the two ways there aborted.
        """
        login = next(one.login for one in self.clinic.people if one.role == role)
        try:
            await self.open(service, "/sign-in")
        except Error as aborted:
            if "ERR_ABORTED" not in aborted.message:
                raise
        await self.page.fill("#login", login)
        await self.page.fill("#password", password(self.clinic, login))
        await self.page.press("#password", "Enter")
        await self.page.wait_for_url(self.clinic.services[service] + "/")

    def unexpected(self) -> list[str]:
        """What the browser complained of and nobody brought about."""
        return [
            one for one in self.complaints if not (self.expects_refusals and _REFUSAL.match(one))
        ]

    async def assert_accessible(self) -> None:
        """No violation that axe knows of, of WCAG 2.2 AA."""
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = await Axe().run(self.page, options={"runOnly": {"type": "tag", "values": tags}})
        assert found.violations_count == 0, found.generate_report()


_PASSWORDS: dict[tuple[str, str], str] = {}


def password(clinic: Reach, login: str) -> str:
    """Somebody's password: a new one when it is first asked for, as an administrator would give."""
    who = (str(clinic.administration_secret), login)
    if who not in _PASSWORDS:
        _PASSWORDS[who] = clinic.administration().new_password(login)
    return _PASSWORDS[who]


@pytest.fixture(scope="module")
def clinic(furnished_clinics: FurnishedClinics) -> Iterator[StartedClinic]:
    """A clinic with rooms and clinicians and nobody else."""
    with furnished_clinics() as started:
        yield started


@pytest.fixture(scope="session")
def browser_path() -> str:
    return chromium()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(browser_path: str) -> AsyncIterator[Browser]:
    """One for all: its start takes as long as a short test. What screens must not share, cookies
    and storage, is in a context of each."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=browser_path, args=list(ARGUMENTS)
        )
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session")
async def screens(browser: Browser, clinic: StartedClinic) -> AsyncIterator[Screens]:
    """Makes screens, each with cookies of its own; in the end nobody's browser has complained."""
    made: list[Screen] = []

    async def screen(*, width: int = 1280, scripts: bool = True) -> Screen:
        context = await browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=scripts
        )
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        one = Screen(page, clinic.reach)
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: one.complaints.append(said.text) if said.type == "error" else None,
        )
        made.append(one)
        return one

    yield screen
    complaints = [complaint for one in made for complaint in one.unexpected()]
    for one in made:
        await one.page.context.close()
    assert complaints == []
