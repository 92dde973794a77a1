"""One sentence for each reason why not, in every service the same, in English and Spanish.

The catalogue is ``words/refusals.toml``. A key may stand for a family of slugs: ``{peer}`` in it is
a part of the slug, which its sentences may use like a fact.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from shared.decisions.refusal import Fact

CATALOGUE: Final = Path(__file__).with_name("words") / "refusals.toml"
LONGEST: Final = 90
TONES: Final = ("info", "warning", "critical")
LANGUAGES: Final = ("en", "es")
_PLACE: Final = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How a family of refusals is told: how grave it is, and its sentences, best first."""

    slug: str
    pattern: re.Pattern[str]
    tone: str
    sentences: Mapping[str, tuple[str, ...]]


@cache
def reasons() -> tuple[Reason, ...]:
    """The whole catalogue; what is named more exactly comes first."""
    found = [_reason(slug, entry) for slug, entry in tomllib.loads(CATALOGUE.read_text()).items()]
    return tuple(sorted(found, key=lambda one: ("{" in one.slug, -len(one.slug))))


def reason_of(slug: str) -> tuple[Reason, Mapping[str, str]] | None:
    """How this slug is told, and the parts that it names."""
    for one in reasons():
        if named := one.pattern.fullmatch(slug):
            return one, named.groupdict()
    return None


def tone_of(slug: str, otherwise: str = "critical") -> str:
    """How grave a refusal is: one of :data:`TONES`."""
    found = reason_of(slug)
    return found[0].tone if found else otherwise


def sentence(
    slug: str, facts: Mapping[str, Fact], language: str, say: Callable[[Fact], str]
) -> str | None:
    """The sentence with its facts, each told by ``say``. None where the catalogue lacks the slug.

    A sentence is passed over when one of its facts is not known, or when it would grow too long.
    """
    found = reason_of(slug)
    if found is None:
        return None
    one, named = found
    known = {**facts, **named}
    for text in one.sentences[language]:
        if all(known.get(place) not in (None, "", ()) for place in places(text)):
            told = _begun(text.format(**{place: say(known[place]) for place in places(text)}))
            if len(told) <= LONGEST:
                return told
    return None


def places(text: str) -> list[str]:
    """The facts that a sentence names."""
    return _PLACE.findall(text)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reason(slug: str, entry: Mapping[str, str | list[str]]) -> Reason:
    pattern = "".join(
        f"(?P<{part}>.+)" if number % 2 else re.escape(part)
        for number, part in enumerate(_PLACE.split(slug))
    )
    told = {language: entry[language] for language in LANGUAGES}
    return Reason(
        slug=slug,
        pattern=re.compile(pattern),
        tone=str(entry["tone"]),
        sentences={k: (v,) if isinstance(v, str) else tuple(v) for k, v in told.items()},
    )
