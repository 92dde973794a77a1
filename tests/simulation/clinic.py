"""The whole clinic in one process, and one seed that says who goes on at each step.

The four services run their real rules, handlers, subscribers, answers and timers. Between them is
a bus that delivers each message to each listener in any order, late, twice, or only after it was
lost and asked for again; questions go unanswered while a link is cut. People's commands begin
whenever they like, and are taken one step further when it is their turn: between the transactions
of a gate, and before and after each question, somebody else may go on.
"""

from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from careteam_contracts.enums import ActorRole
from careteam_contracts.shared_safety import SAFETY_HOLD_LIFTED, SAFETY_HOLD_PLACED
from services.intake.app import DEFINITION as INTAKE
from services.notifications.app import DEFINITION as NOTIFICATIONS
from services.prescribing.app import DEFINITION as PRESCRIBING
from services.scheduling.app import DEFINITION as SCHEDULING
from shared.decisions import Refused
from shared.protocol import ProtocolLibrary
from shared.protocol.model import ClinicProtocol
from shared.storage import Actor, Context, Freshness, NotFound
from shared.storage.context import SYSTEM
from tests.simulation.service import Service, point
from tests.simulation.store import Store, Told
from tests.simulation.unit_of_work import InMemory

DEFINITIONS = (INTAKE, PRESCRIBING, SCHEDULING, NOTIFICATIONS)
NAMES = tuple(definition.name for definition in DEFINITIONS)
START = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class BrokenPromiseError(AssertionError):
    """The simulation saw something that must never be."""


@dataclass
class Command:
    """What a person asked for, since when, and what became of it."""

    service: str
    name: str
    command: Any
    actor: Actor
    invoked: int
    coroutine: Coroutine[Any, Any, Any]
    outcome: str = "running"
    result: Any = None


@dataclass
class Saved:
    """A clinic that stands still, to begin from again."""

    stores: dict[str, Store]
    now: datetime
    history: list[Told]


@dataclass
class Clinic:
    """Four services, a bus, a clock, and whoever watches them."""

    random: Random
    protocol: ClinicProtocol
    watch: Callable[["Clinic", Service, InMemory, list[Told]], None] = lambda *_: None
    answered: Callable[["Clinic", Command, Any], None] = lambda *_: None
    now: datetime = START
    history: list[Told] = field(default_factory=list)
    services: dict[str, Service] = field(init=False)
    on_the_way: dict[str, list[Told]] = field(init=False)
    lost: dict[str, list[Told]] = field(init=False)
    consuming: dict[str, Coroutine[Any, Any, Any]] = field(default_factory=dict)
    firing: dict[str, Coroutine[Any, Any, Any]] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    running: Command | None = None
    counted: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    letters: list[tuple[Any, int]] = field(default_factory=list)
    fired_at: int = 0

    def __post_init__(self) -> None:
        self.services = {
            definition.name: Service(definition, ProtocolLibrary.of(self.protocol), self)
            for definition in DEFINITIONS
        }
        self.on_the_way = {name: [] for name in NAMES}
        self.lost = {name: [] for name in NAMES}

    # What a service needs of its clinic.

    def seconds(self) -> float:
        return (self.now - START).total_seconds()

    def new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    async def ask(self, asker: str, question: Any, ask: Any) -> Any:
        await point()
        answerer = question.service.value
        if answerer in self.silent or asker in self.silent:
            self.counted["unanswered"] += 1
            return None
        answered = await self.services[answerer].answer(question, ask)
        await point()
        return answered

    def committed(self, service: Service, uow: InMemory, told: list[Told]) -> None:
        for number, one in enumerate(told):
            placed = Told(one.envelope, one.event, one.subject, one.body, len(self.history) + 1)
            told[number] = placed
            self.history.append(placed)
            for name in NAMES:
                if name != service.name:
                    self.on_the_way[name].append(placed)
        for letter in getattr(getattr(uow, "simulated_outbox", None), "new", ()):
            self.letters.append((letter, self.fired_at))
        self.watch(self, service, uow, told)

    def freshness(self, service: Service, _client_id: UUID) -> Mapping[str, Freshness]:
        """As good as it can be: what allows must not lean on it (ruling 5)."""
        return {name: Freshness(age_seconds=0.5) for name in NAMES if name != service.name}

    # Who goes on.

    def begin(self, service: str, name: str, command: Any, actor: Actor) -> Command:
        """A person asks for something."""
        handlers = _handlers(service)
        handler = handlers[name]
        asks = "begin" in handler.__code__.co_varnames[: handler.__code__.co_argcount]
        work = self.services[service].command(handler, command, actor, asks=asks)
        begun = Command(service, name, command, actor, len(self.history), work)
        self.commands.append(begun)
        return begun

    def go_on(self, command: Command) -> None:
        """One step of a person's command."""
        self.running = command
        before = self.states_of(command)
        try:
            command.coroutine.send(None)
        except StopIteration as done:
            command.outcome, command.result = "done", done.value
        except Refused as refused:
            command.outcome, command.result = "refused", refused
        except NotFound as missing:
            command.outcome, command.result = "not found", missing
        finally:
            self.running = None
        if command.outcome != "running":
            self.commands.remove(command)
            self.counted[f"{command.name} {command.outcome}"] += 1
            self.answered(self, command, before)

    def do(self, service: str, name: str, command: Any, actor: Actor) -> Any:
        """A command from its beginning to its end, with nobody in between."""
        begun = self.begin(service, name, command, actor)
        while begun.outcome == "running":
            self.go_on(begun)
        if begun.outcome != "done":
            raise BrokenPromiseError(f"{name} was {begun.outcome}: {begun.result}")
        return begun.result

    def consume(self, name: str, choose: Callable[[list[Told]], int]) -> bool:
        """One step of a service's consumer; a new message is chosen when it has none in hand."""
        if name not in self.consuming:
            if not self.on_the_way[name]:
                return False
            queue = self.on_the_way[name]
            told = queue.pop(choose(queue))
            self.consuming[name] = self.services[name].receive(told)
        self._step(self.consuming, name)
        return True

    def fire(self, name: str) -> bool:
        """One step of a service's timers."""
        if name not in self.firing:
            due = list(self.services[name].due())
            if not due:
                return False
            self.firing[name] = self.services[name].fire(*due[0])
            if name == "notifications":
                self.fired_at = len(self.history)
        self._step(self.firing, name)
        return True

    def _step(self, table: dict[str, Coroutine[Any, Any, Any]], name: str) -> None:
        try:
            table[name].send(None)
        except StopIteration:
            del table[name]

    def forge_a_lift(self) -> None:
        """Some service says that another's hold is lifted (invariant 32)."""
        placed = [one for one in self.history if type(one.event) in SAFETY_HOLD_PLACED]
        if not placed:
            return
        hold = self.random.choice(placed)
        others = [kind for kind in SAFETY_HOLD_LIFTED if kind.producer is not hold.event.producer]
        kind = self.random.choice(others)
        event = kind(
            hold_id=hold.event.hold_id, lifted_by_roles=(ActorRole.THERAPIST, ActorRole.PRESCRIBER)
        )
        forger = self.services[kind.producer.value]
        told = [forger.word(event, hold.envelope)]
        forger.store.outbox.extend(told)
        self.committed(forger, forger.open(self.context()), told)

    def context(self) -> Context:
        return Context(actor=SYSTEM, now=self.now, correlation_id=self.new_id())

    def settle(self) -> None:
        """Everything that is on its way arrives, in order, and what is due fires."""
        for name in NAMES:
            self.on_the_way[name].extend(self.lost[name])
            self.lost[name].clear()
        self.silent.clear()
        for _ in range(20000):
            moved = False
            for command in list(self.commands):
                self.go_on(command)
                moved = True
            for name in NAMES:
                moved |= self.consume(name, lambda _queue: 0)
                moved |= self.fire(name)
            if not moved:
                return
        raise BrokenPromiseError("no end in sight")

    def advance(self, by: timedelta) -> None:
        """Time passes."""
        self.now += by

    # To begin from the same place again.

    def save(self) -> Saved:
        return Saved(
            {name: service.store.copy() for name, service in self.services.items()},
            self.now,
            list(self.history),
        )

    def restore(self, saved: Saved) -> None:
        for name, service in self.services.items():
            service.store = saved.stores[name].copy()
        self.now, self.history = saved.now, list(saved.history)

    def close(self) -> None:
        """Let go of what is not finished."""
        for work in (*self.consuming.values(), *self.firing.values()):
            work.close()
        for command in self.commands:
            command.coroutine.close()

    def states_of(self, command: Command) -> Any:
        """The session that a command of scheduling is about, as it is before this step."""
        rows = self.services["scheduling"].store.rows.get("sessions", {})
        row = rows.get(getattr(command.command, "session_id", None))  # type: ignore[arg-type]
        return None if row is None else row.state

    def states(self, service: str, table: str) -> list[Any]:
        """Committed aggregates of a service, in a fixed order."""
        return sorted(self.services[service].store.states(table), key=lambda one: one.id)


def _handlers(service: str) -> Mapping[str, Callable[..., Any]]:
    from services.intake.handlers import COMMANDS as OF_INTAKE
    from services.notifications.handlers import COMMANDS as OF_NOTIFICATIONS
    from services.prescribing.handlers import COMMANDS as OF_PRESCRIBING
    from services.scheduling.handlers import COMMANDS as OF_SCHEDULING

    of: dict[str, Any] = {
        "intake": OF_INTAKE,
        "prescribing": OF_PRESCRIBING,
        "scheduling": OF_SCHEDULING,
        "notifications": OF_NOTIFICATIONS,
    }
    found: Mapping[str, Callable[..., Any]] = of[service]
    return found
