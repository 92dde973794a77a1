"""Fixtures: real PostgreSQL and NATS, started once for each worker, fresh for each module.

Embedded by default. With ``CARETEAM_TEST_PARTS=containers`` the same fixtures come from the images
that compose uses.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.nats_part import EmbeddedNats, NatsPart, embedded_nats
from tests.support.postgres_part import (
    EmbeddedPostgres,
    PostgresPart,
    ServiceDatabase,
    embedded_postgres,
)

FreshDatabase = Callable[..., ServiceDatabase]


def in_containers() -> bool:
    return os.environ.get("CARETEAM_TEST_PARTS") == "containers"


@pytest.fixture(scope="session")
def parts_folder() -> Iterator[Path]:
    """In memory where there is such a place: syncing is then real, and costs nothing."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30
    folder = Path(tempfile.mkdtemp(prefix="careteam-", dir=memory if roomy else None))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(parts_folder: Path) -> Iterator[PostgresPart]:
    """A PostgreSQL with the roles of all services."""
    if in_containers():
        from tests.support.container_parts import container_postgres as start
    else:
        from tests.support.postgres_part import embedded_postgres as start
    with start(parts_folder) as part:
        yield part


@pytest.fixture(scope="session")
def nats_server(parts_folder: Path) -> Iterator[NatsPart]:
    """A NATS with the accounts of all services, provisioned."""
    if in_containers():
        from tests.support.container_parts import container_nats as start
    else:
        from tests.support.nats_part import embedded_nats as start
    with start(parts_folder) as part:
        yield part


@pytest.fixture(scope="module")
def fresh_database(postgres: PostgresPart) -> Iterator[FreshDatabase]:
    """Makes databases that live as long as the test module: ``fresh_database("intake")``."""
    made: list[ServiceDatabase] = []

    def make(service: str, *, migrated: bool = True) -> ServiceDatabase:
        made.append(postgres.create(service, migrated=migrated))
        return made[-1]

    yield make
    for database in made:
        postgres.drop(database)


@pytest.fixture(scope="module")
def bus(nats_server: NatsPart) -> NatsPart:
    """The NATS with an empty stream, for this test module."""
    nats_server.renew_stream()
    return nats_server


@pytest.fixture
def own_nats(tmp_path: Path) -> Iterator[EmbeddedNats]:
    """A NATS for one test alone, to kill and to start again."""
    with embedded_nats(tmp_path) as part:
        yield part


@pytest.fixture
def own_postgres(parts_folder: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL for one test alone, to kill and to start again."""
    folder = Path(tempfile.mkdtemp(prefix="own-", dir=parts_folder))
    with embedded_postgres(folder) as part:
        yield part
