"""What a service was told, folded once more into an empty store, in whatever order (INV-38)."""

from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from shared.messaging.delivery import Delivery
from shared.messaging.reading import Arrived, decode
from shared.messaging.subscriptions import by_type
from shared.storage import Context
from shared.storage.context import SYSTEM
from tests.simulation.clinic import Clinic
from tests.simulation.store import Store


def what_was_told(store: Store) -> dict[str, dict[UUID, Any]]:
    """What was told to a service; what it has said itself about that is its own to remember."""
    return {
        table: {key: _without_own_words(fact) for key, fact in facts.items()}
        for table, facts in store.facts.items()
        if facts
    }


def _without_own_words(fact: Any) -> Any:
    alerts = getattr(fact, "alerts", None)
    if alerts is None:
        return fact
    return replace(fact, alerts=replace(alerts, tombstones={}))


def rebuilt(clinic: Clinic, name: str, chance: Random) -> Store:
    """The facts of a service from all that the others said, shuffled and a quarter of it twice."""
    service = clinic.services[name]
    subscriptions = by_type(service.definition.subscriptions)
    heard = [one for one in clinic.history if one.envelope.producer.value != name]
    heard += chance.sample(heard, len(heard) // 4)
    chance.shuffle(heard)
    store, own = Store(), service.store
    store.rows = own.rows
    service.store = store
    try:
        for told in heard:
            delivery = Delivery(told.envelope, told.place)
            arrived = Arrived(delivery, told.body, subscriptions.get(told.envelope.type))
            if arrived.subscription is not None and arrived.subscription.fold is not None:
                uow: Any = service.open(
                    Context(actor=SYSTEM, now=clinic.now, correlation_id=delivery.event_id)
                )
                fold = arrived.subscription.fold(decode(arrived), delivery, uow)
                _run(fold)
                uow.commit()
    finally:
        service.store = own
    return store


def _run(work: Any) -> None:
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("a fold waits for something")
