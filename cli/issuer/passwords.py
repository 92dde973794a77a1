"""What a password has to be (NIST SP 800-63B-4, section 3.1.1.2): long, and not a likely guess.

Fifteen characters, because it may be the only factor. No rule says which characters, and none that
it has to be changed after a time. A likely guess is one that many people have taken, one that is
made of words about the person or the product, or one that repeats or counts.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

LEAST: Final = 15
MOST: Final = 1000
"""Only so that nobody sends a book: a phrase of any length that is typed fits."""

TOO_SHORT: Final = "A password has at least fifteen characters. A few words will do."
COMMON: Final = "Many people have taken this password, so it is guessed first. Take another one."
ABOUT_YOU: Final = "This password is made of your name or ours. Take another one."
COUNTED: Final = "This password repeats or counts. Take another one."

_COMMON_LIST: Final = Path(__file__).parent / "common_passwords" / "list.txt.gz"
_ROWS: Final = ("qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "1234567890")
_OF_THE_PRODUCT: Final = ("careteam", "ketamine", "password", "contrasena", "clinic", "clinica")
_OWN_LEAST: Final = 8
"""So much has to be left of a password without the words that anybody knows."""
_FEW: Final = 5
"""Fewer different characters repeat."""
_STEADY: Final = 0.75
"""This part of its steps, and it counts."""


def normal(password: str) -> str:
    """The same password however the keyboard composes it."""
    return unicodedata.normalize("NFKC", password)


def why_not(password: str, about: Iterable[str]) -> str | None:
    """Why this may not be somebody's password; None where it may. ``about``: login and name."""
    said = normal(password)
    if len(said) < LEAST:
        return TOO_SHORT
    folded = _plain(said)
    if _counts(folded):
        return COUNTED
    if any(_unit(form) in _common() for form in _forms(folded)):
        return COMMON
    if _is_about(folded, about):
        return ABOUT_YOU
    return None


def _plain(text: str) -> str:
    """Without capitals and accents."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _forms(folded: str) -> set[str]:
    """What it is with and without what people add at the ends, or between; never less than half."""
    letters = re.sub(r"[\W_]+", "", folded)
    forms = {folded, letters, re.sub(r"^\d+|\d+$", "", letters), re.sub(r"\d+", "", letters)}
    return {form for form in forms if 2 * len(form) >= len(folded)}


def _unit(text: str) -> str:
    """The shortest part that it is a repetition of."""
    at = (text + text).find(text, 1)
    return text[:at] if at > 0 else text


def _counts(folded: str) -> bool:
    """Few different characters, or most of them one after the other in the alphabet or a row."""
    if len(set(folded)) < _FEW:
        return True
    pairs = list(pairwise(folded))
    steady = sum(abs(ord(b) - ord(a)) <= 1 or _neighbours(a, b) for a, b in pairs)
    return steady > _STEADY * len(pairs)


def _neighbours(one: str, other: str) -> bool:
    return any(f"{one}{other}" in row or f"{other}{one}" in row for row in _ROWS)


def _is_about(folded: str, about: Iterable[str]) -> bool:
    """Whether little is left of it without the words that anybody knows."""
    words = {part for one in about for part in re.split(r"[\W_\d]+", _plain(one)) if len(part) > 2}
    rest = folded
    for word in sorted({*words, *_OF_THE_PRODUCT}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and len(re.sub(r"[\W_]+", "", rest)) < _OWN_LEAST


@cache
def _common() -> frozenset[str]:
    """Read when somebody first changes a password: most starts of an issuer never need it."""
    return frozenset(gzip.decompress(_COMMON_LIST.read_bytes()).decode().split())
