"""Pages that follow what happens: a stream that says when something changed, and nothing else.

A page that hears so reads itself again and puts in what is new. So whatever is shown was
authorised by the same route as ever, and nothing about a client is in the stream.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from shared.serving.life import RunningService
from shared.web.pages.page import Page, paged

router = APIRouter(include_in_schema=False)

LONGEST_SILENCE_SECONDS: Final = 10.0
"""After so long a page looks again unasked: another replica may have done something. A longer
silence is a lost connection."""
AT_MOST_EVERY_SECONDS: Final = 0.05


@router.get("/live")
async def live(page: Annotated[Page, Depends(paged("follow"))]) -> StreamingResponse:
    """Server-sent events: ``changed`` after a change, and now and then all the same."""
    return StreamingResponse(_changes(page.call.service), media_type="text/event-stream")


@router.get("/awake")
async def awake(_page: Annotated[Page, Depends(paged("follow"))]) -> Response:
    """Somebody writes here and has not sent anything yet: their session does not fall asleep."""
    return Response(status_code=204)


async def _changes(service: RunningService[Any]) -> AsyncIterator[str]:
    seen = service.changes.count
    yield "retry: 1000\n\n"
    while not service.changes.over:
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SILENCE_SECONDS):
                seen = await service.changes.after(seen)
        yield f"event: changed\ndata: {seen}\n\n"
        await asyncio.sleep(AT_MOST_EVERY_SECONDS)
