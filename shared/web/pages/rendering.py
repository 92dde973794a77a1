"""Templates in the reader's language, with the clinic's time.

A service's own templates come first, then those that all share. Texts are written in English and
looked up in ``locale/es.po`` beside them; what a catalogue lacks is shown in English.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.protocol.sentences import tone_of
from shared.serving.definition import Pages
from shared.web.telling import WORDS, Teller, catalogue, words_in

ROOM: Final = Path(__file__).parent
STATIC: Final = ROOM / "static"
_SLUG_INSIDE: Final = re.compile("(?<=[a-z])_(?=[a-z])")


class Renderer:
    """Renders the templates of one service."""

    def __init__(self, pages: Pages, zone: ZoneInfo) -> None:
        self.navigation = pages.navigation
        self.standing = pages.standing
        self._zone = zone
        self._environments = {
            language: _environment(language, [pages.templates, ROOM / "templates"], zone)
            for language in ("en", "es")
        }

    def render(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        """The page as text."""
        teller = Teller(
            language=language,
            zone=self._zone,
            now=values["now"],
            words=words_in(language),
        )
        shown = {"tell": teller.refusal, "fact": teller.fact, **values}
        return self._environments[language].get_template(template).render(**shown)


def _environment(language: str, folders: Sequence[Path], zone: ZoneInfo) -> Environment:
    made = Environment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    say = _catalogue(language, [*(folder.parent / "locale" for folder in folders), WORDS])
    made.install_gettext_callables(  # type: ignore[attr-defined]
        say, lambda one, many, n: say(one if n == 1 else many), newstyle=True
    )
    made.filters |= {
        "day": lambda at: format_date(_local(at, zone), "d MMMM y", locale=language),
        "date": lambda at: format_date(_local(at, zone), "d MMM", locale=language),
        "weekday": lambda at: format_date(_local(at, zone), "EEE d MMM", locale=language),
        "clock": lambda at: format_time(_at(at).astimezone(zone), "HH:mm", locale=language),
        "moment": lambda at: format_datetime(_local(at, zone), "d MMM y, HH:mm", locale=language),
        "typed": lambda at: _at(at).astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "figure": lambda number: f"{number:.10g}",
        "there": lambda at, name: _elsewhere(_at(at), zone, ZoneInfo(name), language),
        "iso": lambda at: _at(at).isoformat(),
        "short": lambda ref: str(ref)[-8:],
        "capitalize": _begun,
        "words": lambda slug: say(str(slug).replace("_", " ").replace("-", " ")),
        "tone": tone_of,
        "mistake": lambda one: say(one.message) % dict(one.numbers),
        "said": lambda text: _SLUG_INSIDE.sub(
            " ", say(text if " " in text else text.replace("_", " "))
        ),
    }
    made.globals["labelled"] = lambda slugs: [
        (slug, _begun(say(slug.replace("_", " ").replace("-", " ")))) for slug in slugs
    ]
    made.globals["earlier"] = lambda at, seconds: at - timedelta(seconds=seconds)
    made.globals |= {"static": _versioned, "language": language, "say": say}
    return made


def _catalogue(language: str, folders: Sequence[Path]) -> Callable[[str], str]:
    texts: dict[str, str] = {}
    for folder in reversed(folders):
        texts |= catalogue(language, folder)
    return lambda text: texts.get(text, text)


def _elsewhere(at: datetime, here: ZoneInfo, there: ZoneInfo, language: str) -> str:
    """By the clock of another zone, with the day where it is another day there."""
    same = at.astimezone(here).date() == at.astimezone(there).date()
    shown: str = format_datetime(
        at.astimezone(there), "HH:mm" if same else "d MMM, HH:mm", locale=language
    )
    return shown


def _begun(text: object) -> str:
    """With a capital at the beginning; what is written in capitals stays so."""
    words = str(text)
    return words[:1].upper() + words[1:]


def _at(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at


def _local(at: datetime | date | str, zone: ZoneInfo) -> datetime | date:
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at.astimezone(zone) if isinstance(at, datetime) else at


@cache
def _versioned(name: str) -> str:
    """The address of a static file, another one whenever its content changes."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
