"""Where the code cites the clinical facts: found by reading every source file."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SOURCES: Final = ("services", "shared", "cli")
_ID: Final = r"(?:F\d{2,3}|C-\d{2}|INV-\d{1,2})"
_CITED: Final = re.compile(
    rf"\b({_ID})\b(?: to (?:F|C-|INV-)?(\d{{1,3}})\b)?"
    r"|\b[Rr]ulings? (\d{1,2}(?:(?:, | and )\d{1,2})*)"
)
_MORE: Final = re.compile(r"\b(INV-\d{1,2})((?:(?:, | and )\d{1,2})+)\b")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A file below the root, and the class or function in it that cites; empty for the module."""

    file: str
    name: str


def cited_in(text: str) -> Iterator[str]:
    """The ids that a line cites; ranges and lists are taken apart."""
    for match in _CITED.finditer(text):
        one, until, rulings = match.groups()
        if rulings:
            yield from (f"ruling {number}" for number in re.findall(r"\d+", rulings))
        elif until:
            yield from _between(one, int(until))
        else:
            yield one
    for match in _MORE.finditer(text):
        yield from (f"INV-{number}" for number in re.findall(r"\d+", match.group(2)))


def _between(first: str, until: int) -> Iterator[str]:
    letters, number = re.match(r"(\D+)(\d+)", first).groups()  # type: ignore[union-attr]
    width = 1 if letters == "INV-" else 2
    yield from (f"{letters}{one:0{width}}" for one in range(int(number), until + 1))


def citations(root: Path = ROOT, folders: tuple[str, ...] = SOURCES) -> Mapping[str, set[Place]]:
    """Each cited id with the places that cite it, in Python and in the protocol files."""
    found: dict[str, set[Place]] = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in {".py", ".yaml"} or "facts.yaml" in path.name:
                continue
            text = path.read_text(encoding="utf-8")
            names = _names(text) if path.suffix == ".py" else {}
            file = path.relative_to(root).as_posix()
            for number, line in enumerate(text.splitlines(), 1):
                for cited in cited_in(line):
                    found.setdefault(cited, set()).add(Place(file, names.get(number, "")))
    return found


def _names(text: str) -> Mapping[int, str]:
    """The innermost class or top-level function around each line."""
    names: dict[int, str] = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.update(dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.name))
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = range(inner.lineno, (inner.end_lineno or 0) + 1)
                    names.update(dict.fromkeys(lines, f"{node.name}.{inner.name}"))
    return names
