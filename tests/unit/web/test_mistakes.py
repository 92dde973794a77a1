"""What is wrong with a field is said in the reader's language, whatever kind of error it is."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pydantic import AwareDatetime, BaseModel, Field, ValidationError, field_validator
from pydantic_core._pydantic_core import list_all_errors

from shared.web.pages.mistakes import EMPTY, KINDS, UNREADABLE, mistakes_in
from shared.web.pages.rendering import ROOM

ROOT = Path(__file__).parents[3]
KNOWN = {one["type"]: one.get("example_context") or {} for one in list_all_errors()}


class Asked(BaseModel):
    """A body with a field of each sort."""

    name: str = Field(min_length=1, max_length=3)
    code: str = Field(min_length=2, pattern="^[a-z]+$")
    systolic: int = Field(ge=40, le=300)
    day: date
    at: AwareDatetime

    @field_validator("name")
    @classmethod
    def own(cls, name: str) -> str:
        if name == "x":
            raise ValueError("anything but x")
        return name


def spanish() -> dict[str, str]:
    with (ROOM / "locale" / "es.po").open("rb") as stream:
        return {str(one.id): str(one.string) for one in read_po(stream, locale="es")}


def own_words() -> set[str]:
    """What bodies of the services say of themselves."""
    files = list(ROOT.glob("services/*/web/**/*.py"))
    found = set()
    for node in (one for f in files for one in ast.walk(ast.parse(f.read_text()))):
        match node:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id="ValueError"), args=[ast.Constant() as c])
            ):
                found.add(str(c.value))
    return found


def test_every_message_is_there_in_spanish() -> None:
    said = {*KINDS.values(), UNREADABLE, EMPTY, *own_words()}
    assert len(said) > 25
    assert sorted(text for text in said if not spanish().get(text)) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_names_numbers_that_its_kind_of_error_has(kind: str) -> None:
    assert kind in KNOWN
    assert re.search(r"%", KINDS[kind] % KNOWN[kind]) is None


def test_a_field_says_what_is_wrong_with_it() -> None:
    wrong = {"name": "", "code": "A1", "systolic": "500", "day": "soon", "at": "2026-03-10T10:00"}
    with pytest.raises(ValidationError) as error:
        Asked.model_validate(wrong)
    told = {one.field: one.message % dict(one.numbers) for one in mistakes_in(error.value)}
    assert told == {
        "name": "Fill this in.",
        "code": "This cannot be read: look at how it is written.",
        "systolic": "Not above 300.",
        "day": "Write a day, as 2026-11-30.",
        "at": "Write a day and a time.",
    }


def test_a_body_says_its_own_words() -> None:
    fine = {"code": "ab", "systolic": 120, "day": "2026-03-10", "at": "2026-03-10T10:00Z"}
    with pytest.raises(ValidationError) as error:
        Asked.model_validate({"name": "x", **fine})
    assert [one.message for one in mistakes_in(error.value)] == ["anything but x"]
