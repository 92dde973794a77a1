"""Prescribing, running for one test on a stream and a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.prescribing.clinic import World, running_clinic
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase


@pytest.fixture(scope="module")
def database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("prescribing")


@pytest.fixture
async def world(bus: NatsPart, database: ServiceDatabase, tmp_path: Path) -> AsyncIterator[World]:
    async with running_clinic(database, bus, tmp_path) as running:
        yield running
