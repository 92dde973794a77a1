"""The issuer and a relying party for each test, on the module's databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.identity.world import Visitor, Visitors, World, running_world
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase


@pytest.fixture(scope="module")
def identity_database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("identity")


@pytest.fixture(scope="module")
def intake_database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("intake")


@pytest.fixture
async def world(
    identity_database: ServiceDatabase,
    intake_database: ServiceDatabase,
    bus: NatsPart,
    tmp_path: Path,
) -> AsyncIterator[World]:
    async with running_world(identity_database, intake_database, bus, tmp_path) as running:
        yield running


@pytest.fixture
async def visitors(world: World) -> AsyncIterator[Visitors]:
    """Makes browsers, each with cookies of its own."""
    made: list[Visitor] = []

    def visitor() -> Visitor:
        made.append(Visitor(world))
        return made[-1]

    yield visitor
    for one in made:
        await one.close()


@pytest.fixture
def visitor(visitors: Visitors) -> Visitor:
    return visitors()
