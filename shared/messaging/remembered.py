"""What another service answered, kept in memory so that a list of many is not asked for each time.

A page that follows what happens reads itself again every few seconds; who a person is does not
change as often. It is never written down, and forgotten after a minute.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

KEPT_SECONDS: Final = 60.0


class Remembered(Generic[K, V]):
    """Answers by what was asked. No answer is not kept: the next one who asks tries again."""

    def __init__(
        self, *, seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._answers: dict[K, tuple[float, V]] = {}

    async def all(self, wanted: Iterable[K], ask: Callable[[K], Awaitable[V | None]]) -> dict[K, V]:
        """The answers that there are; those that are not known yet are asked for side by side."""
        now = self._clock()
        self._answers = {k: a for k, a in self._answers.items() if now - a[0] <= self._seconds}
        keys = list(dict.fromkeys(wanted))
        unknown = [key for key in keys if key not in self._answers]
        told = await asyncio.gather(*(ask(key) for key in unknown))
        fresh = {key: a for key, a in zip(unknown, told, strict=True) if a is not None}
        self._answers |= {key: (now, answer) for key, answer in fresh.items()}
        return {key: self._answers[key][1] for key in keys if key in self._answers}
