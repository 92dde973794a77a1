"""Follows an answer that does not end, inside the test's own process."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

PATIENCE = 90.0


class Followed:
    """What has come so far: ``events`` by their cursor, in order."""

    def __init__(self) -> None:
        self.status = 0
        self.text = ""
        self.over = asyncio.Event()
        self._more = asyncio.Event()

    @property
    def events(self) -> list[tuple[str, dict[str, Any]]]:
        blocks = [block.splitlines() for block in self.text.split("\n\n")[:-1]]
        fields = [dict(line.split(": ", 1) for line in block if ": " in line) for block in blocks]
        return [(one["id"], json.loads(one["data"])) for one in fields if "data" in one]

    async def told(self, *event_ids: str) -> list[str]:
        """Wait until these came; the cursors of all that did."""
        async with asyncio.timeout(PATIENCE):
            while not set(event_ids) <= {event["id"] for _, event in self.events}:
                self._more.clear()
                await self._more.wait()
        return [cursor for cursor, _ in self.events]

    async def hear(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message.get("body", b"").decode()
            if not message.get("more_body"):
                self.over.set()
        self._more.set()


@asynccontextmanager
async def following(app: FastAPI, path: str, headers: Mapping[str, str]) -> AsyncIterator[Followed]:
    """Ask, and hear what comes until the block ends; then hang up."""
    followed, hung_up = Followed(), asyncio.Event()
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "server": ("clinic", 80),
        "client": ("127.0.0.1", 1),
    }
    begun = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if not begun.is_set():
            begun.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await hung_up.wait()
        return {"type": "http.disconnect"}

    answering = asyncio.create_task(app(scope, receive, followed.hear))
    try:
        yield followed
    finally:
        hung_up.set()
        answering.cancel()
        await asyncio.wait([answering])
