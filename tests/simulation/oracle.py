"""Watches every commit, and says what the clinic promised and did not keep.

It knows nothing of the rules' code. It looks at what was published, in the order in which it was
committed, and at committed states; what was acknowledged before a command was invoked, that
command had to heed (ruling 6).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from careteam_contracts.base import Event
from services.scheduling.domain.session_states import SessionStatus
from tests.simulation.clinic import BrokenPromiseError, Clinic, Command
from tests.simulation.service import Service
from tests.simulation.store import Told
from tests.simulation.unit_of_work import InMemory

Complaint = str

_S = SessionStatus
HERE = frozenset(
    {
        _S.IN_PROGRESS,
        _S.DOSED,
        _S.THERAPY_ENDED,
        _S.RECOVERING,
        _S.CLEARABLE,
        _S.DISCHARGING,
        _S.ABORTED,
    }
)
"""The client is in the room: the watcher's own list."""


@dataclass
class Seen:
    """Everything that was said, and what is happening now."""

    clinic: Clinic
    by_type: dict[type[Event], list[Told]] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        self.by_type.setdefault(type(told.event), []).append(told)

    def all(self, *kinds: type[Event], until: int | None = None, **values: Any) -> list[Told]:
        """What was said of these kinds, up to a place, whose fields have these values."""
        found = [
            one
            for kind in kinds
            for one in self.by_type.get(kind, ())
            if (until is None or one.place <= until)
            and all(_value(one, name) == value for name, value in values.items())
        ]
        return sorted(found, key=lambda one: one.place)

    @property
    def command(self) -> Command | None:
        return self.clinic.running

    def since(self, told: Told) -> int:
        """Up to where whoever caused this had to know: what was said before they were asked."""
        command = self.command
        return command.invoked if command is not None else told.place - 1

    def heard_by(self, service: str, told: Told) -> bool:
        """Whether a service knows of it: in effect, or folded while it waits for its turn."""
        return told.envelope.event_id in self.clinic.services[service].store.folded

    def session(self, session_id: UUID) -> Any:
        return self.clinic.services["scheduling"].store.rows["sessions"][session_id].state


def _value(told: Told, name: str) -> Any:
    if name == "course":
        return told.envelope.course_id
    if name == "client":
        return told.envelope.client_id
    return getattr(told.event, name)


OnEvent = Callable[[Seen, Told], Iterable[Complaint]]
OnState = Callable[[Seen], Iterable[Complaint]]
OnAnswer = Callable[[Seen, Command, Any], Iterable[Complaint]]

PROMISES: Final[dict[type[Event], list[tuple[int, OnEvent]]]] = {}
ALWAYS: Final[dict[str, list[tuple[int, OnState]]]] = {}
ON_ANSWER: Final[list[tuple[int, "OnAnswer"]]] = []
AT_REST: Final[list[tuple[int, OnState]]] = []
WATCHED: Final[set[int]] = set()


def when(number: int, *kinds: type[Event]) -> Callable[[OnEvent], OnEvent]:
    """A promise about the moment in which something is said."""

    def add(rule: OnEvent) -> OnEvent:
        for kind in kinds:
            PROMISES.setdefault(kind, []).append((number, rule))
        WATCHED.add(number)
        return rule

    return add


def always(number: int, service: str) -> Callable[[OnState], OnState]:
    """A promise about what a service has committed, after each of its commits."""

    def add(rule: OnState) -> OnState:
        ALWAYS.setdefault(service, []).append((number, rule))
        WATCHED.add(number)
        return rule

    return add


def on_answer(number: int) -> Callable[[OnAnswer], OnAnswer]:
    """A promise about what somebody is told, and the session as it was before."""

    def add(rule: OnAnswer) -> OnAnswer:
        ON_ANSWER.append((number, rule))
        WATCHED.add(number)
        return rule

    return add


def at_rest(number: int) -> Callable[[OnState], OnState]:
    """A promise about the clinic when everything has arrived and every deadline was met."""

    def add(rule: OnState) -> OnState:
        AT_REST.append((number, rule))
        WATCHED.add(number)
        return rule

    return add


@dataclass
class Oracle:
    """``looked`` counts how often each promise had something to say."""

    looked: Counter[int] = field(default_factory=Counter)
    seen: Seen | None = None

    def begins(self, clinic: Clinic) -> None:
        self.seen = Seen(clinic)
        for told in clinic.history:
            self.seen.add(told)

    def sees(self, _clinic: Clinic, service: Service, _uow: InMemory, told: list[Told]) -> None:
        if self.seen is None:
            return
        for one in told:
            self.seen.add(one)
        for one in told:
            for number, rule in PROMISES.get(type(one.event), ()):
                self._hear(number, rule(self.seen, one), event=True)
        for number, state_rule in ALWAYS.get(service.name, ()):
            self._hear(number, state_rule(self.seen))

    def answered(self, _clinic: Clinic, command: Command, before: Any) -> None:
        """Somebody got an answer."""
        if self.seen is None:
            return
        for number, rule in ON_ANSWER:
            self._hear(number, rule(self.seen, command, before))

    def ends(self, _clinic: Clinic) -> None:
        assert self.seen is not None
        for number, rule in AT_REST:
            self._hear(number, rule(self.seen))

    def _hear(self, number: int, complaints: Iterable[Complaint], *, event: bool = False) -> None:
        self.looked[number] += event
        for complaint in complaints:
            if complaint == LOOKED:
                self.looked[number] += 1
                continue
            raise BrokenPromiseError(f"invariant {number}: {complaint}")


LOOKED: Final = ""
"""A rule about states says this for each thing that it had to judge."""
