"""What a service does about an event: fold it into its facts, then act on it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from careteam_contracts.base import Event
from shared.messaging.delivery import Delivery
from shared.messaging.outcomes import Outcome
from shared.storage import SqlUnitOfWork

Ev = TypeVar("Ev", bound=Event)
U = TypeVar("U", bound=SqlUnitOfWork)


class Handle(Protocol):
    """Handles one event within its transaction. None is the same as ``Done()``."""

    def __call__(self, event: Any, delivery: Delivery, uow: Any) -> Awaitable[Outcome | None]: ...


@dataclass(frozen=True, slots=True)
class Subscription(Generic[Ev, U]):
    """One event type.

    ``fold`` writes facts only, is idempotent and does not depend on order: for an urgent type
    (``!``) it runs on receipt, even from behind a waiting event, and again in its place (ruling 4).
    ``policy`` runs once, in the event's place.
    """

    model: type[Ev]
    fold: Callable[[Ev, Delivery, U], Awaitable[None]] | None = None
    policy: Callable[[Ev, Delivery, U], Awaitable[Outcome | None]] | None = None


def by_type(
    subscriptions: Iterable[Subscription[Any, Any]],
) -> Mapping[str, Subscription[Any, Any]]:
    """The subscriptions by wire name; two for one type are refused."""
    table: dict[str, Subscription[Any, Any]] = {}
    for subscription in subscriptions:
        if subscription.model.type in table:
            raise ValueError(f"two subscriptions for {subscription.model.type}: join them")
        table[subscription.model.type] = subscription
    return table
