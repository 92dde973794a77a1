"""A browser in words: keeps the cookie, sends what a browser of ours would send, reads forms."""

import re
from typing import Any

import httpx
from fastapi import FastAPI

from shared.storage import Actor
from shared.web.pages import sessions
from shared.web.pages.sessions import Proven

ORIGIN = "http://intake.test"


class Browser:
    """One person's browser, without scripts."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self.cookie: str | None = None

    async def sign_in(self, token: str) -> None:
        """Be signed in as whoever this token is of, as the way by the issuer would have ended."""
        found = self.app.state.tokens.person(token)
        assert found is not None, f"nobody has the token {token}"
        await self.be(found.actor, found.name)

    async def be(self, actor: Actor, name: str, proven: Proven | None = None) -> str:
        """A session of this person in the service's database, and its id in this browser."""
        service = self.app.state.service
        async with service.database.engine.begin() as connection:
            session_id = await sessions.sign_in(
                connection, actor, name, language="en", theme="light", proven=proven
            )
        self.cookie = f"{sessions.cookie_name(service.definition.name)}={session_id}"
        return session_id

    async def open(self, path: str, **headers: str) -> httpx.Response:
        return self._kept(await self.http.get(path, headers=self._headers(headers)))

    async def send(
        self, path: str, fields: dict[str, Any], *, files: Any = None, **headers: str
    ) -> httpx.Response:
        own = self._headers({"sec-fetch-site": "same-origin", "origin": ORIGIN, **headers})
        return self._kept(await self.http.post(path, data=fields, files=files, headers=own))

    async def submit(self, path: str, fields: dict[str, Any], at: str | None = None) -> Any:
        """Fill in the form of a page and send it to where it goes."""
        page = await self.open(path)
        hidden = dict(
            re.findall(
                r'<input type="hidden" name="(form_token|form_key|form_page)" value="([^"]*)"',
                page.text,
            )
        )
        return await self.send(at or path, {**hidden, **fields})

    async def keep(self, page: str, fields: dict[str, str], seen: int) -> httpx.Response:
        """Type into a form and leave it, with its draft at the version that was ``seen``."""
        shown = await self.open(page)
        token = re.search(r'name="form_token" value="([^"]*)"', shown.text)
        assert token is not None
        own = {"form_token": token[1], "form_page": page, "form_draft_seen": str(seen)}
        return await self.send("/drafts", {**own, **fields})

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return headers if self.cookie is None else {**headers, "cookie": self.cookie}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for given in answer.headers.get_list("set-cookie"):
            self.cookie = given.split(";")[0]
        return answer
