"""`careteam up` in a process of its own, for tests of what a whole clinic does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from cli.clinic.folder import ClinicFolder
from cli.clinic.ports import is_free
from cli.clinic.reach import Reach, reach
from cli.clinic.record import ClinicRecord

ROOT: Final = Path(__file__).parents[2]
CARETEAM: Final = str(Path(sys.executable).with_name("careteam"))
START_SECONDS: Final = 240.0

CLIENT: Final = {
    "name": "Robin Example",
    "date_of_birth": "1990-01-01",
    "channel_consent": {"sms": False, "email": False, "voice": False},
}


@dataclass
class StartedClinic:
    """A clinic that runs, and what `up` told of it when it was ready."""

    data: Path
    port_base: int
    process: subprocess.Popen[str]
    told: dict[str, Any]

    @property
    def reach(self) -> Reach:
        return reach(self.data)

    @property
    def record(self) -> ClinicRecord:
        """As it is at this moment: who is killed comes back as another process."""
        return ClinicRecord.read(ClinicFolder.at(self.data).record_file)

    def pid(self, part: str) -> int:
        return self.record.processes[part].pid

    def process_of(self, part: str) -> psutil.Process | None:
        """The process of a part as the record of this moment says, if it lives."""
        found = self.record.processes.get(part)
        return None if found is None else found.process()

    def everybody(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

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

    def post(self, service: str, path: str, role: str, body: dict[str, Any]) -> httpx.Response:
        return self._call("POST", service, path, role, body)

    def get(self, service: str, path: str, role: str) -> httpx.Response:
        return self._call("GET", service, path, role, None)

    def _call(self, method: str, service: str, path: str, role: str, body: Any) -> httpx.Response:
        here = self.reach
        return httpx.request(
            method,
            f"{here.services[service]}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {here.token(role)}"},
            timeout=20,
        )

    def health(self) -> list[int]:
        """What each service says of its readiness."""
        return [
            httpx.get(f"{url}/health/ready", timeout=5).status_code
            for url in self.told["services"].values()
        ]

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ask it to end, and wait; the exit status."""
        self.process.send_signal(number)
        status = self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status


def start_clinic(data: Path, port_base: int, *words: str, **settings: str) -> StartedClinic:
    """Start it and wait until it is ready; ``words`` are options of ``up``, ``settings`` its
    environment variables. What it says meanwhile is in a log beside its data."""
    with data.with_name(f"{data.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [
                *(CARETEAM, "up", "--json", "--data", str(data)),
                *("--port-base", str(port_base), *words),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, "COLUMNS": "200", **settings},
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not _ready(data, process.pid):
        assert process.poll() is None, f"the clinic did not start:\n{_tail(Path(log.name))}"
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"the clinic was not ready:\n{_tail(Path(log.name))}")
        time.sleep(0.05)
    assert process.stdout is not None
    return StartedClinic(data, port_base, process, json.loads(process.stdout.readline()))


def _ready(data: Path, pid: int) -> bool:
    try:
        record = ClinicRecord.read(ClinicFolder.at(data).record_file)
    except FileNotFoundError:
        return False
    return record.ready and record.supervisor.pid == pid


def _tail(log: Path) -> str:
    return log.read_text()[-4000:]


def careteam(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    """A command of `careteam` about the clinic in this folder."""
    return subprocess.run(
        [CARETEAM, *words, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def free_base() -> int:
    """A free port with four free ones after it; another one for each worker and each call. All of
    them are below those that the kernel gives to outgoing connections."""
    for base in range(21000 + 97 * (os.getpid() % 100), 32700, 10):
        if base not in _GIVEN and all(is_free(base + number) for number in range(5)):
            _GIVEN.add(base)
            return base
    raise AssertionError("no free ports")


_GIVEN: set[int] = set()
