"""One running service for each module of tests; each test has people of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.notifications.clinic import World, running_clinic
from tests.support.browsing import Browser
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.replayed import assert_every_receipt_replays
from tests.support.voices import at


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("clinic")
    async with running_clinic(fresh_database("notifications"), bus, folder) as running:
        yield running
        await assert_every_receipt_replays(running.service)


@pytest.fixture
def world(clinic: World) -> World:
    """At nine in the morning, with peers that answer."""
    clinic.silent.clear()
    clinic.set_clock(at("09:00"))
    return clinic


@pytest_asyncio.fixture(loop_scope="module")
async def browser(world: World) -> AsyncIterator[Browser]:
    made = Browser(world.app)
    yield made
    await made.http.aclose()
