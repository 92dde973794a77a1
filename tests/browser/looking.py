"""Somebody who goes through pages in the states that they are rarely seen in, and looks at each."""

from dataclasses import dataclass
from typing import Final

from playwright.async_api import expect

from tests.browser.conftest import Screen
from tests.browser.journeys.person import Person

LIGHTS: Final = (("light", "en"), ("dim", "es"))
NOT_FOUND: Final = 404
BANNER_PX: Final = 132
"""Two lines, the first as high as the button in it; decision 85."""
ROWS_AND_HEIGHT: Final = """one => [
    new Set([...one.querySelectorAll(':scope > .chips > .chip')].map(chip => chip.offsetTop)).size,
    one.offsetHeight,
]"""


@dataclass(frozen=True, slots=True)
class Looker:
    """A person of the clinic who sees each page in both lights and both languages."""

    screen: Screen
    role: str

    async def looks(self, service: str, path: str, *, shows: str | None = None) -> None:
        """``shows`` is a selector of what makes this state: without it the look proves nothing."""
        await Person(self.screen, self.role).at(service)
        await self.screen.open(service, path)
        for light, language in LIGHTS:
            await self._in(light, language)
            if shows is not None:
                await expect(self.screen.page.locator(shows).first).to_be_visible()
            await self.approves()
        await self._in(*LIGHTS[0])

    async def is_lost(self, service: str, path: str) -> None:
        """Where nothing is, or nothing of theirs: the page that says so."""
        self.screen.expects_refusals = True
        await Person(self.screen, self.role).at(service)
        answer = await self.screen.page.goto(self.screen.clinic.services[service] + path)
        assert answer is not None
        assert answer.status == NOT_FOUND
        await self.approves()

    async def is_refused(
        self, service: str, path: str, button: str, *, status: int, **typed: str
    ) -> None:
        """A form that comes back with reasons; ``typed`` is what was filled in."""
        page = self.screen.page
        self.screen.expects_refusals = True
        await Person(self.screen, self.role).at(service)
        await self.screen.open(service, path)
        for name, text in typed.items():
            await page.fill(f"#{name}", text)
        async with page.expect_response(lambda one: one.request.method == "POST") as answered:
            await page.get_by_role("main").get_by_role("button", name=button).click()
        assert (await answered.value).status == status
        await expect(page.locator(".summary")).to_be_visible()
        await self.approves()

    async def approves(self) -> None:
        """Nothing on the page that is open now is in anybody's way."""
        await self.screen.assert_accessible()
        banner = self.screen.page.locator(".client")
        if await banner.count():
            rows, height = await banner.evaluate(ROWS_AND_HEIGHT)
            assert (rows, height <= BANNER_PX) == (1, True), (self.screen.page.url, rows, height)

    async def _in(self, light: str, language: str) -> None:
        page = self.screen.page
        for attribute, button, wanted in (
            ("data-theme", "theme", light),
            ("lang", "language", language),
        ):
            if await page.locator("html").get_attribute(attribute) != wanted:
                async with page.expect_navigation():
                    await page.locator(f"button[name={button}]").click()
