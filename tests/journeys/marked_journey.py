"""A course of care in which every word that somebody types is a canary."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from cli.journeys.catalogue import JOURNEYS
from cli.journeys.stage import stage
from tests.support.canaries import Canaries, Operation, ids_in, marked, operations
from tests.support.started_clinic import StartedClinic


@dataclass
class Run:
    """What was asked and answered, written down by whoever asked."""

    clinic: StartedClinic
    canaries: Canaries = field(default_factory=Canaries)
    routes: dict[str, list[Operation]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    ledger: list[tuple[str, str, int, str | None]] = field(default_factory=list)
    """Service, request, status, and the row of the audit that the answer names."""
    problems: list[bytes] = field(default_factory=list)
    not_words: dict[str, set[str]] = field(default_factory=dict)
    """Fields that take text, but not any: found by what was refused."""

    def service_of(self, url: httpx.URL) -> str:
        base = f"{url.scheme}://{url.host}:{url.port}"
        return next(name for name, at in self.clinic.reach.services.items() if at == base)

    async def note(self, response: httpx.Response) -> None:
        request = response.request
        await response.aread()
        if request.url.path.startswith("/api/") and "authorization" in request.headers:
            self.ledger.append(
                (
                    self.service_of(request.url),
                    f"{request.method} {request.url.path}",
                    response.status_code,
                    response.headers.get("correlation-id"),
                )
            )
        if response.status_code >= 400:
            self.problems.append(response.content)
        elif response.headers.get("content-type", "").startswith("application/json"):
            self.ids.update(ids_in(response.json()))

    def operation(self, service: str, method: str, path: str) -> Operation | None:
        return next(
            (o for o in self.routes[service] if o.method == method and o.matches(path)), None
        )


class Marking(httpx.AsyncBaseTransport):
    """Puts canaries into what a journey sends; a field that does not take them keeps its text."""

    def __init__(self, run: Run, inner: httpx.AsyncBaseTransport) -> None:
        self._run, self._inner = run, inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        service = self._run.service_of(request.url)
        of = self._run.operation(service, request.method, urlsplit(str(request.url)).path)
        if of is None:
            return await self._inner.handle_async_request(request)
        body = json.loads(request.content or b"{}")
        for _attempt in range(4):
            but = self._run.not_words.setdefault(of.name, set())
            changed = marked(self._run.canaries, of, body, but=frozenset(but))
            response = await self._sent(request, changed)
            if response.status_code != 422:
                return response
            await response.aread()
            but.update(error["field"] for error in response.json().get("errors") or ())
        return await self._inner.handle_async_request(request)

    async def _sent(self, request: httpx.Request, body: Any) -> httpx.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
        sent = httpx.Request(request.method, request.url, headers=headers, json=body)
        return await self._inner.handle_async_request(sent)


async def play_marked(run: Run, journey: str) -> None:
    """A journey through the API of a clinic that runs, with a canary for every word in it."""
    async with httpx.AsyncClient(timeout=30) as http:
        for service, url in run.clinic.reach.services.items():
            document = (await http.get(f"{url}/openapi.json")).json()
            run.routes[service] = operations(service, document)
    told: list[str] = []
    async with stage(run.clinic.reach, told.append) as place:
        place.http._transport = Marking(run, place.http._transport)
        place.http.event_hooks["response"].append(run.note)
        checked = await JOURNEYS[journey].play(place)
    assert [one for one in checked if not one.holds] == [], "\n".join(told)
