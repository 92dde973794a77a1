"""Where each invariant is shown: against which disturbance, by which test, and how it was seen red.

A proof names a test of the suite. ``red`` names faults that the simulation plants, or tests that
break the rule on purpose: without one, nobody would know that the proof can fail.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """One invariant: its disturbances with the tests that try them, and what has been red."""

    rule: str
    against: Mapping[str, tuple[str, ...]]
    faults: tuple[str, ...] = ()
    red: tuple[str, ...] = ()


UNIT_I, UNIT_P, UNIT_S, UNIT_N = (
    f"unit/{s}" for s in ("intake", "prescribing", "scheduling", "notifications")
)
REAL_I, REAL_P, REAL_S, REAL_N = (
    f"integration/{s}" for s in ("intake", "prescribing", "scheduling", "notifications")
)
SIMULATED = "simulation/test_simulation.py::every_schedule_keeps_the_promises"
HERE = "invariants"
