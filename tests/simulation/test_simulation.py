"""Schedules of the four services together, and faults that the watchers must see."""

import time
from collections import Counter
from itertools import count
from random import Random
from typing import Any

import pytest

from tests.simulation.clinic import NAMES
from tests.simulation.faults import FAULTS
from tests.simulation.oracle import WATCHED
from tests.simulation.rebuilding import rebuilt, what_was_told
from tests.simulation.schedule import run

SCHEDULES = 45
LONG = 3000
TRIES = 200
SHORT = 300
HISTORIES = 5
INTERLEAVINGS = 1000


def test_every_schedule_keeps_the_promises() -> None:
    """A failing seed is its own reproduction: ``run(seed)``. No promise goes without a look."""
    looked = _keep(range(SCHEDULES))
    assert {number for number, times in looked.items() if times} == WATCHED


@pytest.mark.faults
@pytest.mark.timeout(3600)
def test_thousands_of_schedules_keep_the_promises(record_property: Any) -> None:
    started = time.perf_counter()
    _keep(range(SCHEDULES, SCHEDULES + LONG))
    record_property("schedules_per_second", LONG / (time.perf_counter() - started))


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_interleavings_give_the_same_facts(name: str) -> None:
    """INV-38: each service's facts, from what the others said in some histories, in any order."""
    compared = 0
    for seed in count():
        clinic, _oracle = run(seed)
        known = what_was_told(clinic.services[name].store)
        for number in range(INTERLEAVINGS // HISTORIES if known else 0):
            again = rebuilt(clinic, name, Random(number))
            assert what_was_told(again) == known, f"history {seed}, order {number}"
            compared += 1
        if compared == INTERLEAVINGS:
            return


def _keep(seeds: range) -> Counter[int]:
    looked: Counter[int] = Counter()
    for seed in seeds:
        try:
            _clinic, oracle = run(seed)
        except Exception as broken:  # noqa: BLE001 - whatever it is, the seed is told with it
            pytest.fail(f"seed {seed}: {broken!r}")
        looked += oracle.looked
    return looked


def test_a_seed_says_everything() -> None:
    def history(seed: int) -> list[object]:
        clinic, _oracle = run(seed)
        return [(one.envelope.event_id, one.event) for one in clinic.history]

    assert history(5) == history(5)
    assert history(5) != history(6)


@pytest.mark.parametrize("name", FAULTS)
def test_the_watchers_see_a_planted_fault(name: str) -> None:
    """The twins: each rule that is taken out is missed within a few schedules."""
    fault = FAULTS[name]
    for seed in range(TRIES):
        try:
            run(
                seed,
                scenes=fault.scenes,
                aims=fault.aims,
                plant=fault.plant,
                forging=fault.forging,
                steps=SHORT,
            )
        except Exception as seen:  # noqa: BLE001 - each fault shows in its own way
            if fault.tells(seen):
                return
    pytest.fail(f"{TRIES} schedules passed with a planted fault: {name}")
