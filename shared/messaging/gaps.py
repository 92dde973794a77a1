"""Asking producers for what is missing.

Asked beside the lanes' work, one question after the other. A producer that does not answer is not
asked about anything else in that round, so that a peer that is down costs one time-out and not one
for each of its clients. Only an answered question counts as asked; how long until it is asked again
grows with how long it has been missing, so that what its producer cannot give is no flood.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.messaging.lane_store import Gap, LaneStore
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.failures import is_database_away

log = structlog.get_logger()

_LOOK_SECONDS: Final = 5.0

U = TypeVar("U", bound=SqlUnitOfWork)


class AskAgain(Protocol):
    """Asks a producer to publish again what it told about a client, between two sequences.

    False when it did not answer.
    """

    async def __call__(self, producer: str, client_id: UUID, first: int, last: int) -> bool: ...


class Gaps(Generic[U]):
    """Looks for overdue gaps and asks for what would fill them."""

    def __init__(
        self,
        transactions: Transactions[U],
        ask_again: AskAgain,
        *,
        overdue_seconds: float,
        lanes: Callable[[AsyncConnection], LaneStore] = LaneStore,
    ) -> None:
        self._transactions = transactions
        self._ask_again = ask_again
        self._overdue_seconds = overdue_seconds
        self._lanes = lanes

    async def run(self) -> None:
        """Look and ask until cancelled."""
        while True:
            await asyncio.sleep(min(_LOOK_SECONDS, self._overdue_seconds))
            try:
                await self.ask()
            except Exception as error:
                if not is_database_away(error):
                    log.exception("gaps not looked for")

    async def ask(self) -> None:
        """One round."""
        async with self._transactions.begin() as uow:
            gaps = await self._lanes(uow.connection).gaps(self._overdue_seconds)
        silent: set[str] = set()
        for gap in gaps:
            if gap.producer not in silent and not await self._asked(gap):
                silent.add(gap.producer)

    async def _asked(self, gap: Gap) -> bool:
        log.warning("asking again", producer=gap.producer, count=gap.last - gap.first + 1)
        if not await self._ask_again(gap.producer, gap.client_id, gap.first, gap.last):
            return False
        async with self._transactions.begin() as uow:
            await self._lanes(uow.connection).asked_again(gap)
        return True
