"""Every refusal says what would unblock it and whose that is (architecture 4)."""

import ast
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

import services.prescribing
from services.prescribing.domain.gates import dose_decision
from shared.protocol.unblocking import shortest_list
from tests.unit.prescribing.clinic import at, course, told
from tests.unit.prescribing.dose_gate_cases import facts, own_hold

SERVICE = Path(services.prescribing.__file__).parent
RULES = sorted((SERVICE / "domain").glob("*.py")) + sorted((SERVICE / "handlers").glob("*.py"))
OWNERS = {"intake", "prescribing", "scheduling", "notifications"}


def silent_in(source: str) -> Iterator[int]:
    """The lines of refusals, and of rules, that name no way out."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        named = {keyword.arg for keyword in node.keywords}
        if node.func.id == "refuse" and len(node.args) < 3:
            yield node.lineno
        if node.func.id == "rule" and "unblocks" not in named:
            yield node.lineno


@pytest.mark.parametrize("path", RULES, ids=lambda p: p.stem)
def test_no_refusal_is_silent_about_the_way_out(path: Path) -> None:
    assert list(silent_in(path.read_text())) == []


@pytest.mark.parametrize(
    "planted", ['refuse("slug", "F1", facts=1)', 'rule("slug", "F1", False, facts=1)']
)
def test_a_silent_refusal_is_seen(planted: str) -> None:
    assert list(silent_in(planted)) == [1]


def test_a_dose_that_nothing_allows_names_an_owner_for_each_reason() -> None:
    nothing = course().close(told(at("09:00"))).revoke_approval(UUID(int=20), "e")
    refused = dose_decision(
        facts(
            course=nothing,
            intake=None,
            scheduling=None,
            check=None,
            prescription=None,
            lanes={},
            dose_seq=3,
        )
    ).refusals

    assert len(refused) >= 12
    for refusal in refused:
        assert refusal.unblocks_with, refusal.slug
        assert {way.owner for way in refusal.unblocks_with} <= OWNERS


def test_what_is_missing_is_listed_once_and_no_guess_about_who_is_silent() -> None:
    """A silent peer's answer is the one fact that is missing of it."""
    silent = dose_decision(facts(intake=None))
    assert len(silent.refusals) > 3
    assert [way.owner for way in shortest_list(silent.refusals)] == ["intake"]

    both = shortest_list(dose_decision(facts(check=None, prescription=None)).refusals)
    assert [way.action for way in both] == [
        "write, amend or activate a prescription",
        "measure again; a prescriber decides a review",
    ]
    assert shortest_list(dose_decision(facts()).refusals) == ()


def test_two_rules_that_wait_for_the_same_are_one_way_out() -> None:
    again = dose_decision(facts(own_holds=(own_hold(), own_hold())))

    (refusal,) = again.refusals
    assert len(refusal.unblocks_with) == 2
    assert len(shortest_list(again.refusals)) == 1
