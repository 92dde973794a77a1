"""No request is longer than anything that is taken here, and none takes for ever: whoever calls,
known or not, fills no memory. A body is read before anybody asks who sends it."""

import asyncio
from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 2_000_000
"""A protocol to be tried out is the longest, at 200,000 letters, each of up to six bytes."""
BODY_SECONDS: Final = 30.0
"""For all of a body, from the end of the request's headers."""
READING_SECONDS: Final = 60.0
"""For whoever asked to make room for the next piece of the answer."""
_NO_MORE: Final = {"connection": "close"}
"""What is left of the request is read by nobody."""


class Bounded:
    """Refuses the rest of a body that is too long or too slow, as soon as it is, and gives up an
    answer that nobody reads."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken, whole = 0, False
        due = asyncio.get_running_loop().time() + BODY_SECONDS

        async def bounded() -> Message:
            nonlocal taken, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(due):
                    message = await receive()
            except TimeoutError:
                raise HTTPException(
                    408, "The rest of this did not come in time: send it again.", _NO_MORE
                ) from None
            whole = not message.get("more_body", False)
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise HTTPException(
                    413, "This is longer than anything that is taken here.", _NO_MORE
                )
            return message

        async def read_in_time(message: Message) -> None:
            async with asyncio.timeout(READING_SECONDS):
                await send(message)

        await self._app(scope, bounded, read_in_time)
