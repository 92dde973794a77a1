"""What a gate looked at, kept in its receipt, so that the same question can be asked again.

The facts of a gate are written without the clinic's protocol: that is what one wants to change.
They stay in the deciding service's own database, and hold no more than the gate looked at.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json

from shared.decisions import Decision
from shared.protocol import ClinicProtocol, Pin

F = TypeVar("F")


class UnknownInputs(LookupError):  # noqa: N818 - what is wrong, not that it is an error
    """Inputs of a kind, or in a version, that this release of the service does not read."""


@dataclass(frozen=True, kw_only=True)
class RecordedGate(Generic[F]):
    """One gate whose receipts can be replayed.

    ``kind`` and ``version`` stand in the receipt; the version is raised when older inputs can no
    longer be read. ``looked_at`` leaves out what no rule reads. ``under`` gives the facts as they
    would have been under another protocol: what an earlier step derived from the old one is
    derived anew. ``agreeing`` lets peers that went by the old protocol's pin go by the new one's.
    ``settings`` names the fields that hold the protocol, or a section of it.
    """

    kind: str
    facts: type[F]
    decide: Callable[[F], Decision]
    looked_at: Callable[[F], F] = lambda facts: facts
    under: Callable[[F, ClinicProtocol], F] = lambda facts, _protocol: facts
    agreeing: Callable[[F, Pin, Pin], F] = lambda facts, _was, _now: facts
    settings: Mapping[str, Callable[[ClinicProtocol], Any]] = field(default_factory=dict)
    version: int = 1

    _adapter: TypeAdapter[F] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Made at once: the first decision of a day must not wait for it."""
        object.__setattr__(self, "_adapter", TypeAdapter(self.facts))

    def dump(self, facts: F) -> bytes:
        """The facts as they are kept."""
        return self._adapter.dump_json(self.looked_at(facts), exclude=_excluded(self.settings))

    def load(self, inputs: bytes, protocol: ClinicProtocol) -> F:
        """Kept facts, with this protocol put in the place of the one that was in force."""
        data = json.loads(inputs)
        for path, section in self.settings.items():
            *holders, name = path.split(".")
            here = data
            for holder in holders:
                here = here[holder]
            here[name] = section(protocol)
        return self._adapter.validate_python(data)

    def replay(self, inputs: bytes, protocol: ClinicProtocol, was: Pin) -> Decision:
        """What the gate would have decided from the same facts under this protocol.

        ``was`` is the pin of the protocol under which it decided.
        """
        now = Pin(protocol.protocol_version, protocol.digest)
        facts = self.agreeing(self.load(inputs, protocol), was, now)
        return self.decide(self.under(facts, protocol))


@dataclass(frozen=True, slots=True)
class RecordedGates:
    """All gates of a service, by the type of their facts and by the kind in a receipt."""

    gates: Sequence[RecordedGate[Any]] = ()

    def of(self, facts: object) -> RecordedGate[Any]:
        """The gate that these facts belong to."""
        return next(gate for gate in self.gates if gate.facts is type(facts))

    def reading(self, kind: str | None, version: int | None) -> RecordedGate[Any]:
        """The gate that reads inputs of this kind and version, or :class:`UnknownInputs`."""
        for gate in self.gates:
            if (gate.kind, gate.version) == (kind, version):
                return gate
        raise UnknownInputs(f"inputs {kind} in version {version} cannot be read")


def verdicts_of(decision: Decision) -> list[dict[str, Any]]:
    """The verdicts as a receipt keeps them: plain JSON."""
    verdicts: list[dict[str, Any]] = json.loads(verdicts_json(decision))
    return verdicts


def verdicts_json(decision: Decision) -> bytes:
    """The verdicts as they are written."""
    return to_json([asdict(verdict) for verdict in decision.verdicts])


def _excluded(settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """The paths in the form in which pydantic excludes them."""
    excluded: dict[str, Any] = {}
    for path in settings:
        *holders, name = path.split(".")
        here = excluded
        for holder in holders:
            here = here.setdefault(holder, {})
        here[name] = True
    return excluded or None
