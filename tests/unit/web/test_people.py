"""Whom a clinic's pages name and offer."""

import json
import os
from pathlib import Path
from uuid import uuid4

import pytest

from shared.web.people import Directory, Tokens, UnreadablePeopleError

MARA = {"role": "therapist", "ref": str(uuid4()), "name": "Mara Lindqvist"}
INES = {"role": "prescriber", "ref": str(uuid4()), "name": "Ines Kowalczyk"}


def written(file: Path, said: object, stamp: int = 1) -> Path:
    file.write_text(said if isinstance(said, str) else json.dumps(said))
    os_time = stamp * 1_000_000_000
    os.utime(file, ns=(os_time, os_time))
    return file


def test_a_file_of_people_names_everybody_and_needs_no_tokens(tmp_path: Path) -> None:
    directory = Directory(written(tmp_path / "people.json", [MARA, INES]), Tokens(None))
    assert [(p.role, p.name) for p in directory.everyone()] == [
        ("therapist", "Mara Lindqvist"),
        ("prescriber", "Ines Kowalczyk"),
    ]


def test_without_one_they_are_those_who_have_a_token(tmp_path: Path) -> None:
    tokens = Tokens(written(tmp_path / "tokens.json", {"abc": MARA}))
    assert [p.name for p in Directory(None, tokens).everyone()] == ["Mara Lindqvist"]
    assert Directory(None, Tokens(None)).everyone() == []


def test_with_one_nobody_is_offered_for_having_a_token(tmp_path: Path) -> None:
    tokens = Tokens(written(tmp_path / "tokens.json", {"abc": MARA}))
    people = Directory(written(tmp_path / "people.json", [INES]), tokens)
    assert [p.name for p in people.everyone()] == ["Ines Kowalczyk"]


def test_it_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = written(tmp_path / "people.json", [MARA])
    directory = Directory(file, Tokens(None))
    written(file, [MARA, INES], stamp=2)
    assert len(directory.everyone()) == 2


def test_a_slip_in_a_later_change_costs_nobody_their_name(tmp_path: Path) -> None:
    file = written(tmp_path / "people.json", [MARA])
    directory = Directory(file, Tokens(None))
    written(file, "[{", stamp=2)
    assert [p.name for p in directory.everyone()] == ["Mara Lindqvist"]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("[{", "the whole file"),
        ([{"role": "therapist", "ref": "no uuid", "name": "Mara"}], "0.ref"),
        ([{"ref": str(uuid4()), "name": "Mara"}], "0.role"),
        ([{**MARA, "password": "x"}], "0.password"),
    ],
)
def test_a_file_that_says_something_else_is_refused_by_name(
    tmp_path: Path, said: object, named: str
) -> None:
    file = written(tmp_path / "people.json", said)
    with pytest.raises(UnreadablePeopleError, match=named) as refused:
        Directory(file, Tokens(None))
    assert str(file) in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadablePeopleError, match="there is no such file"):
        Directory(tmp_path / "people.json", Tokens(None))


def test_a_token_is_known_whole_or_not_at_all(tmp_path: Path) -> None:
    tokens = Tokens(written(tmp_path / "tokens.json", {"abc": MARA}))
    known = tokens.person("abc")
    assert known is not None
    assert known.name == "Mara Lindqvist"
    assert tokens.person("ab") is None
    assert tokens.person("abcd") is None
    assert Tokens(tmp_path / "none.json").person("abc") is None
