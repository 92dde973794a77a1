"""Facts and refusals as people read them: in their language, and by the clinic's clock."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.messages.pofile import read_po
from fastapi import Request

from shared.decisions import Refusal
from shared.decisions.refusal import Fact
from shared.protocol import sentences, vocabulary

WORDS: Final = Path(vocabulary.__file__).with_name("words")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells refusals to one reader, now."""

    language: str
    zone: ZoneInfo
    now: datetime
    words: Callable[[str], str]

    def refusal(self, slug: str, facts: Mapping[str, Fact]) -> str:
        """One sentence; the slug's own words where the catalogue has none."""
        told = sentences.sentence(slug, facts, self.language, self.fact)
        return told or _begun(self.slug(slug))

    def refusals(self, refusals: Sequence[Refusal]) -> str:
        """All of them, each a sentence."""
        return " ".join(self.refusal(one.slug, one.facts) for one in refusals)

    def slug(self, slug: str) -> str:
        """A word of the clinic."""
        return self.words(slug.replace("_", " ").replace("-", " "))

    def fact(self, value: Fact) -> str:
        """A time by the clinic's clock, with its day unless that is today; a word; a number."""
        if isinstance(value, str):
            if _MOMENT.fullmatch(value):
                return self._moment(datetime.fromisoformat(value).astimezone(self.zone))
            if _DAY.fullmatch(value):
                return format_date(date.fromisoformat(value), "d MMM y", locale=self.language)
            return self.slug(value)
        if isinstance(value, bool):
            return self.words("yes" if value else "no")
        if isinstance(value, Sequence):
            return ", ".join(self.fact(one) for one in value)
        return f"{value:.10g}" if isinstance(value, float) else str(value)

    def _moment(self, at: datetime) -> str:
        if at.date() == self.now.astimezone(self.zone).date():
            return format_time(at, "HH:mm", locale=self.language)
        return format_datetime(at, "d MMM y, HH:mm", locale=self.language)


@cache
def words_in(language: str) -> Callable[[str], str]:
    """The words of the clinic in a language; what is not in its list stays as it is."""
    texts = catalogue(language, WORDS)
    return lambda text: texts.get(text, text)


def catalogue(language: str, folder: Path) -> dict[str, str]:
    """The texts of a folder's list for a language."""
    file = folder / f"{language}.po"
    if not file.exists():
        return {}
    with file.open("rb") as stream:
        return {
            str(one.id): str(one.string)
            for one in read_po(stream, locale=language)
            if one.id and one.string and not one.fuzzy
        }


def teller_for(request: Request) -> Teller:
    """For whoever asks: the language of the person at the screen, else of what was sent."""
    service = request.app.state.service
    person = getattr(request.state, "person", None)
    return Teller(
        language=person.language if person else asked_for(request),
        zone=service.settings.zone,
        now=service.clock.now(),
        words=words_in(person.language if person else asked_for(request)),
    )


def asked_for(request: Request) -> str:
    """The language that a browser or a program wants."""
    wanted = request.headers.get("accept-language", "").lower()
    return "es" if wanted.startswith("es") else "en"


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
