"""A process that is killed after any of its steps loses nothing and doubles nothing (A1, A4).

The processes are real ones and kill themselves with SIGKILL at the named step; another one takes
over on the same database. What took effect is counted where it cannot be counted twice by mistake:
in the listener's state, and in the rows that each effect put into its outbox.
"""

import asyncio
import signal
import sys
from uuid import UUID

import pytest

from shared.runtime.ids import new_id
from tests.messaging.conftest import Toys, redeliver_after, scalar, until
from tests.support import toy
from tests.support.postgres_part import ROOT, ServiceDatabase
from tests.support.toy_process import order

pytestmark = [pytest.mark.real, pytest.mark.faults]

CLIENTS = 4
EACH = 5


async def killed(pair: Toys, database: ServiceDatabase, step: str, times: int) -> None:
    """Run a toy's process until it has killed itself at the step."""
    words = order(database, pair.bus, step=step, times=times, fails_once=[3])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.toy_process", words, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()[-2000:]


async def told(pair: Toys) -> list[UUID]:
    """Some clients, of each of whom something is in the teller's outbox."""
    writer: toy.Service = toy.RunningService(
        toy.definition("intake"), toy.settings(pair.teller_database, pair.bus)
    )
    clients = [new_id() for _ in range(CLIENTS)]
    for client in clients:
        await pair.tell(writer, client, EACH)
    await writer.stop()
    return clients


async def assert_each_took_effect_once(
    pair: Toys, listener: toy.Service, clients: list[UUID]
) -> None:
    for client in clients:
        await until(lambda: pair.everything_heard(listener, client, EACH), 30)  # noqa: B023
    assert await scalar(listener, "SELECT count(*) FROM outbox") == CLIENTS * EACH
    assert await scalar(listener, "SELECT count(*) FROM inbox") == CLIENTS * EACH
    assert await scalar(listener, "SELECT count(*) FROM lane_events") == 0


@pytest.mark.parametrize(
    ("step", "times"),
    [
        ("applied", 2),
        ("about to commit", 1),
        ("committed", 1),
        ("acknowledged", 1),
        ("lane applied", 2),
        ("lane committed", 1),
    ],
)
async def test_a_listener_killed(pair: Toys, step: str, times: int) -> None:
    clients = await told(pair)
    await redeliver_after(pair.bus, 0.5, "notifications")
    await pair.start_teller()
    await killed(pair, pair.listener_database, step, times)
    await assert_each_took_effect_once(pair, await pair.start_listener(), clients)


@pytest.mark.parametrize(
    ("step", "times"),
    [("about to publish", 7), ("published", 7), ("about to mark", 1), ("marked", 1)],
)
async def test_a_teller_killed(pair: Toys, step: str, times: int) -> None:
    clients = await told(pair)
    listener = await pair.start_listener()
    await killed(pair, pair.teller_database, step, times)
    teller = await pair.start_teller()
    await assert_each_took_effect_once(pair, listener, clients)
    await until(lambda: _nothing_unsaid(teller))


async def test_a_process_that_is_not_told_to_lives_on(pair: Toys) -> None:
    """The twin: a step that never comes kills nobody, and the check says so."""
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(6):
            await killed(pair, pair.teller_database, "no such step", 1)


async def _nothing_unsaid(service: toy.Service) -> bool:
    return (await service.backlog())[0] == 0
