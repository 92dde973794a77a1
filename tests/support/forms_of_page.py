"""The forms of a page as a browser finds them, filled in by somebody who means no good."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final

from shared.web.pages.forms import OWN

_TYPED: Final = frozenset({"text", "search", "tel", "email", "url", "password", "textarea"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field, and what it stands at or can be chosen from."""

    name: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()

    @property
    def is_typed(self) -> bool:
        """Whether somebody writes into it what they like."""
        return self.kind in _TYPED

    @property
    def is_own(self) -> bool:
        """Whether it is there for the form's own sake."""
        return self.name in OWN


@dataclass(slots=True)
class FoundForm:
    """Where it is sent, and its fields."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, with_what: Callable[[Field], str | None]) -> list[tuple[str, str]]:
        """What is sent when each field holds this; None leaves it out."""
        sent = []
        for one in self.fields:
            value = one.value if one.is_own else with_what(one)
            if value is not None:
                sent.append((one.name, value))
        return sent


def forms_of(page: str) -> list[FoundForm]:
    """Every form of a page that changes something, but for those of its frame."""
    reader = _Reader()
    reader.feed(page)
    return [
        one
        for one in reader.forms
        if one.method == "post" and one.action not in {"/sign-out", "/lock", "/appearance"}
    ]


def executable(page: str) -> list[str]:
    """Whatever a browser would run on this page and no template of ours has put there."""
    reader = _Reader()
    reader.feed(page)
    return reader.executable


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.executable: list[str] = []
        self._select: tuple[str, list[str]] | None = None
        self._textarea: tuple[str, list[str]] | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.executable.extend(_runs(tag, told))
        match tag:
            case "form":
                self._inside = True
                self.forms.append(FoundForm(told.get("action", ""), told.get("method", "get")))
            case "input":
                self._field(
                    Field(told.get("name", ""), told.get("type", "text"), told.get("value", ""))
                )
            case "button" if told.get("name"):
                self._field(Field(told["name"], "submit", told.get("value", "")))
            case "select":
                self._select = (told.get("name", ""), [])
            case "option" if self._select is not None:
                self._select[1].append(told.get("value", ""))
            case "textarea":
                self._textarea = (told.get("name", ""), [])

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "form":
                self._inside = False
            case "select" if self._select is not None:
                name, choices = self._select
                self._field(Field(name, "select", choices[-1] if choices else "", tuple(choices)))
                self._select = None
            case "textarea" if self._textarea is not None:
                self._field(Field(self._textarea[0], "textarea", "".join(self._textarea[1])))
                self._textarea = None

    def _field(self, found: Field) -> None:
        if self._inside and found.name:
            self.forms[-1].fields.append(found)


def _runs(tag: str, told: dict[str, Any]) -> Iterator[str]:
    if tag in {"iframe", "object", "embed", "base"}:
        yield f"<{tag}>"
    if tag == "script" and "nonce" not in told:
        yield "<script> without a nonce"
    for name, value in told.items():
        if name.startswith("on"):
            yield f"<{tag} {name}>"
        if name in {"href", "src", "action", "formaction", "xlink:href"}:
            scheme = "".join(letter for letter in value if ord(letter) > 32).lower()
            if scheme.startswith(("javascript:", "vbscript:", "data:text")):
                yield f"<{tag} {name}={value}>"
