"""Applying one event: fold, then policy, in the transaction that also moves its lane."""

from dataclasses import replace
from typing import Any

from shared.messaging.outcomes import Done, Outcome, Park, Retry, after_failure
from shared.messaging.reading import Arrived, BodyError, decode
from shared.storage import SqlUnitOfWork
from shared.storage.context import SYSTEM


class NotDone(Exception):  # noqa: N818 - an outcome that undoes the transaction
    """The handler asked for another outcome than ``Done``."""

    def __init__(self, outcome: Retry | Park) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


async def apply(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    """Let an event take effect in its place; raises when it cannot."""
    subscription = arrived.subscription
    if subscription is None:
        return
    event = decode(arrived)
    because_of(arrived, uow)
    if subscription.fold is not None:
        await subscription.fold(event, arrived.delivery, uow)
    if subscription.policy is not None:
        outcome: Outcome | None = await subscription.policy(event, arrived.delivery, uow)
        match outcome:
            case None | Done():
                return
            case Retry() | Park():
                raise NotDone(outcome)


async def fold_at_once(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    """Fold an urgent event that has to wait for its place: only the set member is written."""
    subscription = arrived.subscription
    if subscription is None or subscription.fold is None:
        return
    event: Any = decode(arrived)
    because_of(arrived, uow)
    await uow.lock_client(arrived.delivery.client_id)
    await subscription.fold(event, arrived.delivery, uow)


def because_of(arrived: Arrived, uow: SqlUnitOfWork) -> None:
    """What the transaction does from here on was caused by this event."""
    uow.context = replace(
        uow.context,
        actor=SYSTEM,
        correlation_id=arrived.delivery.correlation_id,
        causation_id=arrived.delivery.event_id,
    )


def reason_of(error: BaseException) -> str:
    """Why it failed, without a word that a person wrote."""
    if isinstance(error, NotDone) and isinstance(error.outcome, Park):
        return error.outcome.reason
    return str(error) if isinstance(error, BodyError) else type(error).__name__


def outcome_of(error: BaseException, attempts: int) -> Retry | Park:
    """What follows a failed attempt."""
    if isinstance(error, NotDone) and isinstance(error.outcome, Park):
        return error.outcome
    if isinstance(error, BodyError):
        return Park(reason_of(error))
    following = after_failure(attempts, reason_of(error))
    if isinstance(error, NotDone) and isinstance(following, Retry):
        return error.outcome
    return following
