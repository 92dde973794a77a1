"""What somebody tries who knows the ids: versions, keys, cursors, searches, and forms by hand."""

from collections.abc import Iterable
from typing import Any, Final

from shared.runtime.ids import new_id
from tests.integration.access.axes import is_kept_from, says_nothing
from tests.integration.access.cells import Matrix, nobodys, same
from tests.integration.access.clinic import Someone

_BY_HAND: Final[tuple[dict[str, Any], ...]] = (
    {"data": {"form_page": "/x", "text": "a\x00b"}},
    {"data": {"form_page": "/x", "form_key": "é"}},
    {"data": {"form_page": "/x", "x": "1", "x.y": "2"}},
    {"files": {"text": ("x.html", b"<script>alert(1)</script>", "text/html")}},
)
_REFUSED: Final = frozenset({404, 409, 422})
_FORMS_WITHOUT_COMMAND: Final = "/drafts"


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
            for seen in ('"1"', '"999"'):
                asked = [
                    await matrix.clinic.ask(
                        who,
                        way.method,
                        way.to(one),
                        more={"If-Match": seen, "Idempotency-Key": str(new_id())},
                        **body,
                    )
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
    some = sorted({min(known) for known in matrix.kinds.values()})
    for who in people:
        for way in matrix.reading:
            if way.is_page or way.parameters or not way.words:
                continue
            if not await is_kept_from(matrix, who, way, reading=True):
                continue
            for name in way.words:
                for word in (*some, str(new_id()), "e", "%", "'", "\x00", "²", "-1"):
                    answer = await matrix.clinic.ask(who, "GET", way.path, params={name: word})
                    nothing = answer.status_code == 200 and says_nothing(answer.json())
                    matrix.expect(who, way, nothing or answer.status_code == 422, answer)
                    asked += 1
    return asked


async def write_forms_by_hand(matrix: Matrix, people: Iterable[Someone]) -> int:
    """Every form by people who may send it, as no page of ours would: refused, and no fault of
    ours. Returns how many were sent."""
    sent = 0
    for who in people:
        for way in matrix.ways:
            if way.method == "GET" or not way.is_page or who.role not in way.action.roles:
                continue
            for by_hand in _BY_HAND:
                if way.path.startswith(_FORMS_WITHOUT_COMMAND) and "x.y" in by_hand.get("data", ()):
                    continue
                ids = next(matrix.guesses(way))
                answer = await matrix.clinic.send(who, way.to(ids), **by_hand)
                matrix.expect(who, way, answer.status_code in _REFUSED, answer)
                sent += 1
    return sent
