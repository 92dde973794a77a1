"""Starts Python programs from a process that has imported their libraries already.

What a service imports takes most of its start: seconds, four times over. Python's own fork server
imports the libraries once and forks; each program is then a process of its own that runs the same
``__main__`` as everywhere, sooner, and the libraries are in memory once. Only libraries and
``shared`` are imported ahead, never a service.

A forked program is tied to the fork server by its parent-death signal, and the fork server ends
with the process that uses it, so the promise of ``child`` holds here too.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess

from cli.supervisor.child import Child, Program, RunningProgram, log_since
from cli.supervisor.death_tie import name_this_process, tie_to
from cli.supervisor.logs import open_log


class ForkServer:
    """Forks Python modules; starts anything else as usual."""

    def __init__(self, imported_ahead: str) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", __name__, imported_ahead])

    def warm_up(self) -> None:
        """Begin with the imports; they go on beside whatever else happens."""
        if sys.platform == "linux":
            with _interrupts_ignored():
                forkserver.ensure_running()

    def start(self, program: Program) -> RunningProgram:
        """Start a program; forked, when its command is ``python -m MODULE …``."""
        if sys.platform == "linux" and program.command[1:2] == ("-m",):
            return ForkedChild(program, self._context)
        return Child(program)


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ctrl-C is for the supervisor: what is started here ignores it from its first moment."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class ForkedChild:
    """A running program that was forked."""

    def __init__(self, program: Program, context: ForkServerContext) -> None:
        self.program = program
        self.started = time.monotonic()
        with open_log(program.log) as log:
            self._log_start = log.tell()
        self._process: ForkServerProcess = context.Process(
            target=_become, args=(program,), name=program.name
        )
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    def exit_status(self) -> int | None:
        return self._process.exitcode

    def said(self) -> str:
        return log_since(self.program.log, self._log_start)

    def ask_to_stop(self) -> None:
        if self.exit_status() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.program.stop_signal)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def wait(self, seconds: float) -> bool:
        self._process.join(seconds)
        return self.exit_status() is not None

    def stop(self, seconds: float) -> None:
        self.ask_to_stop()
        if not self.wait(seconds):
            self.kill()
            self.wait(5)


def _become(program: Program) -> None:
    """In the forked process: take the program's place, and be it."""
    # Among what is open here is a hand on the fork server, which would keep it alive for ever.
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    tie = tie_to(os.getppid(), program.stop_signal)
    os.setsid()
    if tie is not None:
        tie()
    name_this_process(program.name)
    with open_log(program.log) as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    if program.environment is not None:
        os.environ.clear()
        os.environ.update(program.environment)
    if program.folder is not None:
        os.chdir(program.folder)
        sys.path.insert(0, str(program.folder))
    module, *words = program.command[2:]
    sys.argv = [module, *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
