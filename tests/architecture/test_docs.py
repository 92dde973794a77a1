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
