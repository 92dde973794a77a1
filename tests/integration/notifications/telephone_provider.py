"""A telephone provider on this machine, with the HTTP interface that Twilio made known."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNT = "AC00000000000000000000000000000000"
TOKEN = "a-token-from-a-file"
NUMBER = "+15550100"


@dataclass
class Provider:
    """``answers`` are given in turn, the last again and again; what is taken is kept.

    ``forgets_to_answer``: the next request is taken, and the connection cut before the answer.
    """

    url: str = ""
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=lambda: [(201, {})])
    forgets_to_answer: bool = False
    hangs: bool = False
    taken: list[dict[str, str]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    now: Any = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        method, path, _ = request.split(" ")
        self.asked.append((method, path))
        self.allowed.append(headers.get("authorization", ""))
        status, said = self._answer(method, path, body)
        if self.hangs:
            await asyncio.Event().wait()
        if self.forgets_to_answer and method == "POST":
            self.forgets_to_answer = False
        else:
            payload = _json(said)
            writer.write(
                f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
                + payload
            )
            await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, body: str) -> tuple[int, dict[str, Any]]:
        address = urlsplit(path)
        kind = address.path.rsplit("/", 1)[1].removesuffix(".json")
        if method == "GET":
            query = {k: v[0] for k, v in parse_qs(address.query).items()}
            found = [one for one in self.taken if one["to"] == query["To"]]
            return 200, {kind.lower(): found}
        status, said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if status == 201:
            form = {k.lower(): v[0] for k, v in parse_qs(body).items()}
            at = format_datetime(self.now) if self.now else ""
            self.taken.append({"status": "queued", "date_created": at, **form})
        return status, {"status": "queued", **said}


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode()


def basic() -> str:
    return "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


@asynccontextmanager
async def running_provider() -> AsyncIterator[Provider]:
    """On a free port of the loopback."""
    provider = Provider()
    listening = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    provider.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        listening.close()
