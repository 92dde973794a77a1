"""One running service for each test of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.scheduling.clinic import World, running_clinic
from tests.support.browsing import Browser
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.replayed import assert_every_receipt_replays


@pytest.fixture
async def world(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> AsyncIterator[World]:
    bus.renew_stream()
    async with running_clinic(fresh_database("scheduling"), bus, tmp_path) as running:
        yield running
        await assert_every_receipt_replays(running.service)


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    made = Browser(world.app)
    yield made
    await made.http.aclose()
