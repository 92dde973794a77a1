"""`careteam up` in a process of its own, for tests of what a whole clinic does."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from cli.clinic.ports import is_free

ROOT = Path(__file__).parents[2]
CARETEAM = str(Path(sys.executable).with_name("careteam"))


@dataclass
class Up:
    """A running `careteam up --json`."""

    data: Path
    process: subprocess.Popen[str]
    record: dict[str, Any]

    def pid(self, part: str) -> int:
        record = json.loads((self.data / "clinic.json").read_text())
        return int(record["processes"][part]["pid"])

    def everybody(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def post(self, service: str, path: str, role: str, body: dict[str, Any]) -> httpx.Response:
        return self._call("POST", service, path, role, body)

    def get(self, service: str, path: str, role: str) -> httpx.Response:
        return self._call("GET", service, path, role, None)

    def _call(self, method: str, service: str, path: str, role: str, body: Any) -> httpx.Response:
        tokens = {person["role"]: person["token"] for person in self.record["sign_ins"]}
        return httpx.request(
            method,
            f"{self.record['services'][service]}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {tokens[role]}"},
            timeout=20,
        )

    def health(self) -> list[int]:
        """What each service says of its readiness."""
        return [
            httpx.get(f"{url}/health/ready", timeout=5).status_code
            for url in self.record["services"].values()
        ]

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def careteam(*words: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CARETEAM, *words, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def start(data: Path, base: int, *words: str) -> Up:
    process = subprocess.Popen(
        [CARETEAM, "up", "--json", "--data", str(data), "--port-base", str(base), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said, f"it ended with {process.wait(30)}"
    return Up(data, process, json.loads(said))


def free_base() -> int:
    """A free port with four free ones after it; another one for each worker and each call. All of
    them are below those that the kernel gives to outgoing connections."""
    for base in range(21000 + 97 * (os.getpid() % 100), 32700, 10):
        if base not in _GIVEN and all(is_free(base + number) for number in range(5)):
            _GIVEN.add(base)
            return base
    raise AssertionError("no free ports")


_GIVEN: set[int] = set()

CLIENT: Final = {
    "name": "Robin Example",
    "date_of_birth": "1990-01-01",
    "channel_consent": {"sms": False, "email": False, "voice": False},
}
