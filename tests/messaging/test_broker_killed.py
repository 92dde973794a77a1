"""The broker is killed under traffic: nothing is lost, and soon everything flows again (A1, C1)."""

import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from tests.messaging.conftest import Toys, tables, until
from tests.messaging.traffic import traffic
from tests.support import toy
from tests.support.nats_part import EmbeddedNats
from tests.support.parts import FreshDatabase

pytestmark = [pytest.mark.real, pytest.mark.faults]

KILLS = 4


@pytest.fixture
async def toys(own_nats: EmbeddedNats, fresh_database: FreshDatabase) -> AsyncIterator[Toys]:
    made = Toys(
        own_nats,
        await tables(fresh_database, "intake"),
        await tables(fresh_database, "notifications"),
    )
    yield made
    await made.stop_all()


async def test_killed_under_traffic(
    toys: Toys, own_nats: EmbeddedNats, record_property: Callable[[str, Any], None]
) -> None:
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    firsts: list[float] = []
    async with traffic(toys, teller) as told:
        for _ in range(KILLS):
            await told.more(40)
            own_nats.kill()
            await told.more(10)
            own_nats.start()
            started = time.monotonic()
            await until(partial(_acknowledged_since, teller, started), 15)
            firsts.append(round(time.monotonic() - started, 2))
    await told.assert_everything_is_heard_once(listener)
    record_property("first_acknowledgement_seconds", firsts)
    print("first acknowledgement after", firsts)  # noqa: T201
    assert told.acknowledged >= 50 * KILLS
    assert not told.unknown, "commands need no bus"


async def test_away_for_longer_than_anybody_waits(
    toys: Toys, own_nats: EmbeddedNats, client: UUID
) -> None:
    """Both locks are given back meanwhile, and taken again."""
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    await toys.tell(teller, client, 3)
    await until(lambda: toys.everything_heard(listener, client, 3))
    own_nats.kill()
    await toys.tell(teller, client, 3)
    await until(lambda: _stands_by(teller), 15)
    own_nats.start()
    await until(lambda: toys.everything_heard(listener, client, 6))


async def test_started_before_the_broker(toys: Toys, own_nats: EmbeddedNats, client: UUID) -> None:
    own_nats.kill()
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    await toys.tell(teller, client, 3)
    own_nats.start()
    await until(lambda: toys.everything_heard(listener, client, 3))


async def test_closed_for_good_it_joins_again(toys: Toys, client: UUID) -> None:
    """As when the server refuses a key for a while: the library then closes the client."""
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    await toys.tell(teller, client, 1)
    await until(lambda: toys.everything_heard(listener, client, 1))
    for service in (teller, listener):
        assert service.relay is not None
        await service.relay._client.close()
    await toys.tell(teller, client, 2)
    await until(lambda: toys.everything_heard(listener, client, 3))


async def _acknowledged_since(service: toy.Service, moment: float) -> bool:
    assert service.relay is not None
    since = service.relay.seconds_since_acknowledged
    return since is not None and time.monotonic() - since > moment


async def _stands_by(service: toy.Service) -> bool:
    return service.relay is not None and not service.relay.active
