"""The issuer and a relying party, running for the tests of one module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    identity_database: ServiceDatabase,
    intake_database: ServiceDatabase,
    bus: NatsPart,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("identity")
    async with running_world(identity_database, intake_database, bus, folder) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="module")
async def world(running: World) -> AsyncIterator[World]:
    """Nobody is signed in, and nothing was guessed."""
    await running.begin_anew()
    yield running


@pytest_asyncio.fixture(loop_scope="module")
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
