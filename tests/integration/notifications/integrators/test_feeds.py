"""Operators see who pulls over NATS, and what the bus knows of how far each is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from services.notifications.channels.feeds import FeedsOnBus, Progress
from shared.messaging.feeds import FEEDS, Feed
from tests.integration.notifications.clinic import World
from tests.support.browsing import Browser
from tests.support.service_world import bearer

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

ADDED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LEDGER = Feed(
    name="ledger", types=("careteam.intake.*",), key="UA", added_at=ADDED, key_since=ADDED
)
FORMER = Feed(name="former", types=(), key=None, added_at=ADDED, key_since=ADDED, revoked_at=ADDED)


@pytest_asyncio.fixture(loop_scope="module")
async def listed(world: World) -> AsyncIterator[FeedsOnBus]:
    """Two of them, in the file that the service was told of."""
    on_bus: FeedsOnBus = world.service.definition.extras["feeds"]
    file = on_bus._file
    assert file is not None
    assert on_bus.known() == ()
    file.write_bytes(FEEDS.dump_json((FORMER, LEDGER)))
    yield on_bus
    file.unlink()


async def test_they_are_listed_and_what_nobody_knows_is_not_made_up(
    world: World, listed: FeedsOnBus
) -> None:
    """The bus of this test was told of none of them: it does not answer."""
    told = await world.get("/integrators", "operator")
    assert [(one["name"], one["status"], one["waiting"]) for one in told["feeds"]] == [
        ("ledger", "active", None),
        ("former", "revoked", None),
    ]
    assert told["feeds"][0]["types"] == ["careteam.intake.*"]
    assert not [one for one in told["items"] if one["name"] in {"ledger", "former"}]
    named = await world.get("/integrators", "operator", name="former")
    assert [one["name"] for one in named["feeds"]] == ["former"]
    refused = await world.api.get("/api/v1/integrators", headers=bearer("front_desk"))
    assert refused.status_code == 403


async def test_what_the_bus_tells_is_shown(
    world: World, listed: FeedsOnBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"num_pending": 3, "num_ack_pending": 1, "ack_floor": {"last_active": ADDED}}

    async def answered(_feed: Feed, _asker: object) -> Progress:
        return Progress.model_validate(told)

    monkeypatch.setattr(listed, "progress", answered)
    (ledger, _) = (await world.get("/integrators", "operator"))["feeds"]
    assert (ledger["waiting"], ledger["taken_at"]) == (4, "2026-03-01T09:00:00Z")


async def test_the_page_says_so_too(world: World, listed: FeedsOnBus) -> None:
    browser = Browser(world.app)
    await browser.sign_in(bearer("operator")["Authorization"].removeprefix("Bearer "))
    page = await browser.open("/integrators")
    assert page.status_code == 200
    assert "ledger" in page.text
    assert "not known: NATS does not answer" in page.text
