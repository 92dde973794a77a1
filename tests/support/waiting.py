"""Waits for what must become true, and for no longer."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(
    condition: Callable[[], Awaitable[bool]], *, seconds: float = 10, every: float = 0.02
) -> None:
    """Return as soon as the condition holds; fail when it does not within this time."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        await asyncio.sleep(every)
