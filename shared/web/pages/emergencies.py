"""What stands over every page while records are open in an emergency, or wait for a review."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.emergency import open_until, waiting_for_review
from shared.web.calls import Call


def has_to_do_with_emergencies(request: Request, call: Call) -> bool:
    """Whether this person's role is one that opens records, or one that reviews who did."""
    return _opens(request, call) or _reviews(request, call)


async def look_for_emergencies(request: Request, connection: AsyncConnection, call: Call) -> None:
    """Whoever has a record open sees it on each page until the time is over; whoever reviews sees
    how many nobody has looked at."""
    if _opens(request, call):
        until = await open_until(connection, call.actor, call.context.now)
        request.state.emergency_until = until
    if _reviews(request, call):
        request.state.to_review = await waiting_for_review(connection)


def _opens(request: Request, call: Call) -> bool:
    return call.actor.role in request.app.state.access["break_glass"].roles


def _reviews(request: Request, call: Call) -> bool:
    return call.actor.role in request.app.state.access["review_emergency_access"].roles
