"""A child process that cannot outlive its parent.

The kernel sends a child its stop signal when its parent ends, whichever way
(``PR_SET_PDEATHSIG``), so a killed ``careteam up`` leaves nobody behind. Two traps: the signal is
bound to the *thread* that forked, so children are started from the main thread only; and a change
of user clears it, so a program started through ``setpriv`` sets it again there (see
``cli.embedded.unprivileged``).

A child leads a process group of its own: Ctrl-C in the terminal reaches the supervisor alone, which
then stops everybody in order.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.supervisor.logs import open_log

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how it wants to be ended."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class Child:
    """A running program."""

    def __init__(self, program: Program) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("a child dies with the thread that starts it: use the main thread")
        self.program = program
        self.started = time.monotonic()
        with open_log(program.log) as log:
            self.log_start = log.tell()
            self._process = subprocess.Popen(
                program.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=program.folder,
                env=program.environment,
                start_new_session=True,
                preexec_fn=_tie_to(os.getpid(), program.stop_signal),  # noqa: PLW1509 - one prctl
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def exit_status(self) -> int | None:
        """None while it runs; otherwise the status, negative for a signal."""
        return self._process.poll()

    def said(self) -> str:
        """What it has written to its log since it was started (the last 64 KiB of it)."""
        with contextlib.suppress(OSError), self.program.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(min(self.log_start, size), size - 65536))
            return log.read().decode(errors="replace")
        return ""

    def ask_to_stop(self) -> None:
        if self.exit_status() is None:
            self._process.send_signal(self.program.stop_signal)

    def kill(self) -> None:
        """End it and whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.exit_status() is None:
            self._process.kill()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within this time."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self, seconds: float) -> None:
        """Ask it to stop; after this time, make it."""
        self.ask_to_stop()
        if not self.wait(seconds):
            self.kill()
            self.wait(5)


def _tie_to(parent: int, stop_signal: signal.Signals) -> Callable[[], None] | None:
    libc = _LIBC
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died before the tie was made
            os._exit(1)

    return tie
