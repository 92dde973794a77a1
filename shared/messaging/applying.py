"""Applying one event: fold, then policy, in the transaction that also moves its lane.

Whatever a handler raises is the event's failure, and is named so here, once. Otherwise a refused
connection or a time-out of somebody that a handler talked to would look like an absent database,
and hold up every client. The exceptions to this are those of our own database: one that is away
costs nobody an attempt, and a race that the server ended is simply run again.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import nullcontext
from typing import Any

from sqlalchemy.exc import DBAPIError

from careteam_contracts.envelope import COURSES_ARE_OF
from shared.messaging.delivery import Delivery
from shared.messaging.outcomes import BACK_OFF_SECONDS, Done, Outcome, Park, Retry, after_failure
from shared.messaging.reading import Arrived, BodyError, decode
from shared.storage import SqlUnitOfWork
from shared.storage.context import SYSTEM, Context
from shared.storage.failures import is_database_away, is_race
from shared.storage.keyring import KeyringAwayError


class NotDone(Exception):  # noqa: N818 - an outcome that undoes the transaction
    """The handler asked for another outcome than ``Done``."""

    def __init__(self, outcome: Retry | Park) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class HandlerFailed(Exception):  # noqa: N818 - it names whose failure it is
    """A handler could not do its work, because of ``why``: of an event, where it was one."""

    def __init__(self, why: BaseException, arrived: Arrived | None = None) -> None:
        super().__init__(type(why).__name__)
        self.why = why
        self.arrived = arrived


async def apply(arrived: Arrived, uow: SqlUnitOfWork, seconds: float | None = None) -> None:
    """Let an event take effect in its place; raises :class:`HandlerFailed` when it cannot."""
    await blamed(_apply(arrived, uow), seconds, arrived)


async def fold_at_once(arrived: Arrived, uow: SqlUnitOfWork, seconds: float | None = None) -> None:
    """Fold an urgent event that has to wait for its place: only the set member is written."""
    await blamed(_fold(arrived, uow), seconds, arrived)


async def blamed(
    work: Awaitable[None], seconds: float | None, arrived: Arrived | None = None
) -> None:
    """Await a handler's work, for so long at most; what it raises is its own failure."""
    try:
        async with nullcontext() if seconds is None else asyncio.timeout(seconds):
            await work
    except Exception as error:
        if (
            is_race(error)
            or isinstance(error, KeyringAwayError)
            or (isinstance(error, DBAPIError) and is_database_away(error))
        ):
            raise
        raise HandlerFailed(error, arrived) from error


def reason_of(error: BaseException) -> str:
    """Why it failed, without a word that a person wrote."""
    why = error.why if isinstance(error, HandlerFailed) else error
    if isinstance(why, NotDone) and isinstance(why.outcome, Park):
        return why.outcome.reason
    return str(why) if isinstance(why, BodyError) else type(why).__name__


def outcome_of(
    error: BaseException, attempts: int, back_off: tuple[float, ...] = BACK_OFF_SECONDS
) -> Retry | Park:
    """What follows a failed attempt."""
    why = error.why if isinstance(error, HandlerFailed) else error
    if isinstance(why, NotDone) and isinstance(why.outcome, Park):
        return why.outcome
    if isinstance(why, BodyError):
        return Park(reason_of(why))
    following = after_failure(attempts, reason_of(why), back_off)
    if isinstance(why, NotDone) and isinstance(following, Retry):
        return why.outcome
    return following


async def _apply(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    await _pin(arrived.delivery, uow)
    subscription = arrived.subscription
    if subscription is None:
        return
    event = decode(arrived)
    _because_of(arrived, uow)
    if subscription.fold is not None:
        await subscription.fold(event, arrived.delivery, uow)
    if subscription.policy is not None:
        outcome: Outcome | None = await subscription.policy(event, arrived.delivery, uow)
        match outcome:
            case None | Done():
                return
            case Retry() | Park():
                raise NotDone(outcome)


async def _fold(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    subscription = arrived.subscription
    if subscription is None or subscription.fold is None:
        return
    event: Any = decode(arrived)
    _because_of(arrived, uow)
    await uow.lock_client(arrived.delivery.client_id)
    await _pin(arrived.delivery, uow)
    await subscription.fold(event, arrived.delivery, uow)


async def _pin(delivery: Delivery, uow: SqlUnitOfWork) -> None:
    """Whoever owns courses says with every event by which protocol its course is run."""
    envelope = delivery.envelope
    if envelope.course_id is not None and envelope.producer is COURSES_ARE_OF:
        await uow.course_protocols.pin(
            envelope.course_id, envelope.client_id, envelope.protocol_version
        )


def _because_of(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    """What the transaction does from here on was caused by this event."""
    context = uow.context
    uow.context = Context(
        actor=SYSTEM,
        now=context.now,
        correlation_id=arrived.delivery.correlation_id,
        causation_id=arrived.delivery.event_id,
        target=context.target,
        if_match=context.if_match,
    )
