"""What a running clinic says of itself, for every other command and for programs."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from cli.clinic.secrets import write_private
from cli.clinic.tokens import SignIn
from cli.trouble import Trouble

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A process, told apart from a later one with the same number."""

    pid: int
    since: float

    @classmethod
    def of(cls, pid: int) -> "Running":
        try:
            since = psutil.Process(pid).create_time()
        except psutil.Error:
            since = time.time()
        return cls(pid=pid, since=since)

    def process(self) -> psutil.Process | None:
        """The process, if it still lives."""
        try:
            process = psutil.Process(self.pid)
            lives = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return None
        return process if lives and abs(process.create_time() - self.since) < 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicRecord:
    """``clinic.json``: where everything is, and the sandbox's sign-ins."""

    data: str
    clinic_id: str
    supervisor: Running
    services: dict[str, str]
    nats: str
    nats_monitor: str
    postgres: str
    clock_file: str
    issuer: str = ""
    processes: dict[str, Running] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)
    ready: bool = False
    format: int = _FORMAT

    def write(self, file: Path) -> None:
        write_private(file, json.dumps(asdict(self), indent=2) + "\n")

    @classmethod
    def read(cls, file: Path) -> "ClinicRecord":
        """Raises FileNotFoundError, or a sentence when it is not what was written."""
        text = file.read_text()
        try:
            return cls._parsed(json.loads(text))
        except (ValueError, TypeError, KeyError) as damage:
            raise Trouble(f"{file} is damaged ({damage}): stop the clinic and start it") from damage

    @classmethod
    def _parsed(cls, raw: dict[str, Any]) -> "ClinicRecord":
        return cls(
            **{
                **raw,
                "supervisor": Running(**raw["supervisor"]),
                "processes": {name: Running(**one) for name, one in raw["processes"].items()},
                "sign_ins": [SignIn(**one) for one in raw["sign_ins"]],
            }
        )
