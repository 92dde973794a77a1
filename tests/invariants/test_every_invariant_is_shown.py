"""Forty invariants, each with its disturbances, each seen red; a test that moved is missed here."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.invariants.proofs import INVARIANTS
from tests.simulation.faults import FAULTS

TESTS = Path(__file__).parents[1]


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a file, also those of a class."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text())
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def is_there(proof: str) -> bool:
    file, _, name = proof.partition("::")
    return f"test_{name}" in names_in(file)


def test_there_are_forty() -> None:
    assert sorted(INVARIANTS) == list(range(1, 41))


@pytest.mark.parametrize("number", INVARIANTS)
def test_it_is_tried_against_each_of_its_disturbances(number: int) -> None:
    shown = INVARIANTS[number]
    assert shown.against
    for disturbance, proofs in shown.against.items():
        missing = [proof for proof in proofs if not is_there(proof)]
        assert proofs, f"nothing tries {disturbance}"
        assert not missing, f"{disturbance}: there is no such test"


@pytest.mark.parametrize("number", INVARIANTS)
def test_it_has_been_red(number: int) -> None:
    """By a planted fault that the simulation reports, or by a test that breaks the rule."""
    shown = INVARIANTS[number]
    assert shown.faults or shown.red
    assert set(shown.faults) <= set(FAULTS)
    assert all(is_there(proof) for proof in shown.red)


def test_a_proof_that_is_not_there_is_missed() -> None:
    """The twin: neither a file nor a name may be made up."""
    assert is_there("invariants/test_every_invariant_is_shown.py::there_are_forty")
    assert not is_there("invariants/test_every_invariant_is_shown.py::there_are_fifty")
    assert not is_there("invariants/test_of_nobody.py::there_are_forty")
