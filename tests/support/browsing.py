"""A browser in words: keeps the cookie, sends what a browser of ours would send, reads forms."""

import re
from typing import Any

import httpx
from fastapi import FastAPI

ORIGIN = "http://intake.test"


class Browser:
    """One person's browser, without scripts."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app=app)
        self.http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self.cookie: str | None = None

    async def sign_in(self, role: str) -> httpx.Response:
        return await self.send("/sign-in", {"token": role})

    async def open(self, path: str, **headers: str) -> httpx.Response:
        return self._kept(await self.http.get(path, headers=self._headers(headers)))

    async def send(self, path: str, fields: dict[str, Any], **headers: str) -> httpx.Response:
        own = {"sec-fetch-site": "same-origin", "origin": ORIGIN, **headers}
        return self._kept(await self.http.post(path, data=fields, headers=self._headers(own)))

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

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return headers if self.cookie is None else {**headers, "cookie": self.cookie}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        for given in answer.headers.get_list("set-cookie"):
            self.cookie = given.split(";")[0]
        return answer
