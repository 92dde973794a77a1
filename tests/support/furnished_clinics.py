"""Clinics with rooms and clinicians and nobody else, for tests that do not ask how one begins.

The first start of a clinic is its databases, its migrations and its people's passwords: as many
CPU seconds as everything else that a start costs. So one clinic is furnished and stopped once in a
run of tests, and each test module starts a twin of its folder. How a clinic begins and begins again
is asked in ``tests/platform``, which starts its own.
"""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from cli.clinic.folder import ClinicFolder
from cli.synthetic.furnishing import furnish
from tests.support.started_clinic import StartedClinic, free_base, start_clinic

FurnishedClinics = Callable[[], AbstractContextManager[StartedClinic]]


@pytest.fixture(scope="session")
def furnished_clinics(
    parts_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> FurnishedClinics:
    """Starts one after the other, each as it was furnished; they share nothing but that."""
    first = _furnished_once(_folder_of_this_run(tmp_path_factory))

    @contextmanager
    def twin() -> Iterator[StartedClinic]:
        folder = Path(tempfile.mkdtemp(prefix="clinic-", dir=parts_folder))
        # Its files belong to whom PostgreSQL runs as; nothing in Python copies that.
        subprocess.run(["cp", "-a", str(first), str(folder / "data")], check=True)
        started = start_clinic(folder / "data", free_base(), "--empty")
        try:
            yield started
        finally:
            started.stop()
            kept = tmp_path_factory.mktemp("clinic") / "logs"
            shutil.copytree(ClinicFolder.at(started.data).logs, kept)
            shutil.rmtree(folder, ignore_errors=True)

    return twin


@contextmanager
def clinic_furnished_anew(folder: Path, **settings: str) -> Iterator[StartedClinic]:
    """One with settings of its own, which are environment variables of ``up``."""
    started = start_clinic(folder / "data", free_base(), "--empty", **settings)
    try:
        asyncio.run(furnish(started.reach))
        yield started
    finally:
        started.stop()


def _furnished_once(shared: Path) -> Path:
    """The folder of a clinic that was furnished and stopped: by whoever comes first."""
    made = shared / "furnished"
    with (shared / "furnished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            making = shared / "being-furnished"
            making.mkdir(mode=0o700, exist_ok=True)
            with clinic_furnished_anew(making) as clinic:
                data = clinic.data
            _forget_the_ports(ClinicFolder.at(data).secrets / "nats" / "nats.conf")
            data.rename(made)
    return made


def _forget_the_ports(configuration: Path) -> None:
    """A clinic keeps those of last time while they are free: twins would race for them."""
    kept = json.loads(configuration.read_text())
    del kept["listen"]
    configuration.write_text(json.dumps(kept))


def _folder_of_this_run(factory: pytest.TempPathFactory) -> Path:
    """One for all workers."""
    mine = factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
