"""The other axes of the matrix: forms, commands that name a client inside, numbers, statements."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import pytest

from shared.access import Access, Allow, Need, decide
from shared.runtime.ids import new_id
from shared.storage import Actor
from shared.storage.driver import Driver
from tests.integration.access.cells import Matrix, nobodys, same
from tests.integration.access.clinic import Someone
from tests.integration.access.ways import Way

_ASKING: ContextVar[bool] = ContextVar("asking", default=False)
_REFUSED: Final = frozenset({404, 409, 422})
_STAYS_TOLD: Final = frozenset({"review_emergency_access", "see_erasures", "read_public_events"})
"""Lists of what the clinic keeps of a client who is gone: who opened the record, who erased it, and
what integrators were told."""
_OF_STAFF: Final = frozenset({"prescriber_ref"})
"""What a command takes that is about somebody who works here, whatever id it is."""
_COUNTS: Final = re.compile("count|total|open|waiting|overdue|due$|left|unread|number_of")


async def send_forms(
    matrix: Matrix, people: Iterable[Someone], *, who_may_read: bool = False
) -> int:
    """Every form of a page about a client, as people who are kept from them: it does what the form
    of nobody does. To ``who_may_read`` the record it is refused on the page that they came from.
    Returns how many were sent."""
    sent = 0
    for who in people:
        for way in matrix.ways:
            if way.method == "GET" or not way.is_page or not way.parameters:
                continue
            if await is_kept_from(matrix, who, way):
                ids = next(matrix.guesses(way))
                answer = await matrix.clinic.send(who, way.to(ids))
                nobody = nobodys(way)
                missing = await matrix.clinic.send(who, way.to(nobody))
                right = who_may_read or same(answer, ids) == same(missing, nobody)
                matrix.expect(who, way, right and answer.status_code in _REFUSED, answer)
                sent += 1
    return sent


async def name_the_client_inside(matrix: Matrix, people: Iterable[Someone]) -> int:
    """Every command whose body alone says whom it is about. Returns how many were sent."""
    sent = 0
    for who in people:
        for way in matrix.ways:
            named = [name for name in way.body or () if name in matrix.kinds]
            if way.method == "GET" or way.parameters or not named:
                continue
            if await is_kept_from(matrix, who, way):
                theirs = {name: min(matrix.kinds[name]) for name in named}
                nobody = {name: str(new_id()) for name in named}
                answers = [
                    await matrix.clinic.ask(who, way.method, way.path, json={**way.body, **ids})  # type: ignore[dict-item]
                    for ids in (theirs, nobody)
                ]
                right = same(answers[0], theirs) == same(answers[1], nobody)
                matrix.expect(who, way, right and answers[0].status_code in _REFUSED, answers[0])
                sent += 1
    return sent


async def look_at_numbers(matrix: Matrix, people: Iterable[Someone]) -> int:
    """Every list and count, by somebody to whom the only client is nobody: empty, and zero, also
    when the list is asked to go on after the client. Returns how many were looked at."""
    looked = 0
    for who in people:
        for way in matrix.reading:
            if way.is_page or way.parameters or way.action.need is not Need.RELATION:
                continue
            if not await is_kept_from(matrix, who, way, reading=True):
                continue
            after = min(matrix.kinds.get("client_id", matrix.ids))
            for asked in (way.path, f"{way.path}?cursor={after}"):
                answer = await matrix.clinic.ask(who, "GET", asked)
                if answer.status_code == 200:
                    matrix.expect(who, way, says_nothing(answer.json()), answer)
                    looked += 1
    return looked


async def find_nobody(matrix: Matrix, people: Iterable[Someone], *, acting: bool = True) -> int:
    """Every way to the client's record, every list and, when ``acting``, every command, by those
    whose role may: what is said of the client is said of nobody. Returns how many were tried."""
    tried = 0
    for who in people:
        await matrix.clinic.wake(who)
        for way in matrix.ways:
            reads = way.method == "GET"
            if who.role not in way.action.roles or not (reads or (acting and not way.is_page)):
                continue
            ids = matrix.known.get(way) if reads else _first(matrix, way)
            if ids:
                sent = {} if way.body is None else {"json": way.body}
                answer = await matrix.clinic.ask(who, way.method, way.to(ids), **sent)
                nobody = nobodys(way)
                missing = await matrix.clinic.ask(who, way.method, way.to(nobody), **sent)
                right = same(answer, ids) == same(missing, nobody)
                matrix.expect(who, way, right and answer.status_code in _REFUSED, answer)
            elif reads and not way.parameters and way.action.name not in _STAYS_TOLD:
                answer = await matrix.clinic.ask(who, "GET", way.path)
                matrix.expect(who, way, not any(one in answer.text for one in matrix.ids), answer)
            tried += 1
    return tried


def _first(matrix: Matrix, way: Way) -> Mapping[str, str] | None:
    named = set(way.parameters)
    return next(matrix.guesses(way), None) if named and not named & _OF_STAFF else None


async def compare_statements(matrix: Matrix, people: Iterable[Someone]) -> int:
    """What is somebody else's takes the database through the same statements as what is not there,
    so that no clock tells them apart. Returns how many ways were compared."""
    compared = 0
    for who in people:
        await matrix.clinic.wake(who)
        for way, ids in matrix.known.items():
            if await is_kept_from(matrix, who, way, reading=True):
                answer, theirs = await _noted(matrix, who, way.to(ids))
                _, missing = await _noted(matrix, who, way.to(nobodys(way)))
                matrix.expect(who, way, theirs == missing and bool(theirs), answer)
                compared += 1
    return compared


async def is_kept_from(matrix: Matrix, who: Someone, way: Way, *, reading: bool = False) -> bool:
    access = Access(way.action, reading=reading)
    decided = decide(Actor(who.role, who.ref), access, await matrix.clinic.resource())
    return who.role in way.action.roles and not isinstance(decided, Allow)


async def _noted(matrix: Matrix, who: Someone, path: str) -> tuple[Any, list[str]]:
    with _noting() as statements:
        answer = await matrix.clinic.ask(who, "GET", path)
    return answer, statements


@contextmanager
def _noting() -> Iterator[list[str]]:
    """The statements of the platform, in order, without what begins a transaction."""
    noted: list[str] = []
    asking = _ASKING.set(True)
    fetch, execute = Driver.fetch, Driver.execute

    async def noting_fetch(driver: Driver, statement: str, *values: Any) -> Any:
        _note(noted, statement)
        return await fetch(driver, statement, *values)

    async def noting_execute(driver: Driver, statement: str, *values: Any) -> int:
        _note(noted, statement.partition(";")[0])
        return await execute(driver, statement, *values)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Driver, "fetch", noting_fetch)
        patched.setattr(Driver, "execute", noting_execute)
        yield noted
    _ASKING.reset(asking)


def _note(noted: list[str], statement: str) -> None:
    """What the service does meanwhile, and where the chain of the audit ends, is no answer."""
    if _ASKING.get() and "audit_chain" not in statement and "advisory" not in statement:
        noted.append(statement)


def says_nothing(value: Any, name: str = "") -> bool:
    """No list has an item, and nothing that counts has counted anything."""
    match value:
        case {"items": items, **rest}:
            return not items and says_nothing(rest)
        case dict():
            return all(says_nothing(each, key) for key, each in value.items())
        case list():
            return all(says_nothing(each, name) for each in value)
        case bool():
            return True
        case int():
            return value == 0 or not _COUNTS.search(name)
        case _:
            return True
