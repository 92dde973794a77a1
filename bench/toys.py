"""The benchmark's own service: folds what it hears and says something about it, as real ones do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from bench.parts import Parts
from careteam_contracts import intake
from shared.messaging import Delivery, Subscription
from shared.runtime.ids import new_id
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from tests.support import toy
from tests.support.postgres_part import ServiceDatabase

Running = RunningService[toy.ToyUnitOfWork]


async def fold(
    event: intake.ContactPreferencesChanged, delivery: Delivery, uow: toy.ToyUnitOfWork
) -> None:
    """State: the course's facts, read once per batch and written once."""
    assert delivery.course_id is not None
    await uow.known.fold(
        delivery.course_id,
        delivery.client_id,
        lambda known: replace(known, numbers=frozenset({event.pref_version})),
    )


async def answer(
    _event: intake.ContactPreferencesChanged, delivery: Delivery, uow: toy.ToyUnitOfWork
) -> None:
    """Outbox: one event for each that was heard."""
    assert delivery.course_id is not None
    listener = toy.Listener(
        id=delivery.course_id, client_id=delivery.client_id, course_id=delivery.course_id
    )
    uow.stage("listener", listener, toy.Heard(delivery.occurred_at))


def listening() -> ServiceDefinition[toy.ToyUnitOfWork]:
    """A service with inbox, state and outbox."""
    return replace(
        toy.definition("notifications"),
        subscriptions=(Subscription(intake.ContactPreferencesChanged, fold=fold, policy=answer),),
    )


async def database(parts: Parts, service: str) -> ServiceDatabase:
    made = parts.postgres.create(service, migrated=False)
    await toy.make_tables(made)
    return made


def timed(
    definition: ServiceDefinition[toy.ToyUnitOfWork],
    settings: ServiceSettings,
    at_step: Callable[[str], Awaitable[None]],
) -> Running:
    """A service with a stopwatch at its consumer's steps."""
    service = Running(definition, settings)
    service.consumer._on_step = at_step  # noqa: SLF001 - where a crash is tried, time is taken
    return service


async def told(service: Running, events: int, clients: int) -> None:
    """Fill the outbox with events of many clients."""
    ids = [new_id() for _ in range(clients)]
    share = events // clients
    for chunk in range(0, clients, 50):
        async with service.transactions.begin() as uow:
            await uow.lock_all(set(ids[chunk : chunk + 50]))
            for client in ids[chunk : chunk + 50]:
                await toy.tell(client, uow, share)


async def count(service: Running, question: str) -> int:
    async with service.database.engine.connect() as connection:
        found: Any = (await connection.execute(text(question))).scalar_one()
    return int(found)
