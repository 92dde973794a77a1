"""Who carries a course of care: everybody at a screen of their own, and the clock of the clinic."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cli.journeys.course_of_care import Course
from cli.journeys.stage import Stage
from tests.browser.conftest import Screen
from tests.browser.journeys.hands import Hands, Pointer
from tests.browser.journeys.person import Person

TABLET: Final = 820

Come = Callable[[], Awaitable[Screen]]


@dataclass
class Care:
    """A client's care and those who carry it."""

    stage: Stage
    come: Come
    client: str
    course: Course = field(default_factory=lambda: Course(client="", id=""))
    hands: Hands = field(default_factory=Pointer)
    here: dict[str, Person] = field(default_factory=dict)

    async def the(self, role: str) -> Person:
        """The person of this role, who comes when first asked for."""
        if role not in self.here:
            self.here[role] = Person(await self.come(), role, self.hands)
        return self.here[role]

    async def another(self, role: str) -> Person:
        """A second screen of somebody of this role."""
        return Person(await self.come(), role, self.hands)

    def on(self, clock: str, *, days: int = 0) -> str:
        """A moment as a field of a page takes it, some days after the day it is."""
        return f"{self.day(days):%Y-%m-%d}T{clock}"

    def day(self, days: int = 0) -> datetime:
        return datetime.combine(self.stage.today + timedelta(days=days), datetime.min.time())

    def named(self, role: str, which: int = 0) -> str:
        """The name of one of the clinic's people of this role."""
        people = [one.name for one in self.stage.clinic.people if one.role == role]
        return people[which]
