"""The issuer and a relying party, running for all tests of this package."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.integration.identity.world import Visitor, Visitors, World, running_world
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import PostgresPart, ServiceDatabase


@pytest.fixture(scope="package")
def identity_database(postgres: PostgresPart) -> Iterator[ServiceDatabase]:
    database = postgres.create("identity")
    yield database
    postgres.drop(database)


@pytest.fixture(scope="package")
def intake_database(postgres: PostgresPart) -> Iterator[ServiceDatabase]:
    database = postgres.create("intake")
    yield database
    postgres.drop(database)


@pytest.fixture(scope="package")
def bus(nats_server: NatsPart) -> NatsPart:
    nats_server.renew_stream()
    return nats_server


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def running(
    identity_database: ServiceDatabase,
    intake_database: ServiceDatabase,
    bus: NatsPart,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("identity")
    async with running_world(identity_database, intake_database, bus, folder) as world:
        yield world


@pytest_asyncio.fixture(loop_scope="package")
async def world(running: World) -> AsyncIterator[World]:
    """Nobody is signed in, and nothing was guessed."""
    await running.begin_anew()
    yield running


@pytest_asyncio.fixture(loop_scope="package")
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
