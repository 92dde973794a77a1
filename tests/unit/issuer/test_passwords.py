"""What a password has to be: long and not a likely guess, and nothing else (NIST SP 800-63B-4)."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from cli.issuer import accounts, passwords
from cli.issuer.app import ROOM
from cli.issuer.passwords import ABOUT_YOU, COMMON, COUNTED, TOO_SHORT, why_not

MARA = ("mara.lindqvist", "Mara Lindqvist")
GOOD = "four lamps in the hallway"


@pytest.mark.parametrize(
    "word",
    [
        GOOD,
        "cuatro lámparas en el pasillo",
        "廊下に四つのランプがあります。とても明るい",
        "8391-2047-7716-3029",
        "all lower case, no digits",
        "x" + GOOD,
        GOOD * 10,
        "Mara has four lamps, all green",
    ],
)
def test_any_long_phrase_will_do(word: str) -> None:
    assert why_not(word, MARA) is None


@pytest.mark.parametrize("_", range(20))
def test_those_that_we_make_will_do(_: int) -> None:
    assert why_not(accounts.new_password(), MARA) is None


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("", TOO_SHORT),
        (GOOD[:14], TOO_SHORT),
        ("Xk9$vQ2!mZ7&pL", TOO_SHORT),
        ("passwordpassword", COMMON),
        ("Password-Password-1", COMMON),
        ("letmein letmein letmein", COMMON),
        ("12345678901234567", COUNTED),
        ("abcdefghijklmnop", COUNTED),
        ("zyxwvutsrqponmlk", COUNTED),
        ("aaaaaaaaaaaaaaaa", COUNTED),
        ("qwertyuiopasdfgh", COUNTED),
        ("poiuytrewqlkjhgf", COUNTED),
        ("abababababababab", COUNTED),
        ("mara.lindqvist.2026", ABOUT_YOU),
        ("Lindqvist-Mara-Lindqvist!", ABOUT_YOU),
        ("careteam careteam", ABOUT_YOU),
        ("CareTeam-Mara-1234", ABOUT_YOU),
        ("ketamine clinic 1", ABOUT_YOU),
    ],
)
def test_a_likely_guess_will_not(word: str, why: str) -> None:
    assert why_not(word, MARA) == why


def test_a_character_counts_once_however_it_is_made_up() -> None:
    """An accent that is a character of its own makes no password longer."""
    decomposed = "e\u0301" * 2 + "four lamps t"
    assert len(decomposed) > passwords.LEAST > len(passwords.normal(decomposed))
    assert why_not(decomposed, MARA) == TOO_SHORT
    assert passwords.normal("\uff21") == "A"


def test_the_list_says_where_it_is_from() -> None:
    assert len(passwords._common()) > 10_000
    licence = Path(passwords.__file__).parent / "common_passwords" / "LICENCE.txt"
    assert "MIT License" in licence.read_text()


def test_everything_that_the_issuer_says_is_there_in_spanish() -> None:
    with (ROOM / "locale" / "es.po").open("rb") as stream:
        there = {str(one.id) for one in read_po(stream, locale="es") if one.string}
    pages = "".join(file.read_text() for file in ROOM.glob("templates/*.html"))
    said = set(re.findall(r'''_\("([^"]+)"''', pages)) | set(re.findall(r"_\('([^']+)'", pages))
    said |= {TOO_SHORT, COMMON, ABOUT_YOU, COUNTED}
    assert len(said) > 30
    assert said - there == set()
