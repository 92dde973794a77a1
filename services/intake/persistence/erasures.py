"""Erasures, and what they keep anybody from doing meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.intake.domain.erasure import Erasure, refuse_meanwhile
from services.intake.domain.events import DomainEvent
from shared.decisions import Change
from shared.storage import AggregateTable, SqlRepository, SqlUnitOfWork
from shared.storage.driver import driver_of

_ERASING: Final = (
    "SELECT 1 FROM erasures WHERE subject_id = ANY ($1::uuid[]) AND status = 'erasing' LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class _Client:
    """Whose the event is: by then there is no record that could say it."""

    id: UUID

    @property
    def client_id(self) -> UUID:
        return self.id

    @property
    def course_id(self) -> UUID | None:
        return None


class SqlErasures(SqlRepository[Erasure, DomainEvent]):
    """Erasures. Saving one that is done deletes the client with the same commit."""

    def __init__(self, uow: SqlUnitOfWork, stored: AggregateTable[Erasure]) -> None:
        super().__init__(uow, stored)
        self._uow = uow

    async def save(self, change: Change[Erasure, DomainEvent]) -> Erasure:
        erasure = await super().save(Change(change.state))
        for event in change.events:
            self._uow.stage("client", _Client(erasure.subject_id), event)
            await self._uow.erase(erasure.subject_id)
        return erasure


async def refuse_while_erasing(connection: AsyncConnection, clients: Collection[UUID]) -> None:
    """Refuse what a person does, where one of these clients is being erased."""
    if clients and await driver_of(connection).fetch(_ERASING, list(clients)):
        refuse_meanwhile()
