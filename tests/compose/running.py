"""A clinic in containers, really started, under a name and on ports of its own."""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx

from cli.clinic.ports import is_free
from cli.clinic.services import SERVICES
from tests.compose.compose_file import ROOT

_EXTRAS: Final = Path(__file__).with_name("extras.yml")


@dataclass(frozen=True)
class RunningClinic:
    """One compose project."""

    project: str
    port_prefix: str

    def compose(self, *words: str, seconds: float = 600, told: str | None = None) -> str:
        """Run `docker compose …` and return what it wrote; a failure shows everything."""
        done = self.attempt(*words, seconds=seconds, told=told)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def attempt(
        self, *words: str, seconds: float = 600, told: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        files = ["-f", str(ROOT / "docker-compose.yml"), "-f", str(_EXTRAS)]
        return subprocess.run(
            ["docker", "compose", "--progress", "quiet", "-p", self.project, *files, *words],
            cwd=ROOT,
            env={**os.environ, "CARETEAM_PORT_PREFIX": self.port_prefix},
            input=told,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def inside(self, service: str, *command: str, told: str | None = None) -> str:
        return self.compose("exec", "-T", service, *command, told=told)

    def python(self, service: str, code: str) -> str:
        return self.inside(service, "python", "-", told=code).strip()

    def careteam(self, *words: str) -> Any:
        """A command of ours in the toolbox; its JSON."""
        return json.loads(self.inside("clinic", "careteam", *words))

    def ready(self, service: str) -> bool:
        """As people see it, from outside."""
        url = f"http://127.0.0.1:{self.port_prefix}{SERVICES.index(service) + 1}/health/ready"
        try:
            return httpx.get(url, timeout=3, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def container(self, service: str) -> dict[str, Any]:
        """What the engine knows of it."""
        name = self.compose("ps", "-a", "-q", service).strip()
        found = subprocess.run(
            ["docker", "inspect", name], capture_output=True, text=True, check=True
        )
        container: dict[str, Any] = json.loads(found.stdout)[0]
        return container

    def restarts(self, service: str) -> int:
        return int(self.container(service)["RestartCount"])

    def health(self, service: str) -> str:
        """What the engine says of it: healthy, unhealthy or starting."""
        return str(self.container(service)["State"]["Health"]["Status"])

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> float:
        """How long it took; fails with the logs when it did not come."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > seconds:
                states = self.compose("ps", "-a")
                logs = self.compose("logs", "--tail", "20")
                raise AssertionError(f"not within {seconds:.0f} s\n{states}\n{logs}")
            time.sleep(0.25)
        return time.monotonic() - began


@contextmanager
def running_clinic() -> Iterator[RunningClinic]:
    """`docker compose up --build --wait`, and nothing left afterwards."""
    clinic = RunningClinic(f"careteam-test-{uuid4().hex[:8]}", _free_prefix())
    try:
        clinic.compose("up", "--build", "--wait", seconds=900)
        yield clinic
    finally:
        clinic.attempt("down", "--volumes", "--rmi", "all", "--timeout", "5")


def _free_prefix() -> str:
    """The first digits of four ports in a row that nobody uses."""
    for prefix in _shuffled(range(2000, 3200)):
        if all(is_free(prefix * 10 + number) for number in range(1, len(SERVICES) + 1)):
            return str(prefix)
    raise AssertionError("no four free ports in a row")


def _shuffled(numbers: Sequence[int]) -> list[int]:
    return random.sample(numbers, len(numbers))
