"""What dies comes back, what is sick is replaced, and the end is orderly."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from cli.supervisor.child import Program, RunningProgram
from cli.supervisor.logs import rotate
from cli.supervisor.supervisor import Supervisor
from cli.trouble import Fading, Trouble
from tests.support.waiting import eventually

WAITS = "import signal, time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + WAITS


class FakePart:
    """A small program instead of a server."""

    def __init__(self, folder: Path, code: str = WAITS, name: str = "part") -> None:
        self.name = name
        self.starts = 0
        self.sick = False
        self.fading = 0
        self._folder = folder
        self._code = code

    def before_start(self) -> None:
        self.starts += 1

    def program(self) -> Program:
        return Program(
            name=self.name,
            command=(sys.executable, "-c", self._code),
            log=self._folder / f"{self.name}.log",
        )

    async def ready(self, child: RunningProgram) -> None:
        if self.fading:
            self.fading -= 1
            raise Fading("not yet")

        async def said() -> bool:
            if child.exit_status() is not None:
                raise Trouble(f"{self.name} did not start")
            return "up" in child.said()

        await eventually(said, seconds=20)

    async def is_sick(self) -> bool:
        return self.sick


@asynccontextmanager
async def supervised(*parts: FakePart) -> AsyncIterator[tuple[Supervisor, list[str]]]:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    try:
        for part in parts:
            await supervisor.start(part)
        yield supervisor, told
    finally:
        await supervisor.stop([[part.name] for part in reversed(parts)])


async def test_a_part_that_dies_is_started_again_at_once(tmp_path: Path) -> None:
    part = FakePart(tmp_path)
    async with supervised(part) as (supervisor, told):
        first = supervisor.pids["part"]
        began = time.monotonic()
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: _other(supervisor, first), seconds=5)
        assert time.monotonic() - began < 2
        assert part.starts == 2
        assert "part ended (by SIGKILL); starting it again in 0.1 s" in told


async def test_the_pauses_grow_while_it_keeps_dying(tmp_path: Path) -> None:
    part = FakePart(tmp_path)
    async with supervised(part) as (supervisor, told):
        for _ in range(3):
            pid = supervisor.pids["part"]
            os.kill(pid, signal.SIGKILL)
            await eventually(partial(_other, supervisor, pid), seconds=5)
    pauses = [line.rsplit(" ", 2)[1] for line in told if "starting it again" in line]
    assert pauses == ["0.1", "0.2", "0.4"]


async def test_a_part_that_cannot_recover_by_itself_is_replaced(tmp_path: Path) -> None:
    part = FakePart(tmp_path)
    async with supervised(part) as (supervisor, told):
        first = supervisor.pids["part"]
        part.sick = True
        await eventually(lambda: _other(supervisor, first), seconds=10)
        part.sick = False
        assert "part is unhealthy and cannot recover by itself" in told


async def test_trouble_that_fades_is_waited_for_and_other_trouble_is_told(tmp_path: Path) -> None:
    part = FakePart(tmp_path)
    part.fading = 2
    async with supervised(part):
        assert part.starts == 3
    broken = FakePart(tmp_path, "raise SystemExit(3)", "broken")
    with pytest.raises(Trouble, match="broken did not start"):
        async with supervised(broken):
            pass


async def test_everything_ends_also_what_does_not_listen(tmp_path: Path) -> None:
    polite, deaf = FakePart(tmp_path), FakePart(tmp_path, DEAF, "deaf")
    told: list[str] = []
    supervisor = Supervisor(told.append, stop_within=1)
    for part in (polite, deaf):
        await supervisor.start(part)
    pids = supervisor.pids
    await supervisor.stop([["deaf"], ["part"]])
    assert not [pid for pid in pids.values() if psutil.pid_exists(pid)]
    assert "deaf does not stop: ending it" in told
    assert not [line for line in told if line.startswith("part does not stop")]


async def test_groups_end_one_after_the_other(tmp_path: Path) -> None:
    slow = (
        "import signal, sys, time\n"
        "def bye(*_):\n    time.sleep(0.3); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, bye)\nprint('up', flush=True)\ntime.sleep(600)"
    )
    first, last = FakePart(tmp_path, slow, "first"), FakePart(tmp_path, WAITS, "last")
    supervisor = Supervisor(lambda _: None)
    for part in (last, first):
        await supervisor.start(part)
    pids = supervisor.pids
    ending = asyncio.create_task(supervisor.stop([["first"], ["last"]]))
    await eventually(lambda: _gone(pids["first"]), seconds=5, every=0.005)
    await ending
    assert not psutil.pid_exists(pids["last"])


def test_a_child_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import pathlib, sys, time
                from cli.supervisor.child import Child, Program
                waits = "import time; time.sleep(600)"
                child = Child(Program(name="x", command=(sys.executable, "-c", waits),
                                      log=pathlib.Path({str(tmp_path / "x.log")!r})))
                print(child.pid, flush=True)
                time.sleep(600)
            """),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    parent.wait(5)
    assert child.wait(5) in {None, -signal.SIGTERM}
    parent.stdout.close()


def test_a_long_log_is_moved_aside_and_still_written(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    with log.open("ab") as held_open:
        for number in range(5):
            held_open.write(b"%d" % number * 100)
            held_open.flush()
            assert rotate(log, most_bytes=50)
        held_open.write(b"last")
        held_open.flush()
    assert log.read_bytes() == b"last"
    assert [file.read_bytes()[:1] for file in sorted(tmp_path.glob("part.log.*"))] == [
        b"4",
        b"3",
        b"2",
    ]
    assert not rotate(log, most_bytes=50)


async def _other(supervisor: Supervisor, pid: int) -> bool:
    return supervisor.pids["part"] != pid


async def _gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)
