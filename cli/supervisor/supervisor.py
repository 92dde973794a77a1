"""Starts the parts of a clinic, brings back what dies, and ends them in order.

A part that dies comes back after 0.1 s, then 0.2, 0.4 … 5 s, and from 0.1 s again once it has lived
for a while. A part that lives but cannot work (NATS after a full disk) is ended and comes back the
same way. Parts end in reverse: services first, so that what they still say can be heard.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from cli.supervisor.child import Child, Program, RunningProgram, ended
from cli.supervisor.logs import rotate
from cli.trouble import Fading, Trouble

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
_LIVED_WELL_SECONDS: Final = 10.0
_HEALTH_EVERY: Final = 1.0
_SICK_LOOKS: Final = 3
STOP_SECONDS: Final = 15.0
_SHARE_LEFT: Final = 0.2
_FADING_SECONDS: Final = 15.0

Tell = Callable[[str], None]


class Part(Protocol):
    """Something that is kept running."""

    @property
    def name(self) -> str: ...

    def before_start(self) -> None:
        """Clear the way; called before every start."""
        ...

    def program(self) -> Program: ...

    async def ready(self, child: RunningProgram) -> None:
        """Return once it works; raise Trouble when it will not."""
        ...

    async def is_sick(self) -> bool:
        """Whether it runs, but has to be started anew to work again."""
        ...


class Supervisor:
    """Keeps parts running. Everything happens on the main thread (see ``child``)."""

    def __init__(
        self,
        tell: Tell,
        on_change: Callable[[], None] = lambda: None,
        *,
        launch: Callable[[Program], RunningProgram] = Child,
        stop_within: float = STOP_SECONDS,
    ) -> None:
        self._tell = tell
        self._on_change = on_change
        self._launch = launch
        self._stop_within = stop_within
        self._children: dict[str, RunningProgram] = {}
        self._watches: dict[str, asyncio.Task[None]] = {}
        self._stopping = False

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items()}

    async def start(self, part: Part) -> None:
        """Start a part, wait until it works, and keep it running from then on."""
        deadline = time.monotonic() + _FADING_SECONDS
        while True:
            part.before_start()
            child = self._children[part.name] = self._launch(part.program())
            self._on_change()
            try:
                await part.ready(child)
                break
            except Fading:
                child.stop(5)
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)
        self._watches[part.name] = asyncio.create_task(self._keep(part), name=part.name)

    async def until_broken(self) -> None:
        """Returns never; raises if keeping a part running fails beyond repair."""
        await asyncio.gather(*self._watches.values())

    async def stop(self, order: Iterable[Iterable[str]]) -> None:
        """End the parts, group after group; kill what is left when the time is over.

        Each group leaves some of the time to those after it, so that one that hangs does not make
        the database end without its fast shutdown.
        """
        self._stopping = True
        for watch in self._watches.values():
            watch.cancel()
        await asyncio.gather(*self._watches.values(), return_exceptions=True)
        groups = [[self._children[n] for n in group if n in self._children] for group in order]
        end = time.monotonic() + self._stop_within
        for left, group in zip(range(len(groups) - 1, -1, -1), groups, strict=True):
            await self._end(group, end - left * self._stop_within * _SHARE_LEFT)
        await self._end(list(self._children.values()), end)

    async def _keep(self, part: Part) -> None:
        pause = FIRST_PAUSE
        while True:
            child = self._children[part.name]
            await self._until_gone(part, child)
            if time.monotonic() - child.started > _LIVED_WELL_SECONDS:
                pause = FIRST_PAUSE
            self._tell(f"{part.name} ended ({_how(child)}); starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._again(part)

    async def _again(self, part: Part) -> None:
        try:
            part.before_start()
            child = self._children[part.name] = self._launch(part.program())
            self._on_change()
            await part.ready(child)
            self._tell(f"{part.name} is back")
        except (Trouble, OSError) as trouble:
            self._tell(f"{part.name}: {trouble}")

    async def _until_gone(self, part: Part, child: RunningProgram) -> None:
        """Wait for its end; meanwhile look after its health and its log."""
        sick = 0
        while not await _gone(child, _HEALTH_EVERY):
            rotate(child.program.log)
            sick = sick + 1 if await part.is_sick() else 0
            if sick >= _SICK_LOOKS:
                self._tell(f"{part.name} is unhealthy and cannot recover by itself")
                child.ask_to_stop()
                if not await _gone(child, 3):
                    child.kill()

    async def _end(self, children: list[RunningProgram], deadline: float) -> None:
        for child in children:
            child.ask_to_stop()
        for child in children:
            if not await _gone(child, deadline - time.monotonic()):
                self._tell(f"{child.program.name} does not stop: ending it")
            child.kill()
            await _gone(child, 2)


async def _gone(child: RunningProgram, seconds: float) -> bool:
    """Whether it has ended within this time."""
    try:
        async with asyncio.timeout(seconds):
            await ended(child)
    except TimeoutError:
        return child.exit_status() is not None
    return True


def _how(child: RunningProgram) -> str:
    status = child.exit_status() or 0
    if status < 0:
        with contextlib.suppress(ValueError):
            return f"by {signal.Signals(-status).name}"
    return f"with status {status}"
