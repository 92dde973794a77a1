"""Pages that follow what happens: a stream that says when something changed, and nothing else.

A page that hears so reads itself again and puts in what is new. So whatever is shown was
authorised by the same route as ever, and nothing about a client is in the stream.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from shared.serving.changes import AT_MOST_EVERY_SECONDS
from shared.serving.life import RunningService
from shared.web.pages.page import Page, paged

router = APIRouter(include_in_schema=False)


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
        seen = await service.changes.soon_after(seen)
        yield f"event: changed\ndata: {seen}\n\n"
        await asyncio.sleep(AT_MOST_EVERY_SECONDS)
