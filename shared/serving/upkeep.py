"""Keeping parts of a process going, and letting none of them keep it from ending."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

log = structlog.get_logger()

_RESTART_SECONDS: Final = 0.5


class ConnectionClosedForGoodError(RuntimeError):
    """A connection that reconnects for ever was closed all the same: by the server's refusal."""


async def keep(stage: str, work: Callable[[], Awaitable[Any]], *, again: bool = True) -> None:
    """Run a part; one that fails is begun again, because nobody else would.

    One that ends by itself is begun again too, unless that is how it ends its work.
    """
    while True:
        try:
            await work()
        except Exception:
            log.exception("part failed", stage=stage)
        else:
            if not again:
                return
        await asyncio.sleep(_RESTART_SECONDS)


async def within(seconds: float, work: Awaitable[Any]) -> None:
    """Do something while leaving: not for longer than this, and whatever comes of it."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except Exception as error:  # noqa: BLE001 - we leave all the same
        log.warning("left without finishing", error=type(error).__name__)


class Closed:
    """Told by a client when it is closed for good; fails whoever waits for it."""

    def __init__(self) -> None:
        self._closed = asyncio.Event()

    async def tell(self) -> None:
        """The client's callback."""
        self._closed.set()

    async def fail(self) -> None:
        """Raise when that happens."""
        await self._closed.wait()
        raise ConnectionClosedForGoodError
