"""Every reason why not has one sentence, in both languages, that fits on one line."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.prescribing import domain as prescribing
from services.prescribing.domain.transitions import Transitions
from services.scheduling import domain as scheduling
from services.scheduling.domain.steps import Steps
from shared.decisions import Refusal
from shared.protocol.sentences import (
    LANGUAGES,
    LONGEST,
    TONES,
    Reason,
    places,
    reason_of,
    reasons,
    sentence,
)
from shared.web.telling import Teller, words_in

ROOT = Path(__file__).parents[3]
ROOMS = [
    *ROOT.glob("services/*/domain"),
    *ROOT.glob("services/*/handlers"),
    ROOT / "shared/decisions",
    ROOT / "shared/protocol",
    ROOT / "shared/messaging",
]
KEBAB = re.compile(r"[a-z]+(-[a-z0-9]+)+")
TEMPLATE = re.compile(r"([a-z]+|{x})(-([a-z0-9]+|{x}))+")

NO_SLUGS = {
    # Names of headers, encodings and reasons why a message could not be read.
    *("ce-clientsequence", "ce-id", "ce-source", "ce-type", "malformed-body", "utf-8"),
    # What a stated time, a gate or an aggregate is about: a part of a slug.
    *("check-in", "last-dose", "safety-plan", "adverse-event", "aftercare-close"),
    "protocol-change",
    # What readings of the day say; a refusal lists them as facts.
    *("blood-pressure-hold", "blood-pressure-review", "heart-rate-out-of-range"),
    *("interaction-hold", "interaction-review", "medication-changed", "not-fasting"),
    *("medication-list-not-asked", "mood-rescreen-high", "oxygen-saturation-low"),
    *("perceptual-change-before-a-dose", "pregnancy-not-attested", "pregnancy-test-missing"),
    *("pregnancy-test-positive", "prescriber-not-on-site"),
}
LONG = {
    "scope": "aftercare agreement",
    "part": "attendant",
    "peer": "notifications",
    "status": "left against advice",
    "state": "acknowledged",
    "to": "awaiting medical",
    "required_material": "2026-11",
    "min_age": "18",
}
"""The longest that these can be; any other fact is a time or a number."""


def written() -> Iterator[tuple[str, Path]]:
    """Each slug, and each family of slugs with ``{x}`` for what varies, with where it stands."""
    for room in ROOMS:
        for file in sorted(room.rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if KEBAB.fullmatch(node.value) and node.value not in NO_SLUGS:
                        yield node.value, file
                elif isinstance(node, ast.JoinedStr):
                    text = "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "{x}"
                        for part in node.values
                        if isinstance(part, ast.FormattedValue | ast.Constant)
                    )
                    if TEMPLATE.fullmatch(text) and text != "{x}-{x}":
                        yield text, file


def of_tables() -> Iterator[str]:
    """What the tables of aggregates refuse."""
    for room in (prescribing, scheduling):
        for module in pkgutil.iter_modules(room.__path__):
            found = importlib.import_module(f"{room.__name__}.{module.name}")
            for table in vars(found).values():
                if isinstance(table, Transitions | Steps):
                    steps = {step for steps in table.possible.values() for step in steps}
                    for state in table.possible:
                        for step in type(next(iter(steps))):
                            if not table.allows(state, step):
                                yield table.slug(state, step)


@cache
def slugs() -> dict[str, set[Path]]:
    found: dict[str, set[Path]] = {}
    for slug, file in written():
        if slug != "{x}-cannot-{x}":  # Of the tables: each of them stands there in full.
            found.setdefault(slug.replace("{x}", "x"), set()).add(file)
    for slug in of_tables():
        found.setdefault(slug, set()).update(ROOT.glob("services/*/domain/*.py"))
    return found


def test_no_reason_is_without_a_sentence() -> None:
    assert len(slugs()) > 250
    assert sorted(slug for slug in slugs() if reason_of(slug) is None) == []


def test_no_sentence_is_without_a_reason() -> None:
    used = {found[0].slug for slug in slugs() if (found := reason_of(slug))}
    assert sorted(one.slug for one in reasons() if one.slug not in used) == []


def test_what_is_no_slug_is_written_somewhere() -> None:
    text = "\n".join(f.read_text() for room in ROOMS for f in room.rglob("*.py"))
    assert [word for word in sorted(NO_SLUGS) if f'"{word}"' not in text] == []


@pytest.mark.parametrize("one", reasons(), ids=lambda one: one.slug)
def test_a_sentence_fits_names_facts_that_there_are_and_is_complete(one: Reason) -> None:
    assert one.tone in TONES
    assert len(one.sentences["en"]) == len(one.sentences["es"])
    named = set(places(one.slug))
    where = [f.read_text() for slug, files in slugs().items() if _is(one.slug, slug) for f in files]
    for english, spanish in zip(*(one.sentences[language] for language in LANGUAGES), strict=True):
        assert sorted(places(english)) == sorted(places(spanish))
        for place in set(places(english)) - named:
            assert any(re.search(rf"\b{place}\b", text) for text in where), place
        for text in (english, spanish):
            filled = text.format(**{place: _long(place) for place in places(text)})
            assert len(filled) <= LONGEST, filled
            assert text[-1] in ".»"
    for language in LANGUAGES:
        assert set(places(one.sentences[language][-1])) <= named, "the last needs no fact"


def _is(name: str, slug: str) -> bool:
    found = reason_of(slug)
    return found is not None and found[0].slug == name


def _long(place: str) -> str:
    times = place.endswith(("_at", "until", "from", "earliest", "longest", "_for", "today"))
    return LONG.get(place, "23 Nov 2026, 23:59" if times else "99")


def teller(language: str) -> Teller:
    return Teller(
        language=language,
        zone=ZoneInfo("America/Los_Angeles"),
        now=datetime(2026, 3, 10, 18, 0, tzinfo=UTC),
        words=words_in(language),
    )


def test_facts_are_told_by_the_clinics_clock_and_in_its_words() -> None:
    slug = "minimum-observation-not-over"
    today = {"earliest": "2026-03-10T19:05:00+00:00"}
    assert teller("en").refusal(slug, today) == "The client must be observed until 12:05."
    other = {"earliest": "2026-03-12T19:05:00+00:00"}
    assert teller("es").refusal(slug, other) == (
        "El cliente debe ser observado hasta 12 mar 2026, 12:05."
    )
    assert teller("en").refusal(slug, {}) == "The minimum observation is not over."
    assert teller("es").refusal("intake-did-not-answer", {}) == (
        "Sin respuesta de admisión: sin ella no se permite nada."
    )


def test_several_are_told_one_after_the_other() -> None:
    several = [Refusal(slug="hold-open", rule="x"), Refusal(slug="of-nobody", rule="x")]
    assert teller("en").refusals(several) == (
        "An open hold stands in the way of the dose. Of nobody"
    )


def test_a_sentence_that_its_facts_make_too_long_is_passed_over() -> None:
    told = sentence("block-too-short", {"minutes": "9" * 60}, "en", str)
    assert told == "The block does not cover the effects."
