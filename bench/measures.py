"""What can be measured, by its number among the figures."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from bench.figures import Figure
from bench.p1_latency import command_to_effect
from bench.p2_relay import relay_drain
from bench.p3_consumer import consumer_rate
from bench.parts import Parts

CLIENTS: Final = 100

Measure = Callable[[Parts, int, int], Coroutine[Any, Any, list[Figure]]]
"""Takes the parts, how many events there are, and how many runs."""


async def _p1(parts: Parts, events: int, runs: int) -> list[Figure]:
    return await command_to_effect(parts, events=events, runs=runs)


async def _p2(parts: Parts, events: int, runs: int) -> list[Figure]:
    return [await relay_drain(parts, events=events, clients=_clients(events), runs=runs)]


async def _p3(parts: Parts, events: int, runs: int) -> list[Figure]:
    return list(await consumer_rate(parts, events=events, clients=_clients(events), runs=runs))


def _clients(events: int) -> int:
    return min(CLIENTS, events)


MEASURES: Final[dict[str, tuple[str, Measure]]] = {
    "P1": ("from a command to its effect in another service", _p1),
    "P2": ("draining the outbox", _p2),
    "P3": ("taking events in", _p3),
}
