"""Somebody at a browser without scripts before a clinic that really runs: in by its own issuer."""

import re
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx

from cli.clinic.reach import Reach

_HOPS: Final = 12


class AtTheDoor:
    """One person's browser. It keeps cookies by host and port, and says what browsers say."""

    def __init__(self, http: httpx.AsyncClient, clinic: Reach) -> None:
        self.http = http
        self.clinic = clinic
        self._cookies: dict[tuple[str, str], str] = {}

    async def sign_in(self, service: str, login: str, password: str) -> None:
        """To the issuer, and back into the service; at once where the issuer knows them."""
        door = await self.open(f"{self.clinic.services[service]}/sign-in")
        if str(door.url).startswith(self.clinic.services[service]):
            return
        fields = {"form_token": hidden(door, "form_token"), "login": login, "password": password}
        there = await self.send(str(door.url), fields, follow=True)
        assert str(there.url).startswith(self.clinic.services[service]), there.text

    async def open(self, url: str) -> httpx.Response:
        """A page, wherever its address leads to."""
        for _ in range(_HOPS):
            answer = self._kept(await self.http.get(url, headers=self._cookie(url)))
            if not answer.is_redirect:
                return answer
            url = urljoin(url, answer.headers["location"])
        raise AssertionError(f"no end at {url}")

    async def send(self, url: str, fields: Any, *, follow: bool = False) -> httpx.Response:
        """A form of a page of this very origin."""
        parts = urlsplit(url)
        said = {
            "sec-fetch-site": "same-origin",
            "origin": f"{parts.scheme}://{parts.netloc}",
            "content-type": "application/x-www-form-urlencoded",
        }
        body = httpx.QueryParams(fields)
        headers = {**said, **self._cookie(url)}
        answer = self._kept(await self.http.post(url, content=str(body), headers=headers))
        if follow and answer.is_redirect:
            return await self.open(urljoin(url, answer.headers["location"]))
        return answer

    def _cookie(self, url: str) -> dict[str, str]:
        host = urlsplit(url).hostname
        mine = [f"{name}={value}" for (of, name), value in self._cookies.items() if of == host]
        return {"cookie": "; ".join(mine)} if mine else {}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        host = urlsplit(str(answer.url)).hostname or ""
        for given in answer.headers.get_list("set-cookie"):
            name, value = given.split(";")[0].split("=", 1)
            self._cookies[host, name] = value
        return answer


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]
