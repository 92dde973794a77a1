"""Whoever types a canary into every field of the issuer: signed in there, and as nobody."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

import httpx
from fastapi.routing import APIRoute

from cli.clinic.services import IDENTITY
from cli.issuer import app
from tests.journeys.typed_on_pages import Typist
from tests.support.at_the_door import AtTheDoor, hidden

_BY_HAND: Final = {
    "/token": ("grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "scope"),
    "/revoke": ("token", "token_type_hint"),
}
"""What these routes read for the library."""
_ASKED: Final = ("client_id", "redirect_uri", "scope", "state", "nonce", "prompt", "login_hint")


def forms() -> Iterator[tuple[str, list[str]]]:
    """The issuer's routes that take something, and what they take."""
    for part in app._PARTS:
        for route in part.router.routes:
            if isinstance(route, APIRoute) and "POST" in (route.methods or ()):
                fields = [one.name for one in route.dependant.body_params]
                yield route.path, [*fields, *_BY_HAND.get(route.path, ())]


async def type_at_the_issuer(typist: Typist, role: str) -> Counter[int]:
    """All of it; returns how it ended."""
    clinic, ended = typist.clinic, Counter[int]()
    known, nobody = typist.browser("intake", role), AtTheDoor(typist.http, clinic)
    door = await nobody.open(f"{clinic.services['intake']}/sign-in")
    home = await known.open(clinic.issuer + "/")
    for browser, page in ((nobody, door), (known, home)):
        token = hidden(page, "form_token")
        ended += await _type_into_everything(typist, browser, token, page.url.query.decode())
    return ended


async def type_blindly(typist: Typist, role: str) -> Counter[int]:
    """The same when no page can be shown."""
    return await _type_into_everything(typist, typist.browser("intake", role), "none", "")


async def _type_into_everything(
    typist: Typist, browser: AtTheDoor, token: str, query: str
) -> Counter[int]:
    ended: Counter[int] = Counter()

    def canary(path: str, name: str) -> str:
        return typist.canaries.typed(f"{IDENTITY} {path} {name}")

    for path, names in forms():
        fields = [(one, canary(path, one)) for one in names if one != "form_token"]
        address = re.sub(r"\{\w+\}", "x", path)
        url = f"{typist.clinic.issuer}{address}?{query}"
        answer = await browser.send(url, [("form_token", token), *fields])
        ended[answer.status_code] += 1
        _hear(typist, answer)
    asked = httpx.QueryParams({name: canary("/authorize", name) for name in _ASKED})
    # Its frame leads back to the very address that was asked for: whoever asked is shown it.
    refused = await browser.open(f"{typist.clinic.issuer}/authorize?{asked}")
    typist.told.append(str(refused.headers.raw).encode())
    return ended


def _hear(typist: Typist, answer: httpx.Response) -> None:
    """Whoever typed a name at the door is shown it again; nobody is shown anything else."""
    typist.told.append(str(answer.headers.raw).encode())
    if 'name="login"' not in answer.text:
        typist.told.append(answer.content)
