"""Whether a stretch of the stream is whole: no producer's events of a client have a hole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Lane: TypeAlias = tuple[str, str]
"""A producer and a client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Numbers of a lane that were not seen, before the event at a place of the stream."""

    producer: str
    client_id: str
    first: int
    last: int
    before: int

    def __str__(self) -> str:
        numbers = str(self.first) if self.first == self.last else f"{self.first} to {self.last}"
        return (
            f"{self.producer}, client {self.client_id}: {numbers} missing before"
            f" sequence {self.before}"
        )


@dataclass(slots=True)
class Continuity:
    """Reads a stretch event by event. ``again`` counts what was published once more.

    The first event of a lane in the stretch sets where it begins: what came before is not looked
    at. What is missing and comes later, published again, fills its hole.
    """

    events: int = 0
    again: int = 0
    wrong: int = 0
    _reached: dict[Lane, int] = field(default_factory=dict)
    _missing: dict[Lane, dict[int, int]] = field(default_factory=dict)

    def see(self, headers: Mapping[str, str], sequence: int) -> None:
        """The next event of the stretch."""
        self.events += 1
        try:
            lane = headers["ce-source"].rpartition("/")[2], headers["ce-partitionkey"]
            number = int(headers["ce-clientsequence"])
        except (KeyError, ValueError):
            self.wrong += 1
            return
        reached = self._reached.get(lane)
        if reached is None or number == reached + 1:
            self._reached[lane] = number
        elif number > reached:
            lacking = self._missing.setdefault(lane, {})
            lacking.update(dict.fromkeys(range(reached + 1, number), sequence))
            self._reached[lane] = number
        elif self._missing.get(lane, {}).pop(number, None) is None:
            self.again += 1

    @property
    def lanes(self) -> int:
        return len(self._reached)

    @property
    def holes(self) -> tuple[Hole, ...]:
        """What is still missing, in runs."""
        found: list[Hole] = []
        for (producer, client_id), lacking in sorted(self._missing.items()):
            for number, before in sorted(lacking.items()):
                last = found[-1] if found else None
                if (
                    last is not None
                    and (last.producer, last.client_id) == (producer, client_id)
                    and last.last == number - 1
                    and last.before == before
                ):
                    found[-1] = Hole(
                        producer=producer,
                        client_id=client_id,
                        first=last.first,
                        last=number,
                        before=before,
                    )
                else:
                    found.append(
                        Hole(
                            producer=producer,
                            client_id=client_id,
                            first=number,
                            last=number,
                            before=before,
                        )
                    )
        return tuple(found)
