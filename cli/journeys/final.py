"""The state in which a journey ends, as the services show it and as it has to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.clinic.services import SERVICES
from cli.journeys.course_of_care import Course
from cli.journeys.shown import shown
from cli.journeys.stage import Stage


@dataclass(frozen=True, slots=True)
class Checked:
    """One fact: what it has to be, and what the service shows."""

    service: str
    what: str
    expected: Any
    found: Any

    @property
    def holds(self) -> bool:
        return bool(self.expected == self.found)


def compared(
    service: str, expected: Mapping[str, Any], found: Mapping[str, Any], *, when: str = ""
) -> list[Checked]:
    """Each expected fact beside what was found; ``when`` it was looked at, if not at the end."""
    return [
        Checked(service, f"{what} {when}".strip(), want, found.get(what))
        for what, want in expected.items()
    ]


async def ends(
    stage: Stage,
    course: Course,
    *,
    intake: Mapping[str, Any],
    prescribing: Mapping[str, Any],
    scheduling: Mapping[str, Any],
    notifications: Mapping[str, Any],
    when: str = "",
) -> list[Checked]:
    """What each of the four services has to show when the bus is idle (see ``shown``).

    Where intake asked its peers whether a course may close and one was too slow to answer, it asks
    again half a minute later (ruling 7): so much of the clinic's time may pass.
    """
    expected = (intake, prescribing, scheduling, notifications)
    found = await _found(stage, course)
    if intake.get("course", "closing") != "closing" == found[SERVICES[0]].get("course"):
        await stage.half_a_minute_later()
        found = await _found(stage, course)
    return [
        checked
        for service, want in zip(SERVICES, expected, strict=True)
        for checked in compared(service, want, found[service], when=when)
    ]


async def _found(stage: Stage, course: Course) -> Mapping[str, Mapping[str, Any]]:
    await stage.settled()
    return await shown(stage, course)
