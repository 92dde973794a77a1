"""Integrators, each under a name that no other one has who is not revoked."""

from typing import Final, NoReturn

from services.notifications.domain.integrator import Integrator, IntegratorStatus
from shared.storage import SqlRepository
from shared.storage.driver import driver_of

_ONE_NAME_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock($1)"
_LOCK: Final = 0x0CA7E7F0


class SqlIntegrators(SqlRepository[Integrator, NoReturn]):
    """They belong to the clinic and have no client."""

    async def find_named(self, name: str) -> Integrator | None:
        """Who has this name; until the transaction ends, nobody else takes one."""
        await driver_of(self._transaction.connection).execute(_ONE_NAME_AT_A_TIME, _LOCK)
        taken = [s.value for s in IntegratorStatus if s is not IntegratorStatus.REVOKED]
        return await self.find_by(name=name, status=taken)
