"""An integrator's endpoint on this machine: it verifies what it gets with the library."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

Answers = Callable[["Got"], "tuple[int, dict[str, str]]"]


@dataclass(frozen=True)
class Got:
    """One call: the CloudEvent in it, its headers, and its body as it came."""

    event: dict[str, Any]
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def client(self) -> str | None:
        return self.event.get("partitionkey")

    def verifies(self, secret: str) -> bool:
        try:
            Webhook(secret).verify(self.body, self.headers)
        except WebhookVerificationError:
            return False
        return True


@dataclass
class Receiver:
    """``answers`` says what each call gets: a status and headers. ``hangs``: never any answer."""

    url: str = ""
    answers: Answers = lambda _got: (204, {})
    hangs: bool = False
    calls: list[Got] = field(default_factory=list)
    taken: list[Got] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)

    def ids(self) -> list[str]:
        return [one.id for one in self.taken]

    async def has(self, ids: list[str]) -> bool:
        return set(ids) <= set(self.ids())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await self._one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        request, *lines = head.split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.paths.append(request.split(" ")[1])
        got = Got(json.loads(body or b"{}"), headers, body)
        self.calls.append(got)
        if self.hangs:
            await self.hung_up.wait()
        status, more = self.answers(got)
        if status < 300:
            self.taken.append(got)
        told = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        writer.write(f"HTTP/1.1 {status} X\r\n{told}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def receiving(answers: Answers | None = None) -> AsyncIterator[Receiver]:
    """A receiver that takes everything, or answers as it is told."""
    receiver = Receiver()
    if answers is not None:
        receiver.answers = answers
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        yield receiver
        receiver.hung_up.set()
        server.close()
