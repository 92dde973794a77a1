"""A service of the clinic as a process of its own, as in production."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from cli.clinic.ports import LOOPBACK, is_free
from cli.clinic.services import IDENTITY
from cli.supervisor.child import Program, RunningProgram
from cli.trouble import Trouble

APPLICATION: Final = Path(__file__).parents[2]
"""Where ``services`` is importable from."""


class Service:
    """One service process."""

    def __init__(self, name: str, port: int, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.url = f"http://{LOOPBACK}:{port}"
        self._port = port
        self._environment = environment
        self._log = log

    def before_start(self) -> None:
        """Nothing: its state is in its database."""

    def program(self) -> Program:
        return Program(
            name=self.name,
            command=(sys.executable, "-m", module_of(self.name)),
            environment=self._environment,
            folder=APPLICATION,
            log=self._log,
        )

    async def ready(self, child: RunningProgram, seconds: float = 120) -> None:
        """Wait until it says that it is."""
        deadline = time.monotonic() + seconds
        said = "it does not answer"
        async with httpx.AsyncClient(base_url=self.url, timeout=3) as client:
            while True:
                if child.exit_status() is not None:
                    raise Trouble(self._why_ended(child))
                try:
                    answer = await client.get("/health/ready")
                    if answer.status_code == HTTPStatus.OK:
                        return
                    said = answer.text[:200]
                except httpx.HTTPError:
                    pass
                if time.monotonic() > deadline:
                    raise Trouble(f"{self.name} was not ready in {seconds:.0f} s: {said}")
                await asyncio.sleep(0.05)

    def _why_ended(self, child: RunningProgram) -> str:
        if not is_free(self._port):
            return f"{self.name}: port {self._port} was taken meanwhile: start again"
        return f"{self.name} did not start: {_last_line(child)} ({self._log})"

    async def is_sick(self) -> bool:
        """What it waits for (its database, the bus) it gets without being started anew."""
        return False


def module_of(service: str) -> str:
    """What ``python -m`` runs for it."""
    return "cli.issuer" if service == IDENTITY else f"services.{service}"


def migrations_of(service: str) -> Path:
    """The folder of its schema's steps."""
    home = "cli/issuer" if service == IDENTITY else f"services/{service}/persistence"
    return APPLICATION / home / "migrations"


def _last_line(child: RunningProgram) -> str:
    lines = [line for line in child.said().splitlines() if line.strip()]
    if not lines:
        return "it said nothing"
    try:
        last = json.loads(lines[-1])
        return str(last.get("event", last)) if isinstance(last, dict) else lines[-1]
    except ValueError:
        return lines[-1].strip()
