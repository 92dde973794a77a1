"""A course whose protocol is not to be had: no dose, no prescription, and nobody is let go."""

from dataclasses import replace
from typing import Any

import pytest

from services.prescribing.domain.activation import activation_decision
from services.prescribing.domain.authorisation import authorisation_decision
from services.prescribing.domain.clearance import clearance_decision
from services.prescribing.domain.gates import dose_decision
from services.prescribing.domain.observing import observation
from shared.decisions import Decision
from shared.protocol import Pin, Route, UnknownProtocol
from tests.unit.prescribing import test_activation, test_authorisation, test_clearance
from tests.unit.prescribing.clinic import PRESCRIBER, PROTOCOL, intake_says, scheduling_says
from tests.unit.prescribing.dose_gate_cases import facts as dose_facts

UNKNOWN = UnknownProtocol(protocol_version=9)


def _refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


@pytest.mark.parametrize(
    ("known", "unknown"),
    [
        (dose_decision(dose_facts()), dose_decision(dose_facts(protocol=UNKNOWN))),
        (
            activation_decision(test_activation.facts()),
            activation_decision(test_activation.facts(protocol=UNKNOWN)),
        ),
        (
            authorisation_decision(test_authorisation.facts()),
            authorisation_decision(test_authorisation.facts(protocol=UNKNOWN)),
        ),
        (
            clearance_decision(test_clearance.facts(by=PRESCRIBER)),
            clearance_decision(test_clearance.facts(by=PRESCRIBER, protocol=UNKNOWN)),
        ),
    ],
)
def test_every_gate_asks_for_the_rules_it_decides_by(known: Decision, unknown: Decision) -> None:
    assert known.allowed
    assert "protocol-unknown" in _refused(unknown)


@pytest.mark.parametrize(
    ("peer", "says"), [("intake", intake_says), ("scheduling", scheduling_says)]
)
@pytest.mark.parametrize("theirs", [Pin(2, PROTOCOL.digest), Pin(1, "other"), Pin(1)])
def test_no_dose_while_a_peer_goes_by_other_rules(peer: str, says: Any, theirs: Pin) -> None:
    decision = dose_decision(dose_facts(**{peer: says(protocol=theirs)}))
    assert _refused(decision) == {f"{peer}-protocol-differs"}


def test_after_a_dose_the_longest_observation_counts() -> None:
    assert observation(UNKNOWN, "SL-OWN").total_seconds() == 240 * 60
    assert observation(PROTOCOL, "SL-STD").total_seconds() == 120 * 60


def test_an_unknown_protocol_lets_only_a_prescriber_judge() -> None:
    assert _refused(clearance_decision(test_clearance.facts(protocol=UNKNOWN))) == {
        "protocol-unknown",
        "role-may-not-clear",
    }
    assert replace(UNKNOWN, protocol_version=8).protocol_version == 8


def test_a_prescription_of_an_older_protocol_is_amended_first() -> None:
    """The course was brought to a version that no longer offers the route."""
    injections = replace(PROTOCOL, routes_enabled=(Route.IM,))
    decision = dose_decision(dose_facts(protocol=injections))
    assert _refused(decision) == {"profile-not-of-protocol"}
