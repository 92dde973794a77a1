"""A child process that cannot outlive its parent.

The kernel sends a child its stop signal when its parent ends, whichever way
(``PR_SET_PDEATHSIG``), so a killed ``careteam up`` leaves nobody behind. Two traps: the signal is
bound to the *thread* that forked, so children are started from the main thread only; and a change
of user clears it, so a program started through ``setpriv`` sets it again there (see
``cli.embedded.unprivileged``).

A child leads a process group of its own: Ctrl-C in the terminal reaches the supervisor alone, which
then stops everybody in order.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cli.supervisor.death_tie import tie_to
from cli.supervisor.logs import open_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how it wants to be ended."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class RunningProgram(Protocol):
    """A started program, whichever way it was started."""

    program: Program
    started: float

    @property
    def pid(self) -> int: ...

    def exit_status(self) -> int | None:
        """None while it runs; otherwise the status, negative for a signal."""
        ...

    def said(self) -> str:
        """The end of what it has written to its log since it was started."""
        ...

    def ask_to_stop(self) -> None: ...

    def kill(self) -> None:
        """End it, and whatever it started."""
        ...

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time."""
        ...

    def stop(self, seconds: float) -> None:
        """Ask it to stop; after this time, make it."""
        ...


class Child:
    """A program in a process that this one has started."""

    def __init__(self, program: Program) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("a child dies with the thread that starts it: use the main thread")
        self.program = program
        self.started = time.monotonic()
        with open_log(program.log) as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.folder,
                env=program.environment,
                start_new_session=True,
                preexec_fn=tie_to(os.getpid(), program.stop_signal),  # noqa: PLW1509 - one prctl
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_status(self) -> int | None:
        return self._process.poll()

    def said(self) -> str:
        return log_since(self.program.log, self._log_start)

    def ask_to_stop(self) -> None:
        if self.exit_status() is None:
            self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.exit_status() is None:
            self._process.kill()

    def wait(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float) -> None:
        self.ask_to_stop()
        if not self.wait(seconds):
            self.kill()
            self.wait(5)


async def ended(program: RunningProgram) -> int:
    """Its status, once it has ended. Costs nothing while it runs."""
    await _gone_by_the_kernels_word(program.pid)
    while True:
        status = program.exit_status()
        if status is not None:
            return status
        await asyncio.sleep(0.005)


async def _gone_by_the_kernels_word(pid: int) -> None:
    """Waits on the process itself where the kernel offers that; elsewhere the caller looks."""
    try:
        process = os.pidfd_open(pid)
    except (AttributeError, OSError):
        return
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(process, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(process)
        os.close(process)


def log_since(log: Path, start: int, most: int = 65536) -> str:
    """What a log holds from a place on; its end, when that is long."""
    with contextlib.suppress(OSError), log.open("rb") as written:
        size = written.seek(0, os.SEEK_END)
        written.seek(max(min(start, size), size - most))
        return written.read().decode(errors="replace")
    return ""
