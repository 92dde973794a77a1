"""Intake for each test, on the module's database and stream."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.intake.clinic import Intake, running_intake
from tests.support.browsing import Browser
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.postgres_part import ServiceDatabase
from tests.support.replayed import assert_every_receipt_replays


@pytest.fixture(scope="module")
def database(fresh_database: FreshDatabase) -> ServiceDatabase:
    return fresh_database("intake")


@pytest.fixture
async def intake(database: ServiceDatabase, bus: NatsPart, tmp_path: Path) -> AsyncIterator[Intake]:
    async with running_intake(database, bus, tmp_path) as service:
        yield service
        await assert_every_receipt_replays(service.app.state.service)


@pytest.fixture
async def visitor(intake: Intake) -> AsyncIterator[Browser]:
    """Nobody's yet."""
    made = Browser(intake.app)
    yield made
    await made.http.aclose()


@pytest.fixture
async def browser(visitor: Browser) -> Browser:
    """A therapist's."""
    await visitor.sign_in("therapist")
    return visitor
