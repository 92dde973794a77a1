"""From a service's request to its answer: what is asked, whether it is enough, and the way back."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from authlib.oauth2 import OAuth2Error
from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer import codes, endings, sign_ins
from cli.issuer.accounts import Account
from cli.issuer.office import DOOR, Office, as_response, keep, office, show, who_is_here
from cli.issuer.protocol import Request as Asked
from cli.issuer.sign_ins import SignIn
from shared.web.pages.guard import assert_origin, assert_own_form

_log = structlog.get_logger()

_PROVED: Final = frozenset({"prompt", "max_age"})
"""What a request asks of a proof. The service sees in the token how old it is."""


def asked_by(request: Request) -> Asked:
    """The service's request, which is the query of every page of the entrance."""
    address = f"{office(request).settings.oidc_issuer}{request.url.path}?{request.url.query}"
    return Asked("GET", address, request.query_params.multi_items())


def asked_at_own_door(request: Request, form_token: str) -> tuple[Asked, Any] | Response:
    """The service's request and the grant that it wants, with a form of this browser's own door; or
    what is answered where the request is none that is granted."""
    assert_own_door(request, form_token)
    asked = asked_by(request)
    try:
        return asked, office(request).protocol.get_consent_grant(asked, None)
    except OAuth2Error as error:
        return refused(request, asked, error)


def has_to_prove(asked: Asked, sign_in: SignIn | None, prompt: str | None) -> bool:
    """Whether the person is asked who they are: nobody is known, too long ago, or told to."""
    if sign_in is None or sign_in.asleep or prompt is not None:
        return True
    most = asked.payload.data.get("max_age", "")
    return most.isdigit() and sign_in.age(datetime.now(UTC)) > int(most)


def going_on(request: Request) -> str:
    """The service's request once more, for somebody who has just proved who they are."""
    asked = request.query_params.multi_items()
    return urlencode([(name, told) for name, told in asked if name not in _PROVED])


async def admitted(
    request: Request, connection: AsyncConnection, account: Account, methods: Sequence[str]
) -> tuple[SignIn, str]:
    """Somebody has proved who they are. Whoever was signed in here before them is no longer."""
    await sign_ins.forget_old(connection)
    before = await who_is_here(request, connection)
    if before is not None and before.account.id != account.id:
        await endings.end(connection, before.sid, before.account.id)
    sign_in, kept = await sign_ins.begin(connection, account, methods, before)
    await office(request).audited.did(connection, account, "sign_in", "+".join(methods))
    _log.info("signed_in", role=account.role, kind="+".join(methods))
    return sign_in, kept


async def onward(
    request: Request, asked: Asked, grant: Any, sign_in: SignIn, kept: str
) -> Response:
    """Somebody has come in: back to the service, past a password of their own if they have none."""
    response = (
        RedirectResponse(f"/password?{going_on(request)}", status_code=303)
        if sign_in.account.handed_out
        else await go_back(office(request), asked, grant, sign_in)
    )
    keep(response, kept)
    return response


async def go_back(here: Office, asked: Asked, grant: Any, sign_in: SignIn) -> Response:
    """Send the person back to the service with a code for who they are."""
    answer = here.protocol.create_authorization_response(asked, sign_in, grant)
    if asked.made_code is not None:
        made = dict(asked.made_code)
        async with here.engine.begin() as connection:
            await codes.keep(connection, made.pop("code"), made)
    return as_response(answer)


def refused(request: Request, asked: Asked, error: OAuth2Error) -> Response:
    """Tell the service, where it is sure which one it is; otherwise the person."""
    error.state = asked.payload.state
    _log.warning("request_refused", reason=error.error)
    if error.redirect_uri:
        return as_response(office(request).protocol.handle_error_response(asked, error))
    return show(request, "refused.html", status=400, why=error.description or error.error)


def door(
    request: Request,
    known: SignIn | None,
    mistake: str | None = None,
    login: str = "",
    status: int = 200,
) -> HTMLResponse:
    """The page that asks who somebody is. Its form works in the browser that it was shown to."""
    token = request.cookies.get(DOOR) or secrets.token_urlsafe(32)
    response = show(
        request,
        "door.html",
        status=status,
        form_token=token,
        query=request.url.query,
        known=known,
        login=login or (known.account.login if known else ""),
        mistake=mistake,
    )
    response.set_cookie(
        DOOR, token, path="/", secure=True, httponly=True, samesite="strict", max_age=3600
    )
    return response


def ask_for_code(
    request: Request, proof: str, mistake: str | None = None, status: int = 200
) -> HTMLResponse:
    """The page that asks for a code after a password that was right; ``proof`` remembers that."""
    return show(
        request,
        "code.html",
        status=status,
        form_token=request.cookies.get(DOOR, ""),
        query=request.url.query,
        proof=proof,
        mistake=mistake,
    )


def assert_own_door(request: Request, form_token: str) -> None:
    """Refuse a form that somebody else's page filled in (login CSRF)."""
    assert_origin(request, office(request).settings.origin)
    token = request.cookies.get(DOOR)
    if token is None:
        raise HTTPException(403, "This form is not of this browser: open the page again.")
    assert_own_form(token, form_token)
