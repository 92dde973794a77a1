"""The page of facts: what the clinic's documents say, and which code and tests keep it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from cli.docs.citations import ROOT, Place, citations

FACTS_FILE: Final = ROOT / "docs" / "facts.yaml"
SECTIONS: Final = {
    "facts": "Facts",
    "conflicts": "Where the documents differ",
    "invariants": "Invariants",
    "rulings": "Rulings",
}
_MOST: Final = 6
_ROW: Final = re.compile(r"^\| (F\d+|C-\d+|INV-\d+|ruling \d+) \|(.*)\|$", re.MULTILINE)
_FILE: Final = re.compile(r"`([\w/]+\.\w+)`")
INTRODUCTION: Final = """\
# Facts

<!-- Written by `python -m cli.docs facts` from docs/facts.yaml and the code. Edit those. -->

What the clinical documents ask for, in our own words, under the ids that docstrings and verdicts
cite. Beside each: the code that keeps it and the tests that cite it. What needs no rule says why.
The invariants' tests, with the disturbances that they try, are in `tests/invariants`.
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One id: what it says, why it needs no rule if it needs none, and who cites it."""

    id: str
    says: str
    none: str | None
    code: tuple[Place, ...]
    tests: tuple[Place, ...]

    @property
    def kept(self) -> bool:
        """Whether code cites it, or it is said why none has to."""
        return bool(self.code) or self.none is not None


def known(file: Path = FACTS_FILE) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """What ``docs/facts.yaml`` lists, by section and id."""
    listed: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(file.read_text("utf-8"))
    return listed


def facts(root: Path = ROOT) -> Mapping[str, tuple[Fact, ...]]:
    """Every listed id with its places, by section."""
    code, tests = citations(root), citations(root, ("tests",))
    return {
        section: tuple(
            Fact(
                id=one,
                says=entry["says"],
                none=entry.get("none"),
                code=tuple(sorted(code.get(one, ()))),
                tests=tuple(sorted(tests.get(one, ()))),
            )
            for one, entry in entries.items()
        )
        for section, entries in known(root / "docs" / "facts.yaml").items()
    }


def strangers(root: Path = ROOT) -> Mapping[str, set[Place]]:
    """Cited ids that nobody listed."""
    listed = {one for entries in known(root / "docs" / "facts.yaml").values() for one in entries}
    cited = citations(root)
    return {one: places for one, places in cited.items() if one not in listed}


def page(root: Path = ROOT) -> str:
    """The whole page, as Markdown."""
    parts = [INTRODUCTION]
    for section, entries in facts(root).items():
        rows = [f"| {one.id} | {one.says} | {_code(one)} | {_tests(one)} |" for one in entries]
        head = "| id | what it says | kept by | tests that cite it |\n|---|---|---|---|"
        parts.append(f"## {SECTIONS[section]}\n\n{head}\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def untrue(text: str, root: Path = ROOT) -> tuple[str, ...]:
    """What a written page says and is not so (any more).

    Citations that were added since do not make it untrue: it need not be written at each of them.
    """
    sections = facts(root).values()
    by_id = {one.id: one for section in sections for one in section}
    told = dict(_ROW.findall(text))
    wrong = [f"{one} is not listed as it is in facts.yaml" for one in by_id.keys() ^ told.keys()]
    for one in by_id.keys() & told.keys():
        fact, row = by_id[one], told[one]
        files = {place.file for place in (*fact.code, *fact.tests)}
        if not row.startswith(f" {fact.says} |"):
            wrong.append(f"{one} is said in other words than in facts.yaml")
        wrong += [f"{file} does not cite {one}" for file in _FILE.findall(row) if file not in files]
    return tuple(sorted(wrong))


def _code(fact: Fact) -> str:
    if fact.code:
        return "<br>".join(_shown(fact.code))
    return f"*none: {fact.none}*"


def _shown(places: tuple[Place, ...]) -> Iterator[str]:
    """The rules first, then where else it is cited; a long list is cut and counted."""
    ordered = sorted(places, key=lambda p: ("/domain/" not in p.file, p))
    for place in ordered[:_MOST]:
        yield f"`{place.file}`" + (f" {place.name}" if place.name else "")
    if len(ordered) > _MOST:
        yield f"and {len(ordered) - _MOST} more"


def _tests(fact: Fact) -> str:
    files = sorted({place.file for place in fact.tests})
    shown = [f"`{file}`" for file in files[:_MOST]]
    return "<br>".join(shown + ([f"and {len(files) - _MOST} more"] if len(files) > _MOST else []))
