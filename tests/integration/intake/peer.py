"""The services beside intake: they answer what a test tells them to, and publish their events."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from nats.aio.client import Client
from nats.aio.msg import Msg
from pydantic import BaseModel

from careteam_contracts.base import Event
from careteam_contracts.enums import ActorRole, KeepsClient, Service
from careteam_contracts.envelope import Envelope
from careteam_contracts.erasing import ErasureAnswer
from careteam_contracts.questions import Question
from careteam_contracts.standing import PrescribingStanding, SchedulingStanding
from shared.runtime.ids import new_id

MORNING: Final = datetime(2025, 3, 3, 17, 0, tzinfo=UTC)
CLINIC: Final = UUID("018f0000-0000-7000-8000-000000000001")


@dataclass(frozen=True)
class Whose:
    """A registered client and their course."""

    client_id: UUID
    course_id: UUID


class ClockFile:
    """The sandbox clock, standing still until a test moves it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(MORNING)

    def set(self, at: datetime) -> None:
        state = {"at": at.isoformat(), "anchored": at.isoformat(), "rate": 0}
        self.path.write_text(json.dumps(state))
        self.now = at

    def advance(self, **delta: float) -> datetime:
        self.set(self.now + timedelta(**delta))
        return self.now


@dataclass
class Peer:
    """Another service on the bus: answers what a test tells it to, and publishes its events."""

    service: Service
    client: Client
    clock: ClockFile
    standing: dict[str, Any] = field(default_factory=dict)
    keeps: tuple[KeepsClient, ...] = ()
    silent: bool = False
    asked: int = 0
    before_answering: Callable[[], Awaitable[None]] | None = None
    _sequences: Counter[UUID] = field(default_factory=Counter)
    _versions: Counter[UUID] = field(default_factory=Counter)

    async def listen(self, model: type[SchedulingStanding | PrescribingStanding]) -> None:
        def told() -> BaseModel:
            known = {"known": True, "unverifiable": False, "protocol_version": 1}
            return model(**{**known, "answered_at": self.clock.now, **self.standing})

        await self._answer("standing", told)

    async def listen_for_erasures(self) -> None:
        def told() -> BaseModel:
            return ErasureAnswer(unverifiable=False, answered_at=self.clock.now, kept_by=self.keeps)

        await self._answer("erasure", told)

    async def _answer(self, question: str, told: Callable[[], BaseModel]) -> None:
        async def answer(message: Msg) -> None:
            self.asked += 1
            if self.before_answering is not None:
                await self.before_answering()
            if not self.silent:
                await message.respond(told().model_dump_json().encode())

        await self.client.subscribe(f"careteam.rpc.{self.service.value}.{question}", cb=answer)
        await self.client.flush()

    async def tell(
        self,
        event: Event,
        who: "Whose",
        *,
        aggregate_id: UUID | None = None,
        version: int = 0,
        by: UUID | None = None,
        occurred_at: datetime | None = None,
    ) -> UUID:
        """Publish an event about a client, numbered as its producer would; ``by`` whom it is."""
        aggregate = aggregate_id or new_id()
        self._sequences[who.client_id] += 1
        self._versions[aggregate] += 1
        envelope = Envelope(
            event_id=new_id(),
            type=event.type,
            producer=self.service,
            aggregate_type=event.aggregate_type,
            aggregate_id=aggregate,
            aggregate_version=version or self._versions[aggregate],
            client_sequence=self._sequences[who.client_id],
            client_id=who.client_id,
            course_id=who.course_id,
            clinic_id=CLINIC,
            protocol_version=1,
            correlation_id=new_id(),
            actor_role=ActorRole.SYSTEM if by is None else ActorRole.PRESCRIBER,
            actor_ref=by,
            occurred_at=occurred_at or self.clock.now,
            recorded_at=self.clock.now,
        )
        await self.client.jetstream().publish(
            event.subject(who.client_id), event.to_body(), headers=envelope.to_headers()
        )
        return envelope.event_id

    async def ask(self, question: Question[Any, Any], ask: BaseModel) -> Any:
        """Ask intake something, as this service would."""
        reply = await self.client.request(
            question.subject, ask.model_dump_json().encode(), timeout=5
        )
        return question.answer.model_validate_json(reply.data)

    def sent(self, client_id: UUID) -> int:
        return self._sequences[client_id]
