"""What the documents point at is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def missing(text: str, root: Path) -> list[str]:
    named = set(
        re.findall(r"\b(?:tests|services|shared|cli|deploy)/[\w./-]+\.(?:py|md|yaml)", text)
    )
    return sorted(path for path in named if not (root / path).exists())


def test_every_file_that_a_document_names_exists() -> None:
    documents = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("services/*/README.md"),
    ]
    assert len(documents) > 10
    found = {str(d.relative_to(ROOT)): m for d in documents if (m := missing(d.read_text(), ROOT))}
    assert found == {}


def test_a_missing_file_is_seen() -> None:
    assert missing("held by `tests/nowhere/test_nothing.py`", ROOT) != []


def numbered_twice(names: list[str]) -> list[str]:
    numbers = [name.split("-")[0] for name in names]
    return sorted({number for number in numbers if numbers.count(number) > 1})


def test_every_decision_has_a_number_of_its_own() -> None:
    assert numbered_twice([page.name for page in ROOT.glob("docs/decisions/*.md")]) == []
    assert numbered_twice(["0001-one.md", "0001-another.md", "0002-two.md"]) == ["0001"]
