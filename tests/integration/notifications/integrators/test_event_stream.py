"""Programs that hold a connection open are told as things happen, for as long as they may be."""

import httpx
import pytest

from careteam_contracts import intake
from services.notifications.web.api import event_stream
from shared.web.people import Tokens
from tests.integration.notifications.clinic import World
from tests.integration.notifications.integrators.integrated import scheduled
from tests.support.auditing import audited
from tests.support.event_stream import PATIENCE, following
from tests.support.service_world import bearer
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

STREAM = "/api/v1/events/stream"


def asking(role: str = "front_desk", **more: str) -> dict[str, str]:
    return {**bearer(role), "Accept": "text/event-stream", **more}


async def kept(world: World, event_id: str) -> str:
    """Wait until the pull tells of it; the cursor before it."""
    before: list[str] = []

    async def there() -> bool:
        items = (await world.get("/events", "operator", limit=200))["items"]
        places = [one["cursor"] for one in items]
        found = [number for number, one in enumerate(items) if one["id"] == event_id]
        before[:] = [places[number - 1] if number else "0.0" for number in found]
        return bool(found)

    await eventually(there, seconds=PATIENCE)
    return before[0]


async def test_what_is_kept_and_then_what_happens_with_the_cursors_of_the_pull(
    world: World,
) -> None:
    person = world.person()
    first = str((await world.tell(person, intake.ClientRegistered())).event_id)
    start = await kept(world, first)
    async with following(world.app, f"{STREAM}?after={start}", asking()) as stream:
        await stream.told(first)
        second = str((await world.tell(person, scheduled(person))).event_id)
        cursors = await stream.told(first, second)
        pulled = await world.get("/events", "operator", after=start, limit=200)
        assert [event for _, event in stream.events] == pulled["items"]
        assert cursors == [event["cursor"] for event in pulled["items"]]
        assert stream.text.startswith("retry: ")
    again = asking(**{"Last-Event-ID": cursors[0]})
    async with following(world.app, f"{STREAM}?after=0.0", again) as stream:
        assert await stream.told(second) == cursors[1:], "where it was, each once"
    only = f"{STREAM}?after={start}&types=careteam.scheduling.*"
    async with following(world.app, only, asking()) as stream:
        await stream.told(second)
        assert {event["type"].split(".")[1] for _, event in stream.events} == {"scheduling"}
    [row, *_] = await audited(world.service, action="read_public_events", outcome="allowed")
    assert str(person.client_id) in row["clients"]


async def test_it_is_open_to_whom_the_pull_is_and_says_what_to_ask_with(world: World) -> None:
    async def asked(headers: dict[str, str]) -> httpx.Response:
        return await world.api.get(STREAM, headers=headers)

    assert (await asked({"Accept": "text/event-stream"})).status_code == 401
    assert (await asked(asking("therapist"))).status_code == 403
    assert (await asked(bearer("operator"))).status_code == 406
    assert (await asked(asking(**{"Last-Event-ID": "yesterday"}))).status_code == 422


async def test_it_ends_when_the_token_does(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "ASKED_AGAIN_SECONDS", -1.0)
    async with following(world.app, STREAM, asking()) as stream:
        event = str((await world.tell(world.person(), intake.ClientRegistered())).event_id)
        await stream.told(event)
        assert not stream.over.is_set()
        tokens, world.app.state.tokens = world.app.state.tokens, Tokens(None)
        try:
            world.service.changes.tell()
            await eventually(lambda: _is(stream.over.is_set()), seconds=PATIENCE)
        finally:
            world.app.state.tokens = tokens


async def test_it_ends_with_the_service(world: World) -> None:
    async with following(world.app, STREAM, asking()) as stream:
        await eventually(lambda: _is(stream.status == 200), seconds=PATIENCE)
        world.service.changes.end()
        try:
            await eventually(lambda: _is(stream.over.is_set()), seconds=PATIENCE)
        finally:
            world.service.changes.over = False


async def _is(value: bool) -> bool:
    return value
