"""A running service that tells integrators, and integrators that a test registers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from services.notifications.app import define
from services.notifications.settings import ChannelSettings, IntegratorSettings
from tests.integration.notifications.clinic import World, running_clinic
from tests.integration.notifications.integrators.integrated import Integrate, Integrated
from tests.integration.notifications.receiver import Answers, receiving
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("clinic")
    key = folder / "webhook.key"
    key.write_text("5e" * 32)
    definition = define(
        ChannelSettings.model_construct(),
        IntegratorSettings(
            webhook_key_file=key,
            webhook_networks="127.0.0.0/8",
            feeds_file=folder / "feeds.json",
        ),
    )
    database = fresh_database("notifications")
    async with running_clinic(database, bus, folder, definition=definition) as running:
        yield running


@pytest.fixture
def integrated(world: World, request: pytest.FixtureRequest) -> Integrate:
    """Registers an integrator with an endpoint of its own, and revokes it when it is over."""
    numbers = iter(range(100))

    @asynccontextmanager
    async def integrate(
        *types: str, answers: Answers | None = None, path: str = ""
    ) -> AsyncIterator[Integrated]:
        name = f"{request.node.name.replace('_', '-')[5:34]}-{next(numbers)}"
        async with receiving(answers) as receiver:
            body = {"name": name, "types": list(types), "webhook": {"url": receiver.url + path}}
            answer = await world.post("/integrators", body, role="operator")
            assert answer.status_code == 201, answer.text
            made = Integrated(world, receiver, answer.json())
            yield made
            if (await made.seen())["status"] != "revoked":
                await made.do("revocation")

    return integrate
