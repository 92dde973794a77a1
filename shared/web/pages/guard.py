"""What every answer of a page carries, and what a change has to prove before it is looked at.

Cookies know neither ports nor sub-paths, and the four services may share a host: so a browser's
word that a request came from a page of this very origin is needed, beside a token in the form.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class PageHeaders:
    """Adds the headers that keep a page to itself. ASGI, so that a stream stays one.

    ``led_to`` are the origins that a form's answer may lead on to: browsers hold a redirect after
    a form against the policy of the page that the form stood on.
    """

    def __init__(self, app: ASGIApp, led_to: Sequence[str] = ()) -> None:
        self._app = app
        self._targets = " ".join(["'self'", *led_to])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(("/api/", "/health/", "/metrics")):
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce
        kept = scope["path"].startswith("/static/")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                found = {name.lower() for name, _ in message["headers"]}
                message["headers"] += [
                    (name, value)
                    for name, value in _headers(nonce, self._targets, keep=kept)
                    if name not in found
                ]
            await send(message)

        await self._app(scope, receive, answer)


def _headers(nonce: str, targets: str, *, keep: bool) -> list[tuple[bytes, bytes]]:
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:;"
        f" font-src 'self'; connect-src 'self'; form-action {targets}; base-uri 'none';"
        " object-src 'none'; frame-ancestors 'none'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),  # what browsers knew before frame-ancestors
        (b"referrer-policy", b"same-origin"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
        (b"cache-control", b"public, max-age=31536000, immutable" if keep else b"no-store"),
    ]


def assert_same_origin(request: Request) -> None:
    """Refuse a change that a browser does not vouch for as coming from a page of this origin."""
    if request.method not in SAFE:
        assert_origin(request, f"{request.url.scheme}://{request.url.netloc}")


def assert_origin(request: Request, own: str) -> None:
    """The same, where the origin is known from the settings."""
    site = request.headers.get("sec-fetch-site")
    if site != "same-origin" or request.headers.get("origin") != own:
        raise HTTPException(403, "This change did not come from a page of this service.")


def assert_own_form(token: str, sent: object) -> None:
    """Refuse a form that was not made for this session."""
    if not isinstance(sent, str) or not secrets.compare_digest(token.encode(), sent.encode()):
        raise HTTPException(403, "This form is not of your session: open the page again.")
