"""What one caller may ask for at once, so that there is always room for the others.

Whoever keeps more requests open than that gets 429 for the next one. It is a number of requests at
the same time, not in a minute: a busy clinic is not held up, a program that runs away is.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.storage import Actor
from shared.web.audited import begin_attempt

MOST_AT_ONCE: Final = 100
"""Requests of one caller at one service. Each open page has one, by which it follows."""
_AGAIN_SECONDS: Final = 1


@dataclass(slots=True)
class _Crowd:
    """Whose requests are being answered, and who was told to wait since they last had room."""

    asking: Counter[Actor] = field(default_factory=Counter)
    told: set[Actor] = field(default_factory=set)

    def leave(self, caller: Actor) -> None:
        self.told.discard(caller)
        self.asking[caller] -= 1
        if not self.asking[caller]:
            del self.asking[caller]


class Crowding:
    """Knows who is being answered, and forgets each request when it has ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._crowd = _Crowd()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["crowd"] = self._crowd
        try:
            await self._app(scope, receive, send)
        finally:
            if "caller" in state:
                self._crowd.leave(state["caller"])


def assert_not_too_many(request: Request, caller: Actor, action: str) -> None:
    """Count this request for its caller; raises 429 where they have too many already.

    Only the first in a row is in the audit: whoever is told to wait fills no chain.
    """
    crowd: _Crowd = request.state.crowd
    if crowd.asking[caller] < MOST_AT_ONCE:
        crowd.asking[caller] += 1
        request.state.caller = caller
        return
    if caller not in crowd.told:
        crowd.told.add(caller)
        begin_attempt(request, caller, action)
    raise HTTPException(
        429,
        "You have too many requests open already: wait for an answer.",
        headers={"Retry-After": str(_AGAIN_SECONDS)},
    )
