"""The journeys that `careteam demo` can play."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cli.journeys import j1, j2, j5
from cli.journeys.final import Checked
from cli.journeys.stage import Stage


@dataclass(frozen=True, slots=True)
class Journey:
    """A name, a title, and the play that ends with its checked final state."""

    name: str
    title: str
    play: Callable[[Stage], Awaitable[list[Checked]]]


JOURNEYS: Final[Mapping[str, Journey]] = {
    one.name: one
    for one in (
        Journey(
            "J1", "a course of care with a sublingual dose, from inquiry to integration", j1.play
        ),
        Journey("J2", "declined: current mania is found at the screening", j2.play),
        Journey("J5", "the client ends the session 25 minutes after the dose", j5.play),
    )
}
