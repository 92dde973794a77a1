"""What somebody tries who knows the ids: versions, keys, cursors, searches, and forms by hand."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from shared.runtime.ids import new_id
from tests.integration.access.axes import is_kept_from, says_nothing
from tests.integration.access.cells import Matrix, nobodys, same
from tests.integration.access.clinic import Someone

_BY_HAND: Final[tuple[dict[str, Any], ...]] = (
    {"data": {"form_page": "/x", "text": "a\x00b"}},
    {"files": {"text": ("x.html", b"<script>alert(1)</script>", "text/html")}},
)
_COMMANDS_BY_HAND: Final[tuple[dict[str, Any], ...]] = (
    {"data": {"form_key": "é"}},
    {"data": {"x": "1", "x.y": "2"}},
)
_REFUSED: Final = frozenset({404, 409, 422})
_NO_COMMAND: Final = "/drafts"
"""What is typed there becomes no body."""


async def name_versions(matrix: Matrix, people: Iterable[Someone]) -> int:
    """Every command under If-Match and an idempotency key, by people who are kept from the record:
    no version of it is told, by no other status. Returns how many were sent."""
    sent = 0
    for who in people:
        for way in matrix.ways:
            if way.method == "GET" or way.is_page or not way.parameters:
                continue
            if not await is_kept_from(matrix, who, way):
                continue
            ids, nobody = next(matrix.guesses(way)), nobodys(way)
            body = {} if way.body is None else {"json": way.body}
            asked = [
                await matrix.clinic.ask(who, way.method, way.to(one), more=_seen(), **body)
                for one in (ids, nobody)
            ]
            right = same(asked[0], ids) == same(asked[1], nobody)
            refused = asked[0].status_code in _REFUSED and "etag" not in asked[0].headers
            matrix.expect(who, way, right and refused, asked[0])
            sent += 1
    return sent


async def search(matrix: Matrix, people: Iterable[Someone]) -> int:
    """Every list, asked to go on after any id of the client's, after nonsense, and for any word: it
    says nothing, as if the client were nobody. Returns how often it was asked."""
    asked = 0
    some = [min(matrix.kinds.get(kind, matrix.ids)) for kind in ("client_id", "course_id")]
    for who in people:
        for way in matrix.reading:
            if way.is_page or way.parameters or not way.words:
                continue
            if not await is_kept_from(matrix, who, way, reading=True):
                continue
            for name in way.words:
                for word in (*some, "e", "\x00"):
                    answer = await matrix.clinic.ask(who, "GET", way.path, params={name: word})
                    nothing = answer.status_code == 200 and says_nothing(answer.json())
                    matrix.expect(who, way, nothing or answer.status_code == 422, answer)
                    asked += 1
    return asked


async def write_forms_by_hand(matrix: Matrix, people: Sequence[Someone]) -> int:
    """Every form by somebody who may send it, as no page of ours would: refused, and no fault of
    ours; or they are asked who they are before it is looked at. Returns how many were sent."""
    sent = 0
    for way in matrix.ways:
        if way.method == "GET" or not way.is_page:
            continue
        who = next(one for one in people if one.role in way.action.roles)
        commands = () if way.path.startswith(_NO_COMMAND) else _COMMANDS_BY_HAND
        for by_hand in (*_BY_HAND, *commands):
            ids = next(matrix.guesses(way))
            answer = await matrix.clinic.send(who, way.to(ids), **by_hand)
            asked_who = answer.headers.get("location", "").startswith("/sign-in?")
            matrix.expect(who, way, asked_who or answer.status_code in _REFUSED, answer)
            sent += 1
    return sent


def _seen() -> dict[str, str]:
    """What somebody says who has seen the first version."""
    return {"If-Match": '"1"', "Idempotency-Key": str(new_id())}
