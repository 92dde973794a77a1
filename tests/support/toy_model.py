"""What the toys are: a teller, a chimer and a listener, with one schema for all."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter

from careteam_contracts import intake, notifications, scheduling
from careteam_contracts.base import Event
from careteam_contracts.enums import Channel, ConsentScope, InstructionsRecipient
from shared.decisions import Change
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells 1, 2, 3, … A chimer is one as well, under another service's name."""

    id: UUID
    client_id: UUID
    course_id: UUID
    told: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Chimed:
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
    chimes: tuple[int, ...] = ()
    alarms: int = 0
    order: tuple[str, ...] = ()


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


def to_contract(event: Told | Chimed | Alarmed | Heard) -> Event:
    match event:
        case Told(number=number):
            return intake.ContactPreferencesChanged(
                sms_allowed=True, email_allowed=True, voice_allowed=True, pref_version=number
            )
        case Chimed(at=at, number=number):
            return scheduling.EscortArrived(
                session_id=UUID(int=1), escort_id=UUID(int=number), arrived_at=at
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
    Known,
)


class ToyUnitOfWork(SqlUnitOfWork):
    """All toys share one schema; each uses its part of it."""

    def __init__(self, *args: Any, **parts: Any) -> None:
        super().__init__(*args, **parts)
        self.tellers: SqlRepository[Teller, Told | Chimed | Alarmed] = SqlRepository(self, TELLERS)
        self.listeners: SqlRepository[Listener, Heard] = SqlRepository(self, LISTENERS)
        self.known: SqlFacts[Known] = SqlFacts(self.connection, KNOWN, self.reach, self.seals)

    def all_facts(self) -> tuple[SqlFacts[Any], ...]:
        return (self.known,)


async def tell(client_id: UUID, uow: ToyUnitOfWork, count: int = 1) -> Teller:
    """A command: tell the next numbers."""
    teller = await _teller(client_id, uow)
    return await _say(teller, [Told(uow.now, teller.told + n) for n in range(1, count + 1)], uow)


async def chime(client_id: UUID, uow: ToyUnitOfWork, count: int = 1) -> Teller:
    """A command of the chimer: chime the next numbers."""
    chimer = await _teller(client_id, uow)
    return await _say(chimer, [Chimed(uow.now, chimer.told + n) for n in range(1, count + 1)], uow)


async def alarm(client_id: UUID, consent_id: UUID, uow: ToyUnitOfWork) -> Teller:
    """A command: tell an urgent fact."""
    teller = await _teller(client_id, uow)
    return await uow.tellers.save(Change(teller, (Alarmed(uow.now, consent_id),)))


async def _say(teller: Teller, events: Sequence[Told | Chimed], uow: ToyUnitOfWork) -> Teller:
    said = replace(teller, told=teller.told + len(events))
    return await uow.tellers.save(Change(said, tuple(events)))


async def _teller(client_id: UUID, uow: ToyUnitOfWork) -> Teller:
    await uow.lock_client(client_id)
    return await uow.tellers.find(client_id) or Teller(
        id=client_id, client_id=client_id, course_id=client_id
    )
