"""Whoever goes through all pages of a clinic and types a canary into every field of every form."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx
from fastapi.routing import APIRoute

from cli.clinic.reach import Reach
from services.intake.web.pages import PAGES as INTAKE
from services.notifications.web.pages import PAGES as NOTIFICATIONS
from services.prescribing.web.pages import PAGES as PRESCRIBING
from services.scheduling.web.pages import PAGES as SCHEDULING
from shared.web.pages import drafting
from shared.web.pages import emergency as emergency_pages
from tests.support.at_the_door import AtTheDoor
from tests.support.canaries import Canaries
from tests.support.forms_of_page import Field, FoundForm, executable, forms_of

PAGES: Final = {
    "intake": INTAKE,
    "prescribing": PRESCRIBING,
    "scheduling": SCHEDULING,
    "notifications": NOTIFICATIONS,
}
ROLES: Final = ("therapist", "prescriber", "nurse", "front_desk", "on_call", "operator")
MOST_OF_A_KIND: Final = 2
"""Pages of one route that are shown to anybody: its forms are the same on every one of them."""
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_LINK: Final = re.compile(r'href="(/[^"#]*)"')
_ELSEWHERE: Final = ("/static/", "/sign-", "/live", "/locked")
_GIVEN: Final = {
    "date": "2026-03-10",
    "datetime-local": "2026-03-10T10:00",
    "time": "10:00",
    "number": "1",
    "tel": "+15550001111",
}


def routes(service: str) -> Iterator[tuple[str, str]]:
    """Method and path of every page, and of every form."""
    for router in (*PAGES[service].routers, emergency_pages.router, drafting.router):
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in route.methods or ():
                    yield method, route.path


@dataclass
class Typist:
    """Writes down what must not tell of anybody: errors, and every answer's headers."""

    clinic: Reach
    http: httpx.AsyncClient
    canaries: Canaries
    told: list[bytes]
    ids: Mapping[str, str]
    """What the parts of addresses stand for."""
    runs: list[str] = field(default_factory=list)
    """What a browser would have run on a page."""
    sent: set[tuple[str, str]] = field(default_factory=set)
    """Service and route of every form that was sent."""
    failed: int = 0
    """How often the answer was that it is our fault."""
    _names: set[str] = field(default_factory=set)
    _browsers: dict[tuple[str, str], AtTheDoor] = field(default_factory=dict)

    async def come_in(self) -> None:
        """Everybody, at every service."""
        for role in ROLES:
            login = next(one.login for one in self.clinic.people if one.role == role)
            password = self.clinic.administration().new_password(login)
            browser = AtTheDoor(self.http, self.clinic)
            for service in PAGES:
                await browser.sign_in(service, login, password)
                self._browsers[service, role] = browser

    def browser(self, service: str, role: str) -> AtTheDoor:
        """Where somebody of this role is signed in."""
        return self._browsers[service, role]

    async def type_blindly(self, role: str) -> Counter[int]:
        """Every form, when no page can be shown any more; returns how it ended. Nothing of what was
        typed is in the answers."""
        ended: Counter[int] = Counter()
        for service in PAGES:
            for method, path in routes(service):
                if method == "POST":
                    fields = self._forged(service, path, "none")
                    url = self.clinic.services[service] + self._at(path)
                    answer = await self._browsers[service, role].send(url, fields)
                    ended[answer.status_code] += 1
                    self.told += [str(answer.headers.raw).encode(), answer.content]
        return ended

    async def type_everywhere(self, services: Sequence[str] = tuple(PAGES)) -> None:
        """Every form of every page that somebody finds, and then those that nobody has found."""
        for service in services:
            kinds: dict[str, int] = {}
            for role in ROLES:
                await self._walk(service, role, kinds)
            for method, path in routes(service):
                if method == "POST" and (service, path) not in self.sent:
                    await self._forge(service, path)

    async def look_everywhere(self) -> int:
        """Every page that somebody finds; how many were shown."""
        looked = 0
        for service in PAGES:
            kinds: dict[str, int] = {}
            for role in ROLES:
                looked += await self._walk(service, role, kinds, types=False)
        return looked

    async def _walk(
        self, service: str, role: str, kinds: dict[str, int], *, types: bool = True
    ) -> int:
        """``kinds`` counts the pages of each route that somebody was shown."""
        left = [self._at(path) for method, path in routes(service) if method == "GET"]
        seen, shown = set(), 0
        while left:
            path = left.pop()
            kind = _ID.sub("*", path.partition("?")[0])
            if path in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
                continue
            seen.add(path)
            base = self.clinic.services[service]
            page = self._heard(await self._browsers[service, role].open(base + path))
            if not str(page.url).startswith(base) or not page.is_success:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
            shown += 1
            left += [html.unescape(one) for one in _LINK.findall(page.text)]
            left = [one for one in left if not one.startswith(_ELSEWHERE)]
            for form in forms_of(page.text) if types else ():
                await self._fill(service, role, form)
        return shown

    def _at(self, path: str) -> str:
        known = self.ids
        return re.sub(r"\{(\w+)\}", lambda name: known.get(name[1], known["client_id"]), path)

    async def _fill(self, service: str, role: str, form: FoundForm) -> None:
        """As it is meant, and with every field wrong; each kind of form once."""
        path = form.action.partition("?")[0]
        known = next((one for one in routes(service) if _is_at(one, path)), None)
        if known is None or (service, known[1]) in self.sent:
            return
        self.sent.add((service, known[1]))
        self._names |= {one.name for one in form.fields if not one.is_own}

        def right(one: Field) -> str:
            where = f"{service} {known[1]} {one.name}"
            return self.canaries.typed(where) if one.is_typed else _GIVEN.get(one.kind, one.value)

        def wrong(one: Field) -> str:
            return self.canaries.typed(f"{service} {known[1]} {one.name}")

        url = self.clinic.services[service] + form.action
        for fill in (wrong, right):
            self._heard(await self._browsers[service, role].send(url, form.filled(fill)))

    async def _forge(self, service: str, path: str) -> None:
        """A form that no page showed: with the fields of all the others."""
        for role in ROLES:
            browser = self._browsers[service, role]
            page = await browser.open(self.clinic.services[service] + "/")
            token = re.search(r'name="form_token" value="([^"]*)"', page.text)
            if token is None:
                continue
            fields = self._forged(service, path, token[1])
            answer = await browser.send(self.clinic.services[service] + self._at(path), fields)
            self._heard(answer)
            if answer.status_code != httpx.codes.FORBIDDEN:
                self.sent.add((service, path))
                return

    def _forged(self, service: str, path: str, token: str) -> list[tuple[str, str]]:
        typed = [(one, self.canaries.typed(f"{service} {path} {one}")) for one in self._names]
        return [("form_token", token), *typed]

    def _heard(self, answer: httpx.Response) -> httpx.Response:
        """Headers, and pages that say what went wrong. A form shown again is of whoever typed it,
        and shows them what they typed: as words."""
        self.told.append(str(answer.headers.raw).encode())
        said = executable(answer.text)
        self.runs += [f"{answer.request.method} {answer.url.path}: {one}" for one in said]
        self.failed += answer.status_code == httpx.codes.INTERNAL_SERVER_ERROR
        if answer.status_code >= httpx.codes.BAD_REQUEST and '<main class="door">' in answer.text:
            self.told.append(answer.content)
        return answer


def _is_at(route: tuple[str, str], path: str) -> bool:
    method, known = route
    return method == "POST" and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path) is not None
