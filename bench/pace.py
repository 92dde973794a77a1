"""An open loop: work begins when its time has come, whether or not the work before it is done."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def at_rate(
    rate: float, count: int, work: Callable[[int], Awaitable[str]]
) -> dict[str, float]:
    """Begin ``work`` so many times a second.

    Returns for each key that ``work`` returned the moment at which it was due: what had to wait
    for its turn has waited, and the wait counts.
    """
    due_at: dict[str, float] = {}

    async def once(number: int, due: float) -> None:
        due_at[await work(number)] = due

    first = time.monotonic() + 0.05
    async with asyncio.TaskGroup() as running:
        for number in range(count):
            due = first + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            running.create_task(once(number, due))
    return due_at


async def until(condition: Callable[[], Awaitable[bool]], every: float = 0.02) -> None:
    """Wait for what can only be asked for."""
    while not await condition():  # noqa: ASYNC110 - it happens in a server or in another process
        await asyncio.sleep(every)


class Seen:
    """What was committed, and when, until somebody asks."""

    def __init__(self) -> None:
        self._moments: dict[str, float] = {}
        self._more = asyncio.Event()

    def add(self, *keys: str) -> None:
        now = time.monotonic()
        for key in keys:
            self._moments.setdefault(key, now)
        self._more.set()

    async def take(self, count: int) -> dict[str, float]:
        """Wait until there are so many; forget them."""
        while len(self._moments) < count:
            self._more.clear()
            await self._more.wait()
        taken, self._moments = self._moments, {}
        return taken
