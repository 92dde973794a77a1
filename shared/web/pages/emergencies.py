"""What stands over every page while records are open in an emergency, or wait for a review."""

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.emergency import open_until, waiting_for_review
from shared.web.calls import Call


async def look_for_emergencies(request: Request, connection: AsyncConnection, call: Call) -> None:
    """Whoever has a record open sees it on each page until the time is over; whoever reviews sees
    how many nobody has looked at."""
    access = request.app.state.access
    if call.actor.role in access["break_glass"].roles:
        until = await open_until(connection, call.actor, call.context.now)
        request.state.emergency_until = until
    if call.actor.role in access["review_emergency_access"].roles:
        request.state.to_review = await waiting_for_review(connection)
