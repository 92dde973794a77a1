"""A whole clinic, really started, for the journeys of one test module."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from cli.clinic.folder import ClinicFolder
from cli.clinic.reach import Reach, reach
from cli.clinic.record import ClinicRecord
from cli.synthetic.furnishing import furnish

ROOT = Path(__file__).parents[2]
CARETEAM = str(Path(sys.executable).with_name("careteam"))
START_SECONDS = 240.0


@dataclass
class StartedClinic:
    """`careteam up` in a process of its own."""

    data: Path
    port_base: int
    process: subprocess.Popen[bytes]

    @property
    def reach(self) -> Reach:
        return reach(self.data)

    @property
    def record(self) -> ClinicRecord:
        return ClinicRecord.read(ClinicFolder.at(self.data).record_file)

    def process_of(self, part: str) -> psutil.Process | None:
        """The process of a part as the record of this moment says, if it lives."""
        found = self.record.processes.get(part)
        return None if found is None else found.process()

    def kill(self, part: str) -> None:
        """kill -9, as a crash would."""
        process = self.process_of(part)
        if process is not None:
            process.kill()

    @contextmanager
    def silent(self, part: str) -> Iterator[None]:
        """A part that neither answers nor dies, until the end of the block."""
        process = self.process_of(part)
        assert process is not None, f"{part} does not run"
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    @contextmanager
    def without(self, part: str) -> Iterator[None]:
        """A part that is not there, and that nobody starts again until the end of the block."""
        supervisor = psutil.Process(self.process.pid)
        supervisor.suspend()
        try:
            self.kill(part)
            yield
        finally:
            supervisor.resume()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


def start_clinic(data: Path, port_base: int, **settings: str) -> StartedClinic:
    """Start it and wait until it is ready; ``settings`` are environment variables of ``up``."""
    log = (data.parent / f"{data.name}.log").open("ab")
    process = subprocess.Popen(
        [CARETEAM, "up", "--empty", "--data", str(data), "--port-base", str(port_base)],
        cwd=ROOT,
        stdout=log,
        stderr=log,
        env={**os.environ, "COLUMNS": "200", **settings},
    )
    clinic = StartedClinic(data, port_base, process)
    deadline = time.monotonic() + START_SECONDS
    while not _ready(clinic):
        assert process.poll() is None, f"the clinic did not start:\n{_tail(log.name)}"
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the clinic was not ready:\n{_tail(log.name)}")
        time.sleep(0.1)
    return clinic


def _ready(clinic: StartedClinic) -> bool:
    try:
        record = clinic.record
    except FileNotFoundError:
        return False
    return record.ready and record.supervisor.pid == clinic.process.pid


def _tail(log: str) -> str:
    return Path(log).read_text()[-4000:]


def four_free_ports() -> int:
    """A base that is free, and four ports after it."""
    for base in range(18100 + 40 * (os.getpid() % 100), 60000, 40):
        try:
            for port in range(base, base + 5):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartedClinic]:
    """A clinic with rooms and clinicians and nobody else, stopped in order at the end."""
    with furnished_clinic(tmp_path_factory.mktemp("clinic")) as started:
        yield started


@contextmanager
def furnished_clinic(folder: Path, **settings: str) -> Iterator[StartedClinic]:
    """A clinic with rooms and clinicians and nobody else."""
    started = start_clinic(folder / "data", four_free_ports(), **settings)
    try:
        asyncio.run(furnish(started.reach))
        yield started
    finally:
        started.stop()
