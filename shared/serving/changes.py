"""Whether anything changed in this service's database, for those who look at it."""

import asyncio
from contextlib import suppress
from typing import Final

LONGEST_SILENCE_SECONDS: Final = 10.0
"""To whoever follows a longer one is a lost connection."""
AT_MOST_EVERY_SECONDS: Final = 0.05
"""How often whoever follows is told."""


class Changes:
    """Counts the commits of this process that may have changed what people see."""

    def __init__(self) -> None:
        self.count = 0
        self.over = False
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Something was committed."""
        self.count += 1
        self._wake()

    def end(self) -> None:
        """Nothing will change any more here: whoever waits may go."""
        self.over = True
        self._wake()

    async def after(self, seen: int) -> int:
        """Wait until more was committed than was seen, or until the end; returns the count."""
        while self.count <= seen and not self.over:
            await self._next.wait()
        return self.count

    async def soon_after(self, seen: int) -> int:
        """The same, or the count as it is after a silence that is long enough: then whoever follows
        looks unasked, for another replica may have done something."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                await self.after(seen)
        return self.count

    def _wake(self) -> None:
        told, self._next = self._next, asyncio.Event()
        told.set()
