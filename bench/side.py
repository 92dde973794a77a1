"""One side of a measurement in a process of its own, told what to do line by line.

A monotonic clock is one clock for all processes of a machine, so a moment that one process noted
can be subtracted from a moment that another noted.
"""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog

ROOT: Final = Path(__file__).parents[1]
_LONGEST_LINE: Final = 2**26
_GOODBYE_SECONDS: Final = 10


class Side:
    """A process that answers each line with a line."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(self, **what: Any) -> Any:
        """Say something and wait for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("a side of the measurement ended early: its own words are above")
        return json.loads(line)


@asynccontextmanager
async def started(module: str, role: str, environment: Mapping[str, str]) -> AsyncIterator[Side]:
    """Run a module until the end of the block; it is ready when the block begins."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        role,
        cwd=ROOT,
        env=dict(environment),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
    )
    side = Side(process)
    try:
        await side.answer()
        yield side
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _GOODBYE_SECONDS)
        except TimeoutError:  # it still waits for what will not come
            process.kill()
            await process.wait()


async def serve(handle: Callable[[Any], Awaitable[Any]]) -> None:
    """In the process: say that it is ready, then answer lines until there are no more."""
    reader = asyncio.StreamReader(limit=_LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    _say("ready")
    while line := await reader.readline():
        _say(await handle(json.loads(line)))


def quiet() -> None:
    """Leave standard output to the answers; what goes wrong is said beside them."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _say(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
