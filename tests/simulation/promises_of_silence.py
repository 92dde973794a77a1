"""Invariants 19, 29 and 38: a stop is never refused, nobody is written to who does not want it, and
what is known can be built again from what was said, in any order."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from careteam_contracts import intake
from services.scheduling.domain.session_states import SessionStatus
from shared.messaging.delivery import Delivery
from shared.messaging.reading import Arrived, decode
from shared.messaging.subscriptions import by_type
from shared.storage import Context
from shared.storage.context import SYSTEM
from tests.simulation.clinic import Clinic, Command
from tests.simulation.oracle import LOOKED, Complaint, Seen, at_rest, on_answer
from tests.simulation.store import Store

RUNNING = frozenset({SessionStatus.IN_PROGRESS, SessionStatus.DOSED})
_MOST = 3
"""How many services' facts are built again after one schedule: it is the dearest of all looks."""


@on_answer(19)
def stopped_in_one_step(_seen: Seen, command: Command, before: Any) -> Iterable[Complaint]:
    """Whoever asks for a stop while therapy runs gets it, whatever is down."""
    if command.name == "stop_session" and before.status in RUNNING:
        yield LOOKED
        if command.outcome != "done":
            yield f"a stop was {command.outcome}"


@at_rest(29)
def only_on_channels_that_were_allowed(seen: Seen) -> Iterable[Complaint]:
    """A channel counts as wanted if it was so at some moment of the attempt, which asks first."""
    told = seen.all(intake.ContactPreferencesChanged)
    messages = seen.clinic.services["notifications"].store.rows["messages"]
    for letter, began in seen.clinic.letters:
        if messages[letter.message_id].state.recipient != "client":
            continue
        known = [one for one in told if one.envelope.client_id == letter.client_id]
        before = [one for one in known if one.place <= began][-1:]
        since = [one for one in known if began < one.place]
        yield LOOKED
        name = f"{letter.channel.value}_allowed"
        if not any(getattr(one.event, name) for one in (*before, *since)):
            yield f"a client was written to by {letter.channel.value} who does not want it"


@at_rest(38)
def facts_can_be_built_again(seen: Seen) -> Iterable[Complaint]:
    """The whole of what was said, shuffled and some of it twice, gives the same facts."""
    clinic = seen.clinic
    for name in clinic.random.sample(tuple(clinic.services), _MOST):
        yield LOOKED
        rebuilt = _rebuilt(clinic, name, Random(len(clinic.history)))
        if _told(rebuilt) != _told(clinic.services[name].store):
            yield f"what {name} knows depends on the order in which it heard it"


def _told(store: Store) -> dict[str, dict[UUID, Any]]:
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


def _rebuilt(clinic: Clinic, name: str, chance: Random) -> Store:
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
