"""What an erasure still owes once it is committed: the client's key is destroyed.

The rows are gone with the commit; the key makes every copy of them useless. A crash between the two
is made good at the next start, and by every later round. It works both ways round. Where the
database came back from a copy, the keyring still says who was erased, and their rows go again.
Where an old copy of the keyring came back, the database says it, and the keys are destroyed again.
"""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, Final
from uuid import UUID

import structlog

from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.erasures import erased_clients
from shared.storage.failures import is_database_away
from shared.storage.keyring import Keyring, KeyringAwayError

log = structlog.get_logger()

AGAIN_SECONDS: Final = 30.0


class Shredder:
    """Keeps database and keyring agreed on who was erased."""

    def __init__(self, keyring: Keyring, transactions: Transactions[Any]) -> None:
        self._keyring = keyring
        self._transactions = transactions
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Somebody was erased."""
        self._woken.set()

    async def run(self) -> None:
        """Agree until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.agree()
            except Exception as error:
                if not is_database_away(error):
                    raise
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    await self._woken.wait()

    async def agree(self) -> None:
        """Erase whose keys are destroyed, and destroy the keys of who was erased.

        Where the keyring is away the next round does it.
        """
        try:
            await self._agree()
        except KeyringAwayError:
            log.exception("keys not destroyed")

    async def _agree(self) -> None:
        async with self._transactions.begin() as uow:
            erased = await erased_clients(uow.connection)
        shredded = await self._keyring.destroyed()
        for client_id in sorted(shredded - erased):
            await self._transactions.run(partial(_erase, client_id))
        if shredded - erased:
            log.warning("erased again", count=len(shredded - erased))
        await self._keyring.destroy(sorted(erased - shredded))


async def _erase(client_id: UUID, uow: SqlUnitOfWork) -> None:
    await uow.erase(client_id)
