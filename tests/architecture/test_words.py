"""Every state, kind and code that a page can show has a word in Spanish, not only its slug."""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from shared.web.pages.rendering import ROOM
from shared.web.telling import WORDS
from tests.architecture.test_pages import spanish

ROOT = Path(__file__).parents[2]
MOVES = re.compile(r"(Trigger|Step)$")
"""What moves something from state to state: named in code, and shown to nobody."""
DOMAINS = {
    "shared.protocol": None,
    **{
        f"services.{service}.domain": ROOT / "services" / service / "web" / "locale"
        for service in ("intake", "prescribing", "scheduling", "notifications")
    },
}


def vocabularies(package: str) -> Iterator[type[StrEnum]]:
    """The enumerations that a package defines."""
    room = importlib.import_module(package)
    for module in pkgutil.walk_packages(room.__path__, f"{package}."):
        for one in vars(importlib.import_module(module.name)).values():
            mine = isinstance(one, type) and one.__module__ == module.name
            if mine and issubclass(one, StrEnum) and not MOVES.search(one.__name__):
                yield one


def without_word(vocabulary: type[StrEnum], known: Mapping[str, str]) -> set[str]:
    slugs = {one.value.replace("_", " ").replace("-", " ") for one in vocabulary}
    return slugs - known.keys()


@pytest.mark.parametrize("package", DOMAINS)
def test_every_word_of_the_clinic_is_there_in_spanish(package: str) -> None:
    own = DOMAINS[package]
    known = spanish(*([own] if own else []), ROOM / "locale", WORDS)
    found = list(vocabularies(package))
    assert len(found) > 5
    lacking = {one.__name__: missing for one in found if (missing := without_word(one, known))}
    assert lacking == {}


class Weather(StrEnum):
    SUN = "sun"
    LIGHT_RAIN = "light_rain"


def test_a_word_that_is_missing_is_seen() -> None:
    assert without_word(Weather, {"sun": "sol"}) == {"light rain"}
    assert MOVES.search("OrderTrigger")
    assert not MOVES.search("OrderStatus")
