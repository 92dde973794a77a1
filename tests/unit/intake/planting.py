"""A machine that finds nothing proves nothing: it is run once with a fault planted in the code."""

from collections.abc import Iterable
from importlib import import_module

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

SETTINGS = settings(
    max_examples=4000,  # it stops at the first that trips
    stateful_step_count=30,
    deadline=None,
    phases=[Phase.generate],
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


def finds(
    machine: type[RuleBasedStateMachine],
    monkeypatch: pytest.MonkeyPatch,
    modules: Iterable[str],
    name: str,
    fault: object,
) -> None:
    """Run the machine with ``name`` replaced in these modules of intake; it has to trip."""
    for module in modules:
        monkeypatch.setattr(import_module(f"services.intake.{module}"), name, fault)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=SETTINGS)
