"""Toy services on the real platform: one tells numbers, one chimes, one listens and answers.

They speak under the names of real services, because the bus lets nobody else speak: the teller is
``intake``, the chimer ``scheduling`` and the listener ``notifications``. Their clinical meaning is
nil.
"""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from shared.messaging import Due
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from shared.storage.keyring import Keyring
from shared.storage.keyring_mark import MARK
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase
from tests.support.toy_ear import Ear
from tests.support.toy_model import (
    KNOWN,
    LISTENERS,
    TELLERS,
    Alarmed,
    Chimed,
    Heard,
    Known,
    Listener,
    Teller,
    Told,
    ToyUnitOfWork,
    alarm,
    chime,
    metadata,
    tell,
    to_contract,
)

__all__ = [
    "KNOWN",
    "LISTENERS",
    "TELLERS",
    "Alarmed",
    "Chimed",
    "Ear",
    "Heard",
    "Known",
    "Listener",
    "RunningService",
    "Service",
    "Teller",
    "Told",
    "ToyTimers",
    "ToyUnitOfWork",
    "alarm",
    "chime",
    "definition",
    "heard",
    "make_tables",
    "metadata",
    "settings",
    "tell",
    "to_contract",
]

Service = RunningService[ToyUnitOfWork]


class ToyTimers:
    """A timer's policy that counts."""

    def __init__(self) -> None:
        self.fired: list[Due] = []
        self.begun = asyncio.Event()
        self.goes_on: asyncio.Event | None = None

    async def ring(self, due: Due, uow: ToyUnitOfWork) -> None:
        self.begun.set()
        if self.goes_on is not None:
            await self.goes_on.wait()
        await tell(due.client_id, uow)
        self.fired.append(due)


def definition(
    name: str, *, ear: Ear | None = None, timers: ToyTimers | None = None, **parts: Any
) -> ServiceDefinition[ToyUnitOfWork]:
    """A toy service under the name of a real one."""
    return ServiceDefinition(
        name=name,
        unit_of_work=ToyUnitOfWork,
        publish=to_contract,
        subscriptions=() if ear is None else ear.subscriptions(),
        timers={} if timers is None else {"ring": timers.ring},
        answers={},
        peers=lambda asker: asker,
        routers=(),
        access={},
        metadata=metadata,
        migrations=Path(__file__).parent,
        **parts,
    )


def settings(database: ServiceDatabase, bus: NatsPart, **more: Any) -> ServiceSettings:
    """Settings for a toy on these parts."""
    return ServiceSettings(
        env="test",
        database_url=database.url,
        database_password_file=database.password_file,
        migration_database_url=database.migration_url,
        migration_database_password_file=database.migration_password_file,
        nats_url=bus.url,
        nats_seed_file=bus.seeds.file(database.service),
        sealing_key_file=database.sealing_key_file,
        keyring_folder=database.keyring_folder,
        **more,
    )


async def make_tables(database: ServiceDatabase) -> None:
    """The toys' schema, owned by the owner and used by the service's role; and its keyring."""
    keyring = Keyring(database.service, database.keyring_folder, database.sealing_key_file)
    engine = create_async_engine(settings_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(MARK, {"keyring_id": keyring.found()})
    await engine.dispose()


def settings_url(database: ServiceDatabase) -> sa.URL:
    return (
        sa.make_url(database.migration_url)
        .set(drivername="postgresql+asyncpg")
        .set(password=database.migration_password_file.read_text().strip())
    )


async def heard(service: RunningService[ToyUnitOfWork], client_id: UUID) -> tuple[int, ...]:
    """What took effect at the listener, in order."""
    async with service.transactions.begin() as uow:
        listener = await uow.listeners.find(client_id)
    return () if listener is None else listener.heard
