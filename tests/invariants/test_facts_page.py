"""Every fact is kept by code or says why not; nothing is cited that nobody listed."""

from pathlib import Path

import pytest

from cli.docs.__main__ import main
from cli.docs.citations import ROOT, citations, cited_in
from cli.docs.facts import facts, known, page, strangers, untrue
from tests.invariants.proofs import INVARIANTS

PAGE = ROOT / "docs" / "facts.md"
EVERY_ID = [
    *(f"F{number:02}" for number in range(1, 108)),
    *(f"C-{number:02}" for number in range(1, 21)),
    *(f"INV-{number}" for number in range(1, 41)),
    *(f"ruling {number}" for number in range(1, 26)),
]


def test_every_id_is_listed_once_and_in_order() -> None:
    assert [one for entries in known().values() for one in entries] == EVERY_ID


def test_every_fact_is_kept_or_says_why_not() -> None:
    loose = [one.id for section in facts().values() for one in section if not one.kept]
    assert not loose, "cite these in the docstring of their rule, or say in facts.yaml why not"


def test_every_fact_that_code_keeps_is_cited_by_a_test() -> None:
    """A rule that no test names may be right today and gone tomorrow."""
    here = Path(__file__).relative_to(ROOT).as_posix()
    untested = [
        one.id
        for section in ("facts", "conflicts", "invariants")
        for one in facts()[section]
        if one.none is None and not {place.file for place in one.tests} - {here}
    ]
    assert not untested, "name the fact in the test of its rule"


def test_nothing_is_cited_that_is_not_listed() -> None:
    assert not strangers()


def test_the_page_says_nothing_untrue() -> None:
    """Run ``python -m cli.docs facts`` where it does."""
    assert not untrue(PAGE.read_text(encoding="utf-8"))


def test_the_invariants_say_the_same_on_both_pages() -> None:
    listed = known()["invariants"]
    assert {f"INV-{number}" for number in INVARIANTS} == set(listed)


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("keeps it (F88, C-10, INV-21, ruling 12)", ["F88", "C-10", "INV-21", "ruling 12"]),
        ("F02 to F04", ["F02", "F03", "F04"]),
        ("INV-20 to 22", ["INV-20", "INV-21", "INV-22"]),
        ("INV-8 to INV-10", ["INV-8", "INV-9", "INV-10"]),
        ("INV-21, 23", ["INV-21", "INV-23"]),
        ("Rulings 6 and 16", ["ruling 6", "ruling 16"]),
        ("a REF[50] and 108 are none", []),
    ],
)
def test_a_citation_is_read(line: str, ids: list[str]) -> None:
    assert list(cited_in(line)) == ids


def test_the_twins(tmp_path: Path) -> None:
    """A made-up id, a loose fact and a stale page are each seen."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "facts.yaml").write_text(
        "facts:\n  F01: {says: kept}\n  F02: {says: loose}\n", encoding="utf-8"
    )
    for folder in ("services", "shared", "cli", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "services" / "rules.py").write_text(
        'class Rule:\n    def holds(self):\n        """It holds (F01, F999)."""\n'
    )
    assert set(strangers(tmp_path)) == {"F999"}
    assert [one.kept for one in facts(tmp_path)["facts"]] == [True, False]
    assert {place.name for place in citations(tmp_path)["F01"]} == {"Rule.holds"}
    written = page(tmp_path)
    assert not untrue(written, tmp_path)
    assert untrue(written.replace("rules.py", "gone.py"), tmp_path) == (
        "services/gone.py does not cite F01",
    )
    assert len(untrue(written.replace("F02", "F03"), tmp_path)) == 2
    assert len(untrue(written.replace("loose", "tight"), tmp_path)) == 1
    stale = tmp_path / "facts.md"
    stale.write_text("# Facts\n")
    assert main(["facts", "--check"], stale) == 1
