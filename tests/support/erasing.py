"""What has to be true of a service once it has heard that a client was erased."""

from typing import Any

import sqlalchemy as sa

from careteam_contracts import intake
from careteam_contracts.base import Event
from careteam_contracts.enums import KeepsClient, Service
from careteam_contracts.erasing import ErasureAnswer, ErasureAsk
from careteam_contracts.questions import ERASURE
from shared.serving.life import RunningService
from shared.storage.erasures import STAYS
from shared.storage.keyring import KeyDestroyedError
from tests.support.in_scope import in_scope
from tests.support.service_world import ServiceWorld
from tests.support.waiting import eventually


async def rows_of(service: RunningService[Any], word: object) -> set[str]:
    """The tables in which this word stands somewhere."""
    found = set()
    async with in_scope(service) as connection:
        for name in service.definition.metadata.tables:
            query = sa.text(f"SELECT 1 FROM {name} one WHERE one::text LIKE :word LIMIT 1")  # noqa: S608
            if await connection.scalar(query, {"word": f"%{word}%"}):
                found.add(name)
    return found


def staying(service: RunningService[Any]) -> set[str]:
    """The tables whose rows say why they stay, and the audit."""
    tables = service.definition.metadata.tables
    return {name for name, table in tables.items() if STAYS in table.info} | {"audit_chain"}


async def kept_by(world: ServiceWorld[Any], person: Any) -> set[KeepsClient]:
    """What the service answers to intake before an erasure."""
    question = ERASURE[Service(world.service.definition.name)]
    ask = ErasureAsk(client_id=person.client_id)
    reply = await world.voices["intake"].client.request(
        question.subject, ask.model_dump_json().encode(), timeout=5
    )
    answer = ErasureAnswer.model_validate_json(reply.data)
    assert not answer.unverifiable
    return set(answer.kept_by)


async def erase(world: ServiceWorld[Any], person: Any, *, missing: bool = False) -> None:
    """Intake tells it; nothing of the client is left, and their key is destroyed.

    ``missing``: an earlier event of intake is not there yet, and nothing waits for it.
    """
    service = world.service
    before = await rows_of(service, person.client_id)
    assert before - staying(service), "there was something to erase"
    if missing:
        world.voices["intake"].sequences[person.client_id] += 1
    await world.say(person, intake.ClientErased())

    async def is_gone() -> bool:
        try:
            service.keyring.cipher(person.client_id)
        except KeyDestroyedError:
            return True
        return False

    await eventually(is_gone, seconds=60)
    await assert_gone(world, person)


async def assert_gone(world: ServiceWorld[Any], person: Any) -> None:
    """Only what is said to stay names the client, and nothing waits or is parked."""
    left = await rows_of(world.service, person.client_id)
    assert left <= staying(world.service), left - staying(world.service)
    assert "erased_clients" in left
    assert await kept_by(world, person) == set()


async def passes(world: ServiceWorld[Any], person: Any, late: Event) -> None:
    """What is told of the client now is recorded as heard, and has no effect."""
    envelope = await world.say(person, late)

    async def is_heard() -> bool:
        return "inbox" in await rows_of(world.service, envelope.event_id)

    await eventually(is_heard, seconds=60)
    await assert_gone(world, person)
