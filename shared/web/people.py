"""The clinic's people: their roles and names, and in a sandbox the token that each one shows."""

import hmac
from pathlib import Path
from typing import Generic, TypeVar
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from shared.storage import Actor

T = TypeVar("T")

_log = structlog.get_logger()


class Person(BaseModel):
    """Somebody whom a page can name and a form can choose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: str
    ref: UUID
    name: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(self.role, self.ref)


class UnreadablePeopleError(ValueError):
    """A file of people that says something else; names the file and what is wrong in it."""


class _Kept(Generic[T]):
    """What a file says, read again when it changes. A change that cannot be read changes nothing:
    a clinic at work does not lose its names to a slip of an editor."""

    def __init__(self, path: Path, shape: TypeAdapter[T]) -> None:
        self._path = path
        self._shape = shape
        self._stamp: int | None = None
        self._value: T | None = None

    def value(self) -> T | None:
        """None while there is no such file."""
        if not self._path.exists():
            return None
        stamp = self._path.stat().st_mtime_ns
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._value

    def _read(self) -> None:
        try:
            self._value = self._shape.validate_json(self._path.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the whole file"
            if self._value is None:
                raise UnreadablePeopleError(f"{self._path}: {where}: {first['msg']}") from None
            _log.warning("people not read", file=str(self._path), error=str(first["msg"]))


class Tokens:
    """A sandbox's bearer tokens and whose they are: ``{token: {role, ref, name}}``."""

    def __init__(self, path: Path | None) -> None:
        self._kept = _Kept(path, TypeAdapter(dict[str, Person])) if path else None

    def person(self, token: str) -> Person | None:
        """Whose token it is; compared in constant time."""
        found = None
        for known, person in self._all().items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = person
        return found

    def people(self) -> list[Person]:
        return list(self._all().values())

    def _all(self) -> dict[str, Person]:
        return (self._kept.value() if self._kept else None) or {}


class Directory:
    """Everybody of the clinic, by a file of its own (``[{role, ref, name}]``) or, in a sandbox, by
    those who have a token. It names and offers people; whoever signs in is known by the issuer.

    Raises :class:`UnreadablePeopleError` at once where its file cannot be read.
    """

    def __init__(self, path: Path | None, tokens: Tokens) -> None:
        self._kept = _Kept(path, TypeAdapter(list[Person])) if path else None
        self._tokens = tokens
        if self._kept is not None and self._kept.value() is None:
            raise UnreadablePeopleError(f"{path}: there is no such file")

    def everyone(self) -> list[Person]:
        if self._kept is None:
            return self._tokens.people()
        return self._kept.value() or []
