"""From one service's transaction to another's, on the real parts."""

from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest

from shared.runtime.ids import new_id
from tests.messaging.conftest import QUICK, Pair, scalar, until
from tests.support import toy


async def test_what_is_told_takes_effect_once_and_in_order(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    for _ in range(20):
        await pair.tell(teller, client, 3)
    await until(lambda: pair.everything_heard(listener, client, 60))


async def test_many_clients_do_not_mix(pair: Pair) -> None:
    clients = [new_id() for _ in range(10)]
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    for _ in range(5):
        for one in clients:
            await pair.tell(teller, one, 2)
    for one in clients:
        await until(partial(pair.everything_heard, listener, one, 10))


async def test_what_is_rolled_back_is_never_told(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()

    async def broken_off() -> None:
        async with teller.transactions.begin() as uow:
            await toy.tell(client, uow, 5)
            await uow.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await broken_off()
    await pair.tell(teller, client, 2)
    await until(lambda: pair.everything_heard(listener, client, 2))


async def test_settling_writes_down_how_far_we_are(pair: Pair, client: UUID) -> None:
    """Rather than within the pace: whoever moves the clinic's clock waits for it."""
    seldom = replace(QUICK, position=3600.0)
    teller = await pair.start_teller()
    listener = await pair.start_listener(pace=seldom)
    await pair.tell(teller, client, 2)
    await until(lambda: pair.everything_heard(listener, client, 2))

    async def known() -> bool:
        await listener.settle()
        return bool(
            await scalar(listener, "SELECT max(stream_sequence) FROM consumer_position")
            == await scalar(teller, "SELECT max(stream_sequence) FROM outbox")
        )

    await until(known)
