"""The cells of the matrix: a way, somebody, and what is between them and the client."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Final

import httpx

from shared.access import Access, Allow, Deny, Reason, decide
from shared.runtime.ids import new_id
from shared.storage import Actor
from tests.integration.access.clinic import Clinic, Someone
from tests.integration.access.ways import Way, ways

_NARROWER: Final = frozenset({"read_notes", "write_notes"})
"""For the therapists of the very session: whoever is on the team may, and still may not."""
_CHANGING: Final = re.compile(
    r'urn:uuid:[0-9a-f-]{36}| (nonce|data-now|datetime)="[^"]*"'
    r'|(?<=name="form_key" value=")[^"]*|<p class="printed small".*?</p>|(?<=<time)>[^<]*'
)
"""What is new in each answer, whoever asks for whatever."""
_FOUND: Final = frozenset({200, 303})
"""Shown, or led to where it is shown."""
_READ: Final = frozenset({200, 204, 303, 422})


@dataclass
class Matrix:
    """What was found out about one service, and how many cells were looked at."""

    clinic: Clinic
    kinds: Mapping[str, set[str]]
    ways: list[Way]
    known: dict[Way, Mapping[str, str]] = field(default_factory=dict)
    """Reading ways to the ids with which they tell of the client."""
    nowhere: set[str] = field(default_factory=set)
    """Reading ways with an id in them that answer nobody on the team about the client."""
    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, clinic: Clinic) -> "Matrix":
        made = cls(clinic, await clinic.ids(), list(ways(clinic.app)))
        for way in made.reading:
            if way.parameters:
                found = await made._with_ids(way)
                if found is None:
                    made.nowhere.add(way.path)
                else:
                    made.known[way] = found
        return made

    @property
    def ids(self) -> set[str]:
        return set().union(*self.kinds.values())

    @property
    def reading(self) -> list[Way]:
        return [way for way in self.ways if way.method == "GET"]

    async def _with_ids(self, way: Way) -> Mapping[str, str] | None:
        """Ids with which somebody of the team is shown what with nobody's ids is not there."""
        for ids in self.guesses(way):
            for who in self.clinic.team:
                if who.role in way.action.roles:
                    answer = await self.clinic.ask(who, "GET", way.to(ids))
                    if answer.status_code in _FOUND:
                        missing = await self.clinic.ask(who, "GET", way.to(nobodys(way)))
                        return ids if missing.status_code == 404 else None
        return None

    def guesses(self, way: Way) -> Iterator[Mapping[str, str]]:
        likely = [sorted(self.kinds.get(name, self.ids)) for name in way.parameters]
        for choice in product(*likely):
            yield dict(zip(way.parameters, choice, strict=True))

    def _told(self, answer: httpx.Response, asked: Iterable[str]) -> set[str]:
        """The client's ids that an answer tells and that were not in the question."""
        return {one for one in self.ids - set(asked) if one in answer.text}

    async def read(self, people: Iterable[Someone], *, lists_too: bool = True, **more: Any) -> None:
        """Every reading way, as each of these people, against what the decision says; ``more`` is
        what is so of the client beside their relations."""
        resource = replace(await self.clinic.resource(), **more)
        for who in people:
            for way in self.reading:
                access = Access(way.action, reading=True)
                decided = decide(Actor(who.role, who.ref), access, resource)
                may = isinstance(decided, Allow)
                if way in self.known and decided == Deny(Reason.TEAM_UNKNOWN):
                    answer = await self.clinic.ask(who, "GET", way.to(self.known[way]))
                    self.expect(who, way, answer.status_code == 503, answer)
                elif way in self.known:
                    await self._one(who, way, may=may)
                elif not way.parameters and lists_too:
                    await self._list(who, way, may=may)

    async def _one(self, who: Someone, way: Way, *, may: bool) -> None:
        ids = self.known[way]
        answer = await self.clinic.ask(who, "GET", way.to(ids))
        if may:
            narrower = way.action.name in _NARROWER and answer.status_code == 404
            self.expect(who, way, answer.status_code in _FOUND or narrower, answer)
            return
        nobody = nobodys(way)
        missing = await self.clinic.ask(who, "GET", way.to(nobody))
        right = same(answer, ids) == same(missing, nobody)
        refused = answer.status_code == (404 if who.role in way.action.roles else 403)
        self.expect(who, way, right and refused, answer)

    async def _list(self, who: Someone, way: Way, *, may: bool) -> None:
        answer = await self.clinic.ask(who, "GET", way.path)
        if who.role not in way.action.roles:
            # A first page that is not theirs leads to one that is, and shows nothing.
            led_on = way.path == "/" and answer.status_code == 303
            self.expect(who, way, answer.status_code == 403 or led_on, answer)
            return
        self.expect(who, way, answer.status_code in _READ, answer)
        if may:
            return
        self.expect(who, way, not self._told(answer, ()), answer)
        for name in way.narrows:
            nobody = await self.clinic.ask(who, "GET", f"{way.path}?{name}={new_id()}")
            for one in sorted(self.kinds.get(name, ())):
                narrowed = await self.clinic.ask(who, "GET", f"{way.path}?{name}={one}")
                self.expect(who, way, same(narrowed, {}) == same(nobody, {}), narrowed)

    async def command(self, people: Iterable[Someone]) -> set[str]:
        """Every command that takes a relation, as people who have none; returns those that did not
        get as far as the record."""
        resource = await self.clinic.resource()
        unreached = set()
        for who in people:
            for way in self.ways:
                if way.method == "GET" or way.is_page or not way.parameters:
                    continue
                decided = decide(Actor(who.role, who.ref), Access(way.action), resource)
                if who.role in way.action.roles and not isinstance(decided, Allow):
                    for ids in self.guesses(way):
                        if not await self._acts_on_nothing(who, way, ids):
                            unreached.add(f"{way.method} {way.path}")
                            break
        return unreached

    async def _acts_on_nothing(self, who: Someone, way: Way, ids: Mapping[str, str]) -> bool:
        nobody = nobodys(way)
        sent = {} if way.body is None else {"json": way.body}
        answer = await self.clinic.ask(who, way.method, way.to(ids), **sent)
        missing = await self.clinic.ask(who, way.method, way.to(nobody), **sent)
        alike = same(answer, ids) == same(missing, nobody)
        refused = answer.status_code in {404, 422, 409}
        self.expect(who, way, alike and refused, answer)
        return answer.status_code == 404

    def expect(self, who: Someone, way: Way, right: bool, answer: httpx.Response) -> None:
        self.cells += 1
        if not right:
            said = answer.text[:160].replace("\n", " ")
            self.wrong.append(f"{who.token} {way.method} {way.path}: {answer.status_code} {said}")


def nobodys(way: Way) -> Mapping[str, str]:
    return {name: str(new_id()) for name in way.parameters}


def same(answer: httpx.Response, ids: Mapping[str, str]) -> tuple[int, str, list[str]]:
    """An answer without the ids that were in the question, and which headers it has."""
    text = _CHANGING.sub("", answer.text)
    for number, one in enumerate(ids.values()):
        text = text.replace(one, f"<{number}>")
    return answer.status_code, text, sorted(answer.headers)
