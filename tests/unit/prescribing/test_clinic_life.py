"""What holds on any clinic day, one machine per aggregate, and the fault that each one finds.

Commands in any order, messages in any order, more than once and late, deadlines late: each machine
keeps one aggregate's invariants over the service's own use cases and subscriptions.
"""

import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.pre_dose_check import PreDoseCheck
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.recovery_record import RecoveryRecord
from services.prescribing.handlers.record_adverse_event import record_adverse_event
from shared.decisions import Change
from tests.unit.prescribing.clinic_life_invariants import (
    AdverseEventLife,
    CheckLife,
    HoldLife,
    OrderLife,
    PrescriptionLife,
    RecoveryLife,
)

MACHINES = (PrescriptionLife, OrderLife, CheckLife, RecoveryLife, HoldLife, AdverseEventLife)
USUAL = settings(
    max_examples=40,
    stateful_step_count=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
HUNTING = settings(
    USUAL, max_examples=3000, derandomize=True, phases=[Phase.generate], database=None
)


@pytest.mark.parametrize("machine", MACHINES)
def test_it_holds_on_any_day(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=USUAL)


def _keeps_its_reservation(rx: Prescription, _order: Any, _at: Any) -> Any:
    return Change(rx)


def _gives_without_an_entry(book: DoseLedger, *_: Any, **__: Any) -> Any:
    return Change(book)


def _first_check_counts(checks: PreDoseCheck) -> Any:
    return checks.checks[0] if checks.checks else None


def _one_dose_is_all(recovery: RecoveryRecord) -> int:
    return min(len(recovery.doses), 1)


async def _places_nothing(*_: Any, **__: Any) -> None:
    return None


FAULTS: list[tuple[type[RuleBasedStateMachine], Any, str, Any]] = [
    (PrescriptionLife, Prescription, "give_back", _keeps_its_reservation),
    (OrderLife, DoseLedger, "administer", _gives_without_an_entry),
    (CheckLife, PreDoseCheck, "latest", property(_first_check_counts)),
    (RecoveryLife, RecoveryRecord, "dose_count", property(_one_dose_is_all)),
    (HoldLife, Hold, "missing_signatures", property(lambda _hold: frozenset())),
    (AdverseEventLife, sys.modules[record_adverse_event.__module__], "place_hold", _places_nothing),
]


@pytest.mark.parametrize(("machine", "where", "name", "fault"), FAULTS)
def test_a_planted_fault_is_found(
    machine: type[RuleBasedStateMachine],
    where: Any,
    name: str,
    fault: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Law 6: each machine has been seen red."""
    monkeypatch.setattr(where, name, fault)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=HUNTING)
