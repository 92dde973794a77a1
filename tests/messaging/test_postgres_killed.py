"""PostgreSQL is killed under traffic: what was acknowledged is there, the rest is tried again."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.messaging.conftest import Toys, scalar, tables
from tests.messaging.traffic import traffic
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import EmbeddedPostgres

pytestmark = [pytest.mark.real, pytest.mark.faults]

KILLS = 3


@pytest.fixture
async def toys(bus: NatsPart, own_postgres: EmbeddedPostgres) -> AsyncIterator[Toys]:
    bus.renew_stream()
    made = Toys(
        bus, await tables(own_postgres, "intake"), await tables(own_postgres, "notifications")
    )
    yield made
    await made.stop_all()


async def test_killed_under_traffic(
    toys: Toys, own_postgres: EmbeddedPostgres, record_property: Callable[[str, Any], None]
) -> None:
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    firsts: list[float] = []
    async with traffic(toys, teller) as told:
        for _ in range(KILLS):
            await told.more(40)
            own_postgres.kill()
            own_postgres.start()
            started = time.monotonic()
            await told.more(1, 15)
            firsts.append(round(time.monotonic() - started, 2))
    await told.assert_everything_is_heard_once(listener)
    record_property("first_commit_seconds", firsts)
    print("first commit after", firsts)  # noqa: T201
    assert await scalar(listener, "SELECT count(*) FROM lane_events") == 0
    effects = await scalar(listener, "SELECT count(*) FROM outbox")
    assert effects == await scalar(teller, "SELECT count(*) FROM outbox")


async def test_what_was_in_a_handler_s_hands_is_tried_again_and_blames_nobody(
    toys: Toys, own_postgres: EmbeddedPostgres
) -> None:
    """The circuit opens: no event pays for a database that is away with one of its tries."""
    teller = await toys.start_teller()
    listener = await toys.start_listener()
    async with traffic(toys, teller, clients=3) as told:
        await told.more(20)
        own_postgres.kill()
        own_postgres.start()
        await told.more(20)
    await told.assert_everything_is_heard_once(listener)
    assert await scalar(listener, "SELECT coalesce(max(attempts), 0) FROM lane_events") == 0
