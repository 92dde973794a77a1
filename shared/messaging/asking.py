"""Questions between services: request and reply, two seconds, no answer means no.

An answer comes from its owner's committed state and serves only the request that asked for it: it
is never stored, and the transaction that decides by it checks how old it is.

Whoever answers does so for several askers at once and for no longer than they wait: a question
about one client, whose lock somebody holds, must not keep the others unanswered. All replicas of a
service answer, and the first answer counts: so one that hangs does not cost the asker its time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import structlog
from faststream.nats import NatsBroker
from faststream.nats.message import NatsMessage
from faststream.nats.security import NatsNKey
from pydantic import BaseModel

from careteam_contracts.questions import Question
from shared.messaging.connection import Bus
from shared.storage import SqlUnitOfWork, Transactions

log = structlog.get_logger()

ANSWER_SECONDS: Final = 2.0
USABLE_SECONDS: Final = 5.0
AT_ONCE: Final = 4
"""How many questions of one kind are answered side by side."""

Q = TypeVar("Q", bound=BaseModel)
A = TypeVar("A", bound=BaseModel)
U = TypeVar("U", bound=SqlUnitOfWork)


@dataclass(frozen=True, slots=True)
class Answer(Generic[A]):
    """What a peer answered, and since when that may be out of date (monotonic seconds)."""

    value: A
    asked_at: float

    @property
    def usable(self) -> bool:
        """Whether it is young enough to decide by."""
        return time.monotonic() - self.asked_at <= USABLE_SECONDS


def rpc_broker(bus: Bus, on_closed: Callable[[], Awaitable[None]] | None = None) -> NatsBroker:
    """The framework's broker for questions: bodies stay bytes, models check them."""

    async def as_bytes(message: NatsMessage) -> bytes:
        return message.body

    options = bus.options()
    options["inbox_prefix"] = options["inbox_prefix"].decode()
    tls = options.pop("tls", None)
    if options.pop("nkeys_seed_str", None) is not None:
        options["security"] = NatsNKey(str(bus.seed_file), ssl_context=tls)
    return NatsBroker(
        apply_types=False, decoder=as_bytes, logger=None, closed_cb=on_closed, **options
    )


class Asker:
    """Asks other services."""

    def __init__(self, broker: NatsBroker, *, seconds: float = ANSWER_SECONDS) -> None:
        self._broker = broker
        self._seconds = seconds

    def use(self, broker: NatsBroker) -> None:
        """Ask through another connection from now on."""
        self._broker = broker

    async def ask(self, question: Question[Q, A], ask: Q) -> Answer[A] | None:
        """The peer's answer, or None: it did not answer in time, or not in our language."""
        asked_at = time.monotonic()
        value = await self.ask_at(question.subject, question.answer, ask.model_dump_json())
        return None if value is None else Answer(value, asked_at)

    async def ask_at(self, subject: str, answer: type[A], body: str = "") -> A | None:
        """The same of whoever is at a subject: NATS itself, for one."""
        try:
            reply = await self._broker.request(body.encode(), subject, timeout=self._seconds)
            return answer.model_validate_json(reply.body)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
            log.warning("no answer", question=subject, error=type(error).__name__)
            return None


AnswerTable = Mapping[Question[Any, Any], Callable[[Any, Any], Awaitable[BaseModel]]]
"""Question to ``async def answer(ask, uow) -> answer model``."""


def register_answers(
    broker: NatsBroker, transactions: Transactions[U], answers: AnswerTable
) -> None:
    """Answer each question in a transaction of its own. A failure is no answer, which means no."""
    for question, answer in answers.items():
        broker.subscriber(question.subject, max_workers=AT_ONCE)(
            _responder(question, answer, transactions)
        )


def _responder(
    question: Question[Any, Any],
    answer: Callable[[Any, Any], Awaitable[BaseModel]],
    transactions: Transactions[Any],
) -> Callable[[bytes], Awaitable[bytes]]:
    async def respond(body: bytes) -> bytes:
        ask = question.ask.model_validate_json(body)
        try:
            async with asyncio.timeout(ANSWER_SECONDS), transactions.begin() as uow:
                answered = await answer(ask, uow)
        except Exception as error:
            log.warning("question failed", question=question.subject, error=type(error).__name__)
            raise
        return answered.model_dump_json().encode()

    return respond
