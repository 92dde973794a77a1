"""P1: a command accepted in one service until its effect is committed in another.

Both sides have a process for each service, and the same two ends: the moment at which a command is
due, and the moment after the other service's commit.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from bench import p1_floor, toys
from bench.figures import Figure, percentile
from bench.parts import Parts
from bench.side import Side, started
from tests.support.postgres_part import ServiceDatabase

RATES = (20, 500)
_SHARES = {"p50": (0.5, "≤ 1.5"), "p99": (0.99, "≤ 2")}
_WARM_UP_SECONDS = 0.5

Pair = tuple[Side, Side]
Latencies = dict[int, list[float]]


async def command_to_effect(parts: Parts, *, events: int, runs: int) -> list[Figure]:
    """Milliseconds at each rate; ``events`` is how many commands there are at the highest."""
    seconds = events / max(RATES)
    ours: list[Latencies] = []
    floor: list[Latencies] = []
    for _ in range(runs):
        for module, latencies in (("bench.p1_ours", ours), ("bench.p1_floor", floor)):
            async with _pair(parts, module) as pair:
                latencies.append({rate: await _latencies(pair, rate, seconds) for rate in RATES})
    return [
        Figure(
            f"P1 {name} at {rate}/s",
            "ms",
            tuple(percentile(run[rate], share) for run in ours),
            tuple(percentile(run[rate], share) for run in floor),
            reach,
            smaller_is_better=True,
        )
        for rate in RATES
        for name, (share, reach) in _SHARES.items()
    ]


@asynccontextmanager
async def _pair(parts: Parts, module: str) -> AsyncIterator[Pair]:
    parts.nats.renew_stream()
    made: dict[str, ServiceDatabase] = {}
    async with AsyncExitStack() as open_sides:
        sides: list[Side] = []
        for role, service in (("listener", "notifications"), ("teller", "intake")):
            stored = made[service] = await toys.database(parts, service)
            owner = await stored.connect("owner")
            await owner.execute(p1_floor.TABLE)
            await owner.close()
            environment = _environment(parts, stored)
            sides.append(await open_sides.enter_async_context(started(module, role, environment)))
        listener, teller = sides
        for rate in RATES:
            await _latencies((teller, listener), rate, _WARM_UP_SECONDS)
        yield teller, listener
    for stored in made.values():
        parts.postgres.drop(stored)


def _environment(parts: Parts, stored: ServiceDatabase) -> Mapping[str, str]:
    return {
        **os.environ,
        "CARETEAM_ENV": "test",
        **stored.environment,
        **parts.nats.environment(stored.service),
    }


async def _latencies(pair: Pair, rate: int, seconds: float) -> list[float]:
    teller, listener = pair
    count = max(2, round(rate * seconds))
    async with asyncio.TaskGroup() as both:  # when one side ends early, so does the other
        seeing = both.create_task(listener.ask(count=count))
        telling = both.create_task(teller.ask(rate=rate, count=count))
    seen, told = seeing.result(), telling.result()
    assert seen.keys() == told.keys(), "what was seen is not what was told"
    return [(seen[key] - told[key]) * 1000 for key in told]
