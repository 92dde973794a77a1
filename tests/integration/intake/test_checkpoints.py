"""Checkpoints reach two places, each without the other, and say what was committed."""

import asyncio
import secrets
from pathlib import Path

import pytest

from cli.bus.names import AUDIT_STREAM
from shared.audit.checkpoint import Checkpoint, signing_key
from shared.messaging.connection import Bus
from shared.serving.checkpoints import CHECKPOINTS, Checkpoints
from tests.integration.intake import steps
from tests.integration.intake.clinic import Intake
from tests.support.nats_part import NatsPart
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


def checkpoints(intake: Intake, bus: NatsPart, folder: Path, key: Path, url: str) -> Checkpoints:
    return Checkpoints(
        intake.service.database,
        intake.service.trail,
        Bus([url], "intake", bus.seeds.file("intake")),
        key_file=key,
        folder=folder,
        every_seconds=0.1,
    )


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "intake.signing"
    file.write_text(secrets.token_hex(32))
    return file


async def in_the_stream(bus: NatsPart) -> int:
    async with bus.connected("audit") as client:
        return (await client.jetstream().stream_info(AUDIT_STREAM)).state.messages


async def test_both_places_get_what_was_committed_and_nothing_twice(
    intake: Intake, bus: NatsPart, tmp_path: Path, key: Path
) -> None:
    await steps.register(intake)
    before = await in_the_stream(bus)
    made = checkpoints(intake, bus, tmp_path / "audit", key, bus.url)
    running = asyncio.create_task(made.run())

    async def kept() -> bool:
        return await in_the_stream(bus) == before + 1

    await eventually(kept, seconds=20)
    await asyncio.gather(*(made.keep() for _ in range(3)))
    assert await in_the_stream(bus) == before + 1
    (line,) = (tmp_path / "audit" / CHECKPOINTS).read_text().splitlines()
    ((rows, head),) = await intake.rows(
        "SELECT sequence, digest FROM audit_chain ORDER BY sequence DESC LIMIT 1"
    )
    said = Checkpoint.read(line, signing_key(key).public_key())
    assert (said.sequence, said.count, said.head) == (rows, rows, bytes(head))
    await steps.register(intake)

    async def grew() -> bool:
        return await in_the_stream(bus) == before + 2

    await eventually(grew, seconds=20)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_without_a_bus_the_file_has_it_and_the_rest_is_owed(
    intake: Intake, bus: NatsPart, tmp_path: Path, key: Path
) -> None:
    await steps.register(intake)
    made = checkpoints(intake, bus, tmp_path / "audit", key, "nats://127.0.0.1:9")
    before = made.owed_seconds
    assert not await made.keep()
    assert not await made.keep()
    assert len((tmp_path / "audit" / CHECKPOINTS).read_text().splitlines()) == 1
    assert made.owed_seconds > before


async def test_without_a_file_the_stream_has_it_and_the_rest_is_owed(
    intake: Intake, bus: NatsPart, tmp_path: Path, key: Path
) -> None:
    await steps.register(intake)
    (tmp_path / "audit").write_text("in the way")
    before = await in_the_stream(bus)
    made = checkpoints(intake, bus, tmp_path / "audit", key, bus.url)
    running = asyncio.create_task(made.run())

    async def told() -> bool:
        return await in_the_stream(bus) == before + 1

    await eventually(told, seconds=20)
    assert not await made.keep()
    (tmp_path / "audit").unlink()
    assert await made.keep()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
