"""What every route of the issuer works with, and how it shows a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cli.issuer import sign_ins
from cli.issuer.audited import Audited
from cli.issuer.clients import Client
from cli.issuer.endings import Notices
from cli.issuer.protocol import Answer, Protocol
from cli.issuer.settings import IssuerSettings
from cli.issuer.sign_ins import COOKIE, SignIn
from shared.serving.checkpoints import Checkpoints
from shared.web.pages.guard import assert_origin, assert_own_form
from shared.web.pages.rendering import Renderer
from shared.web.pages.sessions import LONGEST_HOURS

DOOR: str = "__Host-ct-identity-door"
LANGUAGE: str = "ct-language"
THEME: str = "ct-theme"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The issuer's parts."""

    settings: IssuerSettings
    engine: AsyncEngine
    clients: Mapping[str, Client]
    key: ECKey
    protocol: Protocol
    notices: Notices
    renderer: Renderer
    administration_secret: str
    second_factor_key: bytes
    audited: Audited
    checkpoints: Checkpoints


def office(request: Request) -> Office:
    found: Office = request.app.state.office
    return found


async def who_is_here(request: Request, connection: AsyncConnection) -> SignIn | None:
    """Whoever is signed in with this browser."""
    return await sign_ins.found(connection, request.cookies.get(COOKIE))


async def somebody(request: Request, connection: AsyncConnection, form_token: str) -> SignIn:
    """Whoever is signed in here, awake, with a form of their own."""
    assert_origin(request, office(request).settings.origin)
    sign_in = await who_is_here(request, connection)
    if sign_in is None or sign_in.asleep:
        raise HTTPException(403, "Nobody is signed in")
    assert_own_form(sign_in.form_token, form_token)
    return sign_in


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page, in the language that the browser or the person asks for."""
    here = office(request)
    language = language_of(request)
    light = request.cookies.get(THEME, "light")
    text = here.renderer.render(
        template,
        language,
        {
            "now": datetime.now(UTC),
            "nonce": request.state.nonce,
            "theme": light if light in {"light", "dim"} else "light",
            "sandbox": here.settings.sandbox,
            "services": here.settings.service_urls,
            "here": str(request.url.path) + (f"?{request.url.query}" if request.url.query else ""),
            **values,
        },
    )
    return HTMLResponse(text, status_code=status)


def language_of(request: Request) -> str:
    """Chosen here, or what the service that sent the browser shows, or what the browser wants."""
    told = request.query_params.get("ui_locales", "").split(" ")[0][:2]
    wanted = request.cookies.get(LANGUAGE) or told or request.headers.get("accept-language", "")
    return "es" if wanted.lower().startswith("es") else "en"


def keep(response: Response, kept: str) -> None:
    """Give the browser its sign-in: this host only, no script, no other site's requests."""
    response.set_cookie(
        COOKIE,
        kept,
        max_age=LONGEST_HOURS * 3600,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def as_response(answer: Answer) -> Response:
    """A redirect that Authlib has decided."""
    return RedirectResponse(answer.location or "/", status_code=303)
