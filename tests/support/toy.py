"""Two toy services on the real platform: one tells numbers, the other listens and answers.

They speak under the names of real services, because the bus lets nobody else speak: the teller is
``intake`` and the listener is ``notifications``. Their clinical meaning is nil.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import create_async_engine

from careteam_contracts import intake, notifications
from careteam_contracts.base import Event
from careteam_contracts.enums import Channel, ConsentScope, InstructionsRecipient
from shared.decisions import Change
from shared.messaging import Delivery, Due, Outcome, Subscription
from shared.runtime.settings import ServiceSettings
from shared.serving.definition import ServiceDefinition
from shared.serving.life import RunningService
from shared.storage import (
    AggregateTable,
    FactsTable,
    SqlFacts,
    SqlRepository,
    SqlUnitOfWork,
    aggregate_columns,
    facts_columns,
)
from shared.storage.tables import add_platform_tables
from tests.support.nats_part import NatsPart
from tests.support.postgres_part import ServiceDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells 1, 2, 3, …"""

    id: UUID
    client_id: UUID
    course_id: UUID
    told: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Alarmed:
    at: datetime
    consent_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What it heard, in the order in which it took effect."""

    id: UUID
    client_id: UUID
    course_id: UUID
    heard: tuple[int, ...] = ()
    alarms: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The listener's facts of a course."""

    course_id: UUID
    client_id: UUID
    numbers: frozenset[int] = field(default_factory=frozenset)
    alarms: frozenset[UUID] = field(default_factory=frozenset)


def to_contract(event: Told | Alarmed | Heard) -> Event:
    match event:
        case Told(number=number):
            return intake.ContactPreferencesChanged(
                sms_allowed=True, email_allowed=True, voice_allowed=True, pref_version=number
            )
        case Alarmed(at=at, consent_id=consent_id):
            return intake.ConsentWithdrawn(
                consent_id=consent_id, scopes=(ConsentScope.TREATMENT,), withdrawn_at=at
            )
        case Heard():
            return notifications.InstructionsDelivered(
                aftercare_id=UUID(int=1),
                session_id=UUID(int=2),
                recipient=InstructionsRecipient.CLIENT,
                channel=Channel.PAPER,
            )


metadata = sa.MetaData()
add_platform_tables(metadata)
TELLERS = AggregateTable(
    "teller", sa.Table("tellers", metadata, *aggregate_columns()), TypeAdapter(Teller)
)
LISTENERS = AggregateTable(
    "listener", sa.Table("listeners", metadata, *aggregate_columns()), TypeAdapter(Listener)
)
KNOWN = FactsTable(
    sa.Table("known", metadata, *facts_columns()),
    TypeAdapter(Known),
    lambda key, client: Known(key, client),
)


class ToyUnitOfWork(SqlUnitOfWork):
    """Both toys share one schema; each uses its half of it."""

    def __init__(self, *args: Any, **parts: Any) -> None:
        super().__init__(*args, **parts)
        self.tellers: SqlRepository[Teller, Told | Alarmed] = SqlRepository(self, TELLERS)
        self.listeners: SqlRepository[Listener, Heard] = SqlRepository(self, LISTENERS)
        self.known: SqlFacts[Known] = SqlFacts(self.connection, KNOWN)

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.known,)


class Ear:
    """The listener's subscriptions, with failures to order."""

    def __init__(self) -> None:
        self.fails_on: set[int] = set()
        self.answers: dict[int, Outcome] = {}
        self.fails_on_alarm = False
        self.attempts: list[int] = []

    def subscriptions(self) -> Sequence[Subscription[Any, ToyUnitOfWork]]:
        return (
            Subscription(intake.ContactPreferencesChanged, fold=self._fold, policy=self._policy),
            Subscription(intake.ConsentWithdrawn, fold=self._fold_alarm, policy=self._on_alarm),
        )

    async def _fold(
        self, event: intake.ContactPreferencesChanged, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        assert delivery.course_id is not None
        await uow.known.fold(
            delivery.course_id,
            delivery.client_id,
            lambda known: replace(known, numbers=known.numbers | {event.pref_version}),
        )

    async def _policy(
        self, event: intake.ContactPreferencesChanged, delivery: Delivery, uow: ToyUnitOfWork
    ) -> Outcome | None:
        number = event.pref_version
        self.attempts.append(number)
        listener = await _listener(delivery, uow)
        heard = replace(listener, heard=(*listener.heard, number))
        await uow.listeners.save(Change(heard, (Heard(delivery.occurred_at),)))
        if number in self.fails_on:
            raise RuntimeError("ordered to fail")
        return self.answers.get(number)

    async def _fold_alarm(
        self, event: intake.ConsentWithdrawn, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        assert delivery.course_id is not None
        await uow.known.fold(
            delivery.course_id,
            delivery.client_id,
            lambda known: replace(known, alarms=known.alarms | {event.consent_id}),
        )

    async def _on_alarm(
        self, _event: intake.ConsentWithdrawn, delivery: Delivery, uow: ToyUnitOfWork
    ) -> None:
        if self.fails_on_alarm:
            raise RuntimeError("ordered to fail")
        listener = await _listener(delivery, uow)
        await uow.listeners.save(Change(replace(listener, alarms=listener.alarms + 1)))


async def _listener(delivery: Delivery, uow: ToyUnitOfWork) -> Listener:
    assert delivery.course_id is not None
    return await uow.listeners.find(delivery.course_id) or Listener(
        id=delivery.course_id, client_id=delivery.client_id, course_id=delivery.course_id
    )


async def tell(client_id: UUID, uow: ToyUnitOfWork, count: int = 1) -> Teller:
    """A command: tell the next numbers."""
    await uow.lock_client(client_id)
    teller = await uow.tellers.find(client_id) or Teller(
        id=client_id, client_id=client_id, course_id=client_id
    )
    events = tuple(Told(uow.now, teller.told + n) for n in range(1, count + 1))
    return await uow.tellers.save(Change(replace(teller, told=teller.told + count), events))


async def alarm(client_id: UUID, consent_id: UUID, uow: ToyUnitOfWork) -> Teller:
    """A command: tell an urgent fact."""
    await uow.lock_client(client_id)
    teller = await uow.tellers.get(client_id)
    return await uow.tellers.save(Change(teller, (Alarmed(uow.now, consent_id),)))


class ToyTimers:
    """A timer's policy that counts."""

    def __init__(self) -> None:
        self.fired: list[Due] = []

    async def ring(self, due: Due, uow: ToyUnitOfWork) -> None:
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
        **more,
    )


async def make_tables(database: ServiceDatabase) -> None:
    """The toys' schema, owned by the owner and used by the service's role."""
    engine = create_async_engine(settings_url(database))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
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
