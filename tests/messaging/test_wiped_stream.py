"""The stream is transport: with all that it held gone, nothing is lost and nothing is doubled."""

from uuid import UUID

from tests.messaging.conftest import Pair
from tests.support.waiting import eventually


async def test_a_stream_that_was_wiped_loses_and_doubles_nothing(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    listener = await pair.start_listener()
    await pair.tell(teller, client, 20)
    await eventually(lambda: pair.everything_heard(listener, client, 20))
    pair.bus.renew_stream()
    await pair.tell(teller, client, 20)
    await eventually(lambda: pair.everything_heard(listener, client, 40), seconds=60)


async def test_what_nobody_had_heard_yet_survives_the_wipe(pair: Pair, client: UUID) -> None:
    teller = await pair.start_teller()
    await pair.tell(teller, client, 10)

    async def all_said() -> bool:
        return (await teller.backlog())[0] == 0

    await eventually(all_said)
    pair.bus.renew_stream()
    listener = await pair.start_listener()
    await eventually(lambda: pair.everything_heard(listener, client, 10), seconds=60)
