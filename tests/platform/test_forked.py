"""Programs that are forked are as separate, as named and as mortal as those that are started."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cli.supervisor.child import Child, Program, RunningProgram
from cli.supervisor.forked import ForkedChild, ForkServer
from tests.support.waiting import eventually

MODULE = """
import os, sys, time
print(__name__, sys.argv[1:], os.environ.get("COLOUR"), os.environ.get("HOME"), flush=True)
print("complaint", file=sys.stderr, flush=True)
if "wait" in sys.argv:
    time.sleep(600)
sys.exit(7)
"""


USER = """
import pathlib, sys, time
from cli.supervisor.child import Program
from cli.supervisor.forked import ForkServer

folder = pathlib.Path(sys.argv[1])
words = (sys.executable, "-m", "toyservice", "wait")
toy = Program(name="toy", command=words, log=folder / "toy.log", folder=folder)
print(ForkServer("json").start(toy).pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(scope="module")
def forks() -> ForkServer:
    server = ForkServer("json")
    server.warm_up()
    return server


def program(folder: Path, *words: str) -> Program:
    (folder / "toyservice.py").write_text(MODULE)
    return Program(
        name="toy",
        command=(sys.executable, "-m", "toyservice", *words),
        log=folder / "toy.log",
        folder=folder,
        environment={"COLOUR": "green"},
    )


@pytest.fixture
def waiting(forks: ForkServer, tmp_path: Path) -> Iterator[RunningProgram]:
    running = forks.start(program(tmp_path, "wait"))
    yield running
    running.kill()


def test_it_runs_a_modules_main_with_its_words_its_environment_and_its_log(
    forks: ForkServer, tmp_path: Path
) -> None:
    running = forks.start(program(tmp_path, "serve"))
    assert isinstance(running, ForkedChild)
    assert running.wait(20)
    assert running.exit_status() == 7
    assert running.said() == "__main__ ['serve'] green None\ncomplaint\n"


async def test_it_is_a_process_of_its_own_with_a_name(waiting: RunningProgram) -> None:
    async def speaks() -> bool:
        return "complaint" in waiting.said()

    await eventually(speaks)
    assert psutil.Process(waiting.pid).name() == "toy"
    assert os.getpgid(waiting.pid) == waiting.pid
    assert waiting.pid != os.getpid()


def test_how_it_ended_is_known(waiting: RunningProgram) -> None:
    assert waiting.exit_status() is None
    os.kill(waiting.pid, signal.SIGKILL)
    assert waiting.wait(10)
    assert waiting.exit_status() == -signal.SIGKILL


def test_it_can_be_asked_to_stop(waiting: RunningProgram) -> None:
    waiting.stop(10)
    assert waiting.exit_status() == -signal.SIGTERM


def test_what_is_no_python_module_is_started_as_usual(forks: ForkServer, tmp_path: Path) -> None:
    running = forks.start(Program(name="true", command=("true",), log=tmp_path / "true.log"))
    assert isinstance(running, Child)
    assert running.wait(10)


def test_it_ends_with_the_process_that_had_it_started(tmp_path: Path) -> None:
    (tmp_path / "toyservice.py").write_text(MODULE)
    user = subprocess.Popen(
        [
            sys.executable,
            "-c",
            USER,
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert user.stdout is not None
    forked = psutil.Process(int(user.stdout.readline()))
    server = forked.parent()
    assert server is not None
    assert server.pid != user.pid
    user.kill()
    user.wait(5)
    psutil.wait_procs([forked, server], timeout=10)
    assert not forked.is_running()
    assert not server.is_running()
    user.stdout.close()
