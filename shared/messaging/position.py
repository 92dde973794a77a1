"""How far in the stream everything was received: what freshness is measured by.

The highest sequence that was seen would be the wrong answer. What was delivered to a process that
died, or on a connection that broke, comes again only after a while, and newer messages come before
it. So the answer is the durable's own acknowledgement floor: everything up to it was acknowledged,
and we acknowledge after the commit.

A floor belongs to one stream. It is kept only when the stream is the one that our reconciliation
knows (asked for after the floor, so that a floor of another stream is not taken for one of this),
and the row that says which one that is stays locked until it is written down.
"""

import asyncio
import json
from typing import Any, Final

import sqlalchemy as sa
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from shared.messaging.connection import request
from shared.messaging.stream import STREAM, StreamAwayError, microseconds, stream_state
from shared.storage import SqlUnitOfWork, Transactions
from shared.storage.failures import is_unavailable

log = structlog.get_logger()

EVERY_SECONDS: Final = 1.0

_EPOCH: Final = sa.text("SELECT epoch FROM stream_epochs FOR SHARE")
_KEEP: Final = sa.text(
    """
    INSERT INTO consumer_position (stream_sequence) VALUES (:sequence)
    ON CONFLICT (single) DO UPDATE SET stream_sequence = excluded.stream_sequence
    """
)


class Position:
    """Keeps the position of a service's durable in the service's database."""

    def __init__(
        self,
        client: Client,
        transactions: Transactions[Any],
        durable: str,
        *,
        every_seconds: float = EVERY_SECONDS,
    ) -> None:
        self._client = client
        self._transactions: Transactions[SqlUnitOfWork] = transactions
        self._info_subject = f"BUS.API.CONSUMER.INFO.{STREAM}.{durable}"
        self._every_seconds = every_seconds
        self._kept: tuple[int, int] | None = None
        self._keeping = asyncio.Lock()

    async def run(self) -> None:
        """Keep it up to date until cancelled."""
        while True:
            try:
                if self._client.is_connected:
                    await self.keep()
            except NatsError as error:
                log.info("position not known", error=type(error).__name__)
            except Exception as error:
                if not is_unavailable(error):
                    raise
            await asyncio.sleep(self._every_seconds)

    async def keep(self) -> None:
        """Ask for the floor and keep it. One at a time: an older floor must not be kept last."""
        async with self._keeping:
            await self._keep()

    async def _keep(self) -> None:
        made, floor = await self._floor()
        epoch = (await stream_state(self._client)).epoch
        if made < epoch or self._kept == (epoch, floor):
            return
        async with self._transactions.begin() as uow:
            if await uow.connection.scalar(_EPOCH) != epoch:
                return
            await uow.connection.execute(_KEEP, {"sequence": floor})
        self._kept = epoch, floor

    async def _floor(self) -> tuple[int, int]:
        """When the durable was made, and its acknowledgement floor."""
        try:
            answer = await request(self._client, self._info_subject)
        except NoRespondersError:
            raise StreamAwayError from None
        info = json.loads(answer.data)
        if "error" in info:
            raise StreamAwayError
        return microseconds(info["created"]), int(info["ack_floor"]["stream_seq"])
