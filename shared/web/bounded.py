"""No request is longer than anything that is taken here: whoever calls, known or not, fills no
memory. A body is read before anybody asks who sends it."""

from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 2_000_000
"""A protocol to be tried out is the longest, at 200,000 letters, each of up to six bytes."""


class Bounded:
    """Refuses the rest of a body that is too long, as soon as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise HTTPException(413, "This is longer than anything that is taken here.")
            return message

        await self._app(scope, bounded if scope["type"] == "http" else receive, send)
