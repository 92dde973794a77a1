"""Somebody of the clinic at a screen of their own, who knows of the clinic what the pages say.

A person begins on the start page of a service and goes on by links and buttons as they are called
there. No address is ever typed, nothing is asked of an API: where there is no way, the page lacks
one.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Screen
from tests.browser.journeys.hands import Hands, Pointer

REFUSED: Final = "The rules refuse this. Nothing was changed."


@dataclass
class Person:
    """A role's person, in a browser context that nobody else uses."""

    screen: Screen
    role: str
    hands: Hands = field(default_factory=Pointer)

    @property
    def page(self) -> Page:
        return self.screen.page

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    async def at(self, service: str) -> Self:
        """The start page of a service, signed in; a screen that fell asleep meanwhile is woken."""
        await self.screen.open(service)
        unlock = self.page.get_by_role("link", name="Unlock", exact=True)
        if await unlock.count():
            await self.hands.follow(self.page, unlock)
        if await self.page.get_by_label("Password").count():
            await self.screen.sign_in(service, self.role)
        return self

    async def goes(self, name: str) -> Self:
        """To one of the service's own pages, or to another service, by its name in the frame."""
        frame = self.page.get_by_role("navigation")
        await self.hands.follow(self.page, frame.get_by_role("link", name=name, exact=True).first)
        return self

    async def follows(self, name: str | re.Pattern[str], *, beside: str | None = None) -> Self:
        """A link of the page; ``beside`` is text of the row or card that it stands in."""
        await self.hands.follow(self.page, self._called("link", name, beside))
        return self

    async def presses(self, name: str, *, beside: str | None = None) -> Self:
        """A button, and whatever it does is not refused."""
        await self._press(name, beside)
        await expect(self.page.locator(".answer, #entries .critical")).to_have_count(0)
        return self

    async def tries(self, name: str) -> Self:
        """A button, whatever comes of it."""
        self.screen.expects_refusals = True
        await self._press(name, None)
        return self

    async def was_refused(self) -> bool:
        """Whether the page answers to the last button with reasons why not."""
        return await self.main.get_by_text(REFUSED).count() > 0

    async def is_refused(self, name: str, *, because: str) -> Self:
        """A button that the rules refuse, for a reason that the page says."""
        self.screen.expects_refusals = True
        await self._press(name, None)
        await expect(self.main.get_by_text(REFUSED)).to_be_visible()
        return await self.reads(because)

    async def writes(self, text: str, into: str, *, form: str | None = None) -> Self:
        await self.hands.write(self.page, self._field(into, form), text)
        return self

    async def chooses(self, option: str, of: str, *, form: str | None = None) -> Self:
        await self.hands.choose(self.page, self._field(of, form), option)
        return self

    async def ticks(self, name: str, *, of: str | None = None) -> Self:
        """A box or one of several choices; ``of`` is the question that it answers."""
        place = self.main if of is None else self._question(of)
        await self.hands.tick(self.page, place.get_by_label(name, exact=True).first)
        return self

    async def unfolds(self, name: str) -> Self:
        """What is folded away under this name, if it is."""
        folded = self.main.locator("details:not([open])").filter(
            has=self.page.locator("summary", has_text=name)
        )
        if await folded.count():
            await self.hands.unfold(self.page, folded.locator("summary").first)
        return self

    async def reads(self, text: str | re.Pattern[str], *, beside: str | None = None) -> Self:
        """It stands there, or does so within moments by itself."""
        await expect(self._within(beside)).to_contain_text(text)
        return self

    async def finds(self, *texts: str) -> Self:
        """A row of a list in which all of this stands."""
        row = self.main.locator("tbody tr")
        for text in texts:
            row = row.filter(has_text=text)
        await expect(row.first).to_be_visible()
        return self

    async def does_not_read(self, text: str) -> Self:
        await expect(self.main).not_to_contain_text(text)
        return self

    async def is_not_offered(self, name: str) -> Self:
        """Neither a link nor a button of this name can be used."""
        link = self.main.get_by_role("link", name=name, exact=True)
        button = self.main.get_by_role("button", name=name, exact=True)
        usable = button.and_(self.page.locator(":enabled"))
        await expect(link.or_(usable)).to_have_count(0)
        return self

    def place(self) -> str:
        """The last part of the address, which names what the page is about."""
        return urlsplit(self.page.url).path.rsplit("/", 1)[-1]

    async def _press(self, name: str, beside: str | None) -> None:
        await self.hands.press(self.page, self._called("button", name, beside))

    def _called(
        self, kind: Literal["link", "button"], name: str | re.Pattern[str], beside: str | None
    ) -> Locator:
        if beside is None:
            return self.main.get_by_role(kind, name=name, exact=True).first
        wanted = self.page.get_by_role(kind, name=name, exact=True)
        return self._blocks(beside).filter(has=wanted).last.get_by_role(kind, name=name, exact=True)

    def _within(self, beside: str | None) -> Locator:
        return self.main if beside is None else self._blocks(beside).last

    def _blocks(self, beside: str) -> Locator:
        """Rows, cards and forms with this text, each before those that it holds."""
        return self.main.locator("tr, li, section, article, form").filter(has_text=beside)

    def _field(self, label: str, form: str | None) -> Locator:
        place = self.main if form is None else self._within(form)
        return place.get_by_label(
            re.compile(rf"^\s*{re.escape(label)}\s*(\(required\))?\s*$")
        ).first

    def _question(self, legend: str) -> Locator:
        begins = re.escape(legend).replace("/", r"\/")
        return self.main.get_by_role("group", name=re.compile(f"^{begins}"))
