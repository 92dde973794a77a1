"""The scene on which the walls are tried, in a database of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.access.clinic import Clinic
from tests.integration.access.scene import Scene
from tests.integration.scheduling import care
from tests.integration.scheduling.clinic import running_clinic
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase


@pytest.fixture
def database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("scheduling")


@pytest.fixture
async def scene(bus: NatsPart, database: ServiceDatabase, tmp_path: Path) -> AsyncIterator[Scene]:
    bus.renew_stream()
    async with running_clinic(database, bus, tmp_path) as world:
        await care.furnished(world)
        person = await care.approved(world)
        clinic = Clinic(world.app, database, person.client_id, [])
        await clinic.begin()
        yield Scene(world, clinic, person)
