"""Who brings integrators what they are owed: a courier for each, so that none waits for another.

Each courier takes, of every client, the first event that waits, brings several clients' at once,
and notes what was answered before it takes that client's next. A crash between the answer and the
note brings the event again: at least once, under the same id. One replica at a time has couriers.
"""

import asyncio
import secrets
import time
from contextlib import suppress
from functools import partial
from typing import Any, Final
from uuid import UUID

import httpx
import structlog

from careteam_contracts.catalogue import MalformedEvent, UnknownEventType
from careteam_contracts.envelope import MalformedEnvelope
from services.notifications.channels.cloud_event import structured
from services.notifications.channels.webhooks import Webhooks
from services.notifications.domain.delivery_attempt import Answer, Failure
from services.notifications.domain.integrator import Integrator, IntegratorStatus
from services.notifications.handlers.integrator_ports import Owed, PublicEvent
from services.notifications.handlers.ports import UnitOfWork
from services.notifications.handlers.tell_integrators import (
    NoteAnswer,
    Turn,
    note_answer,
    whose_turn,
)
from shared.messaging.only_one import while_only_one
from shared.serving.life import RunningService
from shared.serving.upkeep import keep

log = structlog.get_logger()

COURIERS_LOCK: Final = 0x0CA7E7EF
AT_ONCE: Final = 8
"""How many clients' events an endpoint gets side by side."""
LOOKS_EVERY_SECONDS: Final = 1.0
_FORGETS_EVERY_SECONDS: Final = 3600.0


class Bell:
    """Rung when there may be something to bring; rings once for all who wait."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    async def wait(self) -> None:
        """Until it rings, or until it is time to look all the same."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_EVERY_SECONDS):
                await self._rung.wait()


class Couriers:
    """The couriers of one process."""

    def __init__(self, service: RunningService[Any], webhooks: Webhooks, bell: Bell) -> None:
        self._service = service
        self._webhooks = webhooks
        self._bell = bell
        self._at_work: dict[UUID, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Work whenever no other replica does."""
        await while_only_one(self._service.database, COURIERS_LOCK, self._work)

    async def _work(self) -> None:
        forgot_at = -_FORGETS_EVERY_SECONDS
        try:
            while True:
                if time.monotonic() - forgot_at > _FORGETS_EVERY_SECONDS:
                    await self._forget_the_oldest()
                    forgot_at = time.monotonic()
                for integrator_id in await self._active():
                    at_work = self._at_work.get(integrator_id)
                    if at_work is None or at_work.done():
                        self._at_work[integrator_id] = asyncio.create_task(
                            keep("courier", partial(self._serve, integrator_id), again=False)
                        )
                await asyncio.sleep(LOOKS_EVERY_SECONDS)
        finally:
            tasks, self._at_work = list(self._at_work.values()), {}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _active(self) -> list[UUID]:
        async def read(uow: UnitOfWork) -> list[Integrator]:
            return await uow.integrators.list_by(status=IntegratorStatus.ACTIVE.value)

        return [one.id for one in await self._service.background.run(read)]

    async def _forget_the_oldest(self) -> None:
        async with self._service.background.begin() as uow:
            await uow.public_feed.forget_the_oldest()

    async def _serve(self, integrator_id: UUID) -> None:
        """Bring one integrator what is due, until it is told nothing any more. Of each client one
        event is on its way at most; who is slow to take one client's holds up no other's."""
        on_their_way: set[UUID] = set()

        async def look(uow: UnitOfWork) -> Turn | None:
            return await whose_turn(integrator_id, AT_ONCE + len(on_their_way), uow)

        async with self._webhooks.line() as line, asyncio.TaskGroup() as bringing:
            while (turn := await self._service.background.run(look)) is not None:
                begun = [one for one in turn.owed if one.event.event_id not in on_their_way]
                for owed in begun[: AT_ONCE - len(on_their_way)]:
                    on_their_way.add(owed.event.event_id)
                    bringing.create_task(self._bring(line, turn.integrator, owed, on_their_way))
                await self._bell.wait()

    async def _bring(
        self,
        line: httpx.AsyncClient,
        integrator: Integrator,
        owed: Owed,
        on_their_way: set[UUID],
    ) -> None:
        event = owed.event
        answer = await self._send(line, integrator, event)
        if not answer.is_taken:
            log.warning(
                "integrator not told",
                event_id=str(event.event_id),
                reason=answer.failure,
                status=answer.status,
            )
        luck = secrets.randbelow(1000) / 1000
        noted = NoteAnswer(integrator_id=integrator.id, owed=owed, answer=answer, luck=luck)
        await self._service.background.run(partial(note_answer, noted))
        on_their_way.remove(event.event_id)
        self._service.changes.tell()
        self._bell.ring()

    async def _send(
        self, line: httpx.AsyncClient, integrator: Integrator, event: PublicEvent
    ) -> Answer:
        try:
            body = structured(event.headers, event.payload, event.place)
        except (MalformedEnvelope, MalformedEvent, UnknownEventType):
            # It was understood when it was kept: this version is an earlier one.
            return Answer(failure=Failure.NOT_UNDERSTOOD)
        return await self._webhooks.send(
            line,
            integrator.webhook.url,
            integrator.signing(self._service.clock.now()),
            message_id=str(event.event_id),
            body=body,
        )
