"""What nobody's browser sends by itself is refused in words, and leads nowhere else."""

import asyncio
import html
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request
from starlette.datastructures import FormData, UploadFile

from shared.serving.changes import Changes
from shared.storage import Actor
from shared.web import bounded, crowding
from shared.web.bounded import MOST_BYTES, Bounded
from shared.web.crowding import Crowding
from shared.web.pages import live
from shared.web.pages.forms import draft_seen, nested, sent_form
from shared.web.pages.inside import inside
from shared.web.texts import version
from tests.support.forms_of_page import executable

CLINIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    "then",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "//[",
        "http://[",
        "evil.example",
        "",
    ],
)
def test_a_way_on_that_leads_elsewhere_leads_to_the_start_page(then: str) -> None:
    assert inside(then) == "/"


@pytest.mark.parametrize("then", ["/", "/courses/1?kept=2", "/a//b", "/?then=https://evil.example"])
def test_a_way_on_that_stays_here_is_taken(then: str) -> None:
    assert inside(then) == then


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("17", 17), ("²", None), ("٣", None), ("-1", None), ("", None), ("9" * 30, None)],
)
def test_a_version_is_a_number_that_a_version_can_be(text: str, number: int | None) -> None:
    """Other alphabets have digits too, and some of them are no numbers."""
    assert version(text) == number
    assert draft_seen(FormData([("form_draft_seen", text)])) == (number or 0)


@pytest.mark.parametrize(
    "fields",
    [
        [("padss", "1"), ("padss.pain", "2")],
        [("padss.pain", "1"), ("padss.pain.now", "2")],
        [("padss", "1"), ("padss[].pain", "2"), ("padss.at.all", "3")],
    ],
)
def test_a_field_that_is_a_word_and_a_group_at_once_is_refused(
    fields: list[tuple[str, Any]],
) -> None:
    with pytest.raises(HTTPException, match="not understood"):
        nested(FormData(fields), CLINIC)


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "0001-01-01T00:00", "0000-01-01T00:00"])
def test_a_moment_at_the_end_of_all_time_is_left_to_whoever_takes_it(text: str) -> None:
    assert str(nested(FormData([("at", text)]), CLINIC)["at"]).startswith(text[:4])


@pytest.mark.parametrize(
    "fields",
    [[("text", "a\x00b")], [("te\x00xt", "a")], [("text", UploadFile(file=None))]],  # type: ignore[arg-type]
)
async def test_what_no_form_of_ours_sends_is_refused(fields: list[tuple[str, Any]]) -> None:
    with pytest.raises(HTTPException, match="not understood"):
        await sent_form(_sending(fields))


async def test_words_of_any_kind_are_taken_as_they_are() -> None:
    fields = [("text", "<script>\r\n\u202e{{7*7}}")]
    assert (await sent_form(_sending(fields))).multi_items() == fields


def _sending(fields: list[tuple[str, Any]]) -> Any:
    async def form() -> FormData:
        return FormData(fields)

    return SimpleNamespace(form=form)


async def test_what_pages_follow_tells_that_something_changed_and_nothing_of_whom() -> None:
    """Whoever is signed in hears the same: a stream cannot be asked about somebody."""
    changes = Changes()
    stream = live._changes(SimpleNamespace(changes=changes))  # type: ignore[arg-type]
    told = [await anext(stream)]
    for _ in range(3):
        changes.tell()
        told.append(await anext(stream))
    changes.end()
    assert told == ["retry: 1000\n\n", *(f"event: changed\ndata: {n}\n\n" for n in (1, 2, 3))]


@pytest.mark.parametrize(
    ("sent", "status"), [(MOST_BYTES, 422), (MOST_BYTES + 1, 413), (50 * MOST_BYTES, 413)]
)
async def test_the_rest_of_a_body_that_is_too_long_is_not_read(sent: int, status: int) -> None:
    """Whoever sends it, and whether or not they say beforehand how long it is."""
    app = FastAPI()
    app.add_middleware(Bounded)
    read = 0

    @app.post("/notes")
    async def note(body: dict[str, str]) -> dict[str, str]:
        return body

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while read < sent:
            read += 1000
            yield b"x" * min(1000, sent - read + 1000)

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        headers = {"content-type": "application/json"}
        answer = await http.post("/notes", content=endless(), headers=headers)
    assert answer.status_code == status
    assert read <= MOST_BYTES + 1000


async def test_the_rest_of_a_body_that_does_not_come_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the connection is given up: what would come later is of no request."""
    monkeypatch.setattr(bounded, "BODY_SECONDS", 0.05)
    said = await _talk([b'{"text": '])
    assert (said["status"], dict(said["headers"])[b"connection"]) == (408, b"close")


async def test_a_body_that_has_come_is_taken_however_late_it_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bounded, "BODY_SECONDS", 0.0)
    assert (await _talk([b'{"text": ', b'"x"}']))["status"] == 200


async def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "READING_SECONDS", 0.05)
    with pytest.raises(TimeoutError):
        await _talk([b'{"text": "x"}'], reads=False)


async def _talk(pieces: list[bytes], *, reads: bool = True) -> Any:
    """What a server says first to somebody who sends these pieces and then nothing."""
    app, said = FastAPI(), []
    app.add_middleware(Bounded)
    left = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    if pieces[-1].endswith(b"}"):
        left[-1]["more_body"] = False

    @app.post("/notes")
    async def note(body: dict[str, str]) -> dict[str, str]:
        return body

    async def receive() -> Any:
        return left.pop(0) if left else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        said.append(message)
        if not reads:
            await asyncio.Event().wait()

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/notes", "headers": headers}
    await app({**scope, "query_string": b"", "http_version": "1.1"}, receive, send)
    return said[0]


async def test_a_caller_has_so_many_requests_open_and_others_have_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crowding, "MOST_AT_ONCE", 2)
    app, go_on = FastAPI(), asyncio.Event()
    app.add_middleware(Crowding)
    callers = {role: Actor(role, UUID(int=7)) for role in ("operator", "front_desk")}

    @app.get("/{role}")
    async def wait(role: str, request: Request) -> None:
        request.state.attempt = None
        crowding.assert_not_too_many(request, callers[role], "read")
        begun.release()
        await go_on.wait()

    begun = asyncio.Semaphore(0)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        asking = [asyncio.create_task(http.get("/operator")) for _ in range(2)]
        for _ in asking:
            await begun.acquire()
        refused = await http.get("/operator")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
        asking.append(asyncio.create_task(http.get("/front_desk")))
        await begun.acquire()
        go_on.set()
        assert [one.status_code for one in await asyncio.gather(*asking)] == [200] * 3
        assert (await http.get("/operator")).status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "<script>alert(1)</script>",
        "<p><img src=x onerror=alert(1)></p>",
        '<a href="java\tscript:alert(1)">here</a>',
        '<form action="javascript:alert(1)"></form>',
        "<iframe src=/></iframe>",
        '<base href="https://evil.example">',
    ],
)
def test_what_would_run_on_a_page_is_seen_by_those_who_look_for_it(page: str) -> None:
    assert len(executable(page)) == 1
    assert executable(html.escape(page)) == []
