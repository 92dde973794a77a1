"""How somebody works a page: with a pointer, or with the keyboard alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol

from playwright.async_api import Locator, Page, expect

FARTHEST: Final = 150
"""Steps of the tabulator after which something counts as out of reach."""


class Hands(Protocol):
    """What can be done to a page."""

    async def follow(self, page: Page, link: Locator) -> None: ...

    async def press(self, page: Page, button: Locator) -> None: ...

    async def write(self, page: Page, into: Locator, text: str) -> None: ...

    async def choose(self, page: Page, of: Locator, option: str) -> None: ...

    async def tick(self, page: Page, choice: Locator) -> None: ...

    async def unfold(self, page: Page, summary: Locator) -> None: ...


class Pointer:
    """A finger or a mouse."""

    async def follow(self, page: Page, link: Locator) -> None:
        async with page.expect_navigation():
            await link.click()

    async def press(self, page: Page, button: Locator) -> None:
        async with _answered(page, button):
            await button.click()

    async def write(self, page: Page, into: Locator, text: str) -> None:
        await into.fill(text)

    async def choose(self, page: Page, of: Locator, option: str) -> None:
        await of.select_option(label=option)

    async def tick(self, page: Page, choice: Locator) -> None:
        await choice.check()

    async def unfold(self, page: Page, summary: Locator) -> None:
        await summary.click()


class Keyboard:
    """Tab, arrows, space and enter."""

    async def follow(self, page: Page, link: Locator) -> None:
        await self._reach(page, link)
        async with page.expect_navigation():
            await page.keyboard.press("Enter")

    async def press(self, page: Page, button: Locator) -> None:
        await self._reach(page, button)
        async with _answered(page, button):
            await page.keyboard.press("Space")

    async def write(self, page: Page, into: Locator, text: str) -> None:
        await self._reach(page, into)
        await page.keyboard.press("Control+a")
        await page.keyboard.type(text)

    async def choose(self, page: Page, of: Locator, option: str) -> None:
        await self._reach(page, of)
        await page.keyboard.type(option)
        await expect(of.locator("option:checked")).to_have_text(option)

    async def tick(self, page: Page, choice: Locator) -> None:
        if await choice.get_attribute("type") == "radio":
            await self._turn_to(page, choice)
        else:
            await self._reach(page, choice)
        if not await choice.is_checked():
            await page.keyboard.press("Space")
        await expect(choice).to_be_checked()

    async def unfold(self, page: Page, summary: Locator) -> None:
        await self._reach(page, summary)
        await page.keyboard.press("Enter")

    async def _turn_to(self, page: Page, choice: Locator) -> None:
        """Tab goes to a group of choices, the arrows within it."""
        name = await choice.get_attribute("name")
        group = page.locator(f"input[type=radio][name='{name}']")
        await self._reach(page, group)
        for _ in range(await group.count()):
            if await _focused(choice):
                return
            await page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows do not reach {choice}")

    async def _reach(self, page: Page, target: Locator) -> None:
        await expect(target.first).to_be_visible()
        for _ in range(FARTHEST):
            if await _focused(target):
                await expect(page.locator(":focus-visible")).to_have_count(1)
                return
            await page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")


@asynccontextmanager
async def _answered(page: Page, button: Locator) -> AsyncIterator[None]:
    """Until there is an answer: another page, or nothing that still waits to be recorded."""
    scripts: bool = await page.evaluate("'htmx' in window")
    if scripts and await button.locator("xpath=ancestor::form[@data-entry]").count():
        yield
        await expect(page.locator("#entries .count")).to_be_hidden()
    else:
        async with page.expect_navigation():
            yield


async def _focused(target: Locator) -> bool:
    """Whether one of these is where the keyboard is."""
    among: bool = await target.evaluate_all("found => found.includes(document.activeElement)")
    return among
