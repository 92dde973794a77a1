"""Connections that bring no whole request are given up on, and there are only so many of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from fastapi import FastAPI

from shared.web import listening
from shared.web.listening import Patient

SOON = 0.2
WHOLE = b"GET /quick HTTP/1.1\r\nhost: x\r\n\r\n"
BEGUN = b"GET /quick HTTP/1.1\r\nhost: x\r\nx-pad: "


@dataclass
class Line:
    """One connection to the server, by hand."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """One answer: its status line, with the rest read away."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
        await self.reader.readexactly(int(length.split(b":")[1]))
        return head.split(b"\r\n")[0]

    async def hung_up(self) -> bool:
        """Waits for the other side to close, without a word."""
        try:
            return await self.reader.read() == b""
        except ConnectionResetError:
            return True

    async def dribble(self) -> None:
        """A letter at a time, for as long as somebody listens."""
        try:
            await self.say(BEGUN)
            while not self.reader.at_eof():
                await self.say(b"x")
                await asyncio.sleep(SOON / 20)
        except OSError:
            return


@dataclass
class Server:
    port: int
    release: asyncio.Event
    lines: list[Line] = field(default_factory=list)

    async def call(self) -> Line:
        self.lines.append(Line(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.lines[-1]


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    app, release = FastAPI(), asyncio.Event()

    @app.get("/quick")
    async def quick() -> str:
        return "done"

    @app.get("/slow")
    async def slow() -> str:
        await release.wait()
        return "done"

    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http=Patient,
        lifespan="off",
        log_config=None,
        h11_max_incomplete_event_size=listening.MOST_OF_A_HEAD,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    found = Server(server.servers[0].sockets[0].getsockname()[1], release)
    try:
        yield found
    finally:
        release.set()
        for line in found.lines:
            line.writer.close()
        server.should_exit = True
        await server.shutdown()


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setattr(listening, "HEAD_SECONDS", SOON)
    async with serving() as found:
        yield found


async def test_who_says_nothing_is_given_up_on(server: Server) -> None:
    line = await server.call()
    async with asyncio.timeout(30):
        assert await line.hung_up()


async def test_who_says_it_a_letter_at_a_time_is_too(server: Server) -> None:
    """Also after a whole request: each further one has to come in time as well."""
    line, later = await server.call(), await server.call()
    await later.say(WHOLE)
    assert await later.answer() == b"HTTP/1.1 200 OK"
    async with asyncio.timeout(30):
        await asyncio.gather(line.dribble(), later.dribble())
    assert await line.hung_up()
    assert await later.hung_up()


async def test_who_waits_for_an_answer_is_not(server: Server) -> None:
    """Neither while it is made, however long that takes, nor for what they asked in one go."""
    line, silent = await server.call(), await server.call()
    await line.say(WHOLE.replace(b"quick", b"slow") + WHOLE)
    async with asyncio.timeout(30):
        assert await silent.hung_up()
        server.release.set()
        assert await line.answer() == b"HTTP/1.1 200 OK"
        assert await line.answer() == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("padding", "said"),
    [(listening.MOST_OF_A_HEAD // 2, b"200"), (2 * listening.MOST_OF_A_HEAD, b"400")],
)
async def test_headers_have_an_end(server: Server, padding: int, said: bytes) -> None:
    """What is beyond it is not read: its sender may not even hear that it was too long."""
    line = await server.call()
    heard = b""
    async with asyncio.timeout(30):
        with contextlib.suppress(OSError):
            await line.say(BEGUN + b"x" * padding + b"\r\n\r\n")
            heard = await line.reader.readline()
    assert said in heard or (said != b"200" and heard == b"")


async def test_there_are_so_many_connections_and_one_that_ends_makes_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 2)
    async with serving() as server, asyncio.timeout(30):
        first, second = await server.call(), await server.call()
        for line in (first, second):
            await line.say(WHOLE)
            assert await line.answer() == b"HTTP/1.1 200 OK"
        assert await (await server.call()).hung_up()
        first.writer.close()
        await until_answered(server.call)


async def until_answered(call: Callable[[], Awaitable[Line]]) -> None:
    """There is room as soon as the other end has been noticed."""
    while True:
        line = await call()
        try:
            await line.say(WHOLE)
            assert await line.answer() == b"HTTP/1.1 200 OK"
        except (OSError, asyncio.IncompleteReadError):
            continue
        return
