"""Invariants 19, 29 and 38: a stop is never refused, nobody is written to who does not want it, and
what is known can be built again from what was said, in any order."""

from collections.abc import Iterable
from random import Random
from typing import Any

from careteam_contracts import intake
from services.scheduling.domain.session_states import SessionStatus
from tests.simulation.clinic import Command
from tests.simulation.oracle import LOOKED, Complaint, Seen, at_rest, on_answer
from tests.simulation.rebuilding import rebuilt, what_was_told

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
        again = rebuilt(clinic, name, Random(len(clinic.history)))
        if what_was_told(again) != what_was_told(clinic.services[name].store):
            yield f"what {name} knows depends on the order in which it heard it"
