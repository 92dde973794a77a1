"""Prescribing, running once for each module of tests; each test has a client of its own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.integration.prescribing.clinic import World, running_clinic
from tests.integration.prescribing.day import Day
from tests.integration.prescribing.screens import Screens
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase
from tests.support.replayed import assert_every_receipt_replays
from tests.support.voices import at


@pytest.fixture(scope="module")
def database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("prescribing")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(
    bus: NatsPart, database: ServiceDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    async with running_clinic(database, bus, tmp_path_factory.mktemp("clinic")) as running:
        yield running
        await assert_every_receipt_replays(running.service)


@pytest.fixture
def world(clinic: World) -> World:
    """At eight in the morning, with peers that answer at once."""
    clinic.silent.clear()
    clinic.answering_takes = 0.0
    clinic.set_clock(at("08:00"))
    return clinic


@pytest.fixture
def day(world: World) -> Day:
    """A client's day, not begun."""
    return Day(world)


@pytest.fixture
async def screens(world: World) -> AsyncIterator[Screens]:
    made = Screens(world)
    yield made
    for browser in made.browsers.values():
        await browser.http.aclose()
