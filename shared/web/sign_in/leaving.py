"""The way out, of this service or of all; the locked screen; and how pages are to look."""

import secrets
from typing import Annotated
from urllib.parse import urlencode

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from shared.storage import Actor
from shared.web.audited import begin_attempt
from shared.web.pages import sessions
from shared.web.pages.forms import kept_values, sent_form
from shared.web.pages.guard import assert_own_form, assert_same_origin
from shared.web.pages.inside import inside
from shared.web.pages.showing import render
from shared.web.sign_in import endings, kept_forms
from shared.web.sign_in.claims import TokenRefusedError
from shared.web.sign_in.door import own_address, tokens_of
from shared.web.sign_in.issuer import Issuer, IssuerAwayError, NoLongerError

router = APIRouter(include_in_schema=False)

_log = structlog.get_logger()


@router.post("/sign-out")
async def leave(request: Request, form_token: Annotated[str, Form()] = "") -> Response:
    """End the session here at once, then everywhere by way of the issuer."""
    assert_same_origin(request)
    service = request.app.state.service
    session_id = sessions.session_id_of(request)
    target = "/signed-out"
    if session_id is not None:
        async with service.database.engine.begin() as connection:
            person = await sessions.remembered(connection, session_id)
            if person is not None:
                begin_attempt(request, person.actor, "sign_out")
                assert_own_form(person.form_token, form_token)
            await sessions.sign_out(connection, session_id)
        tokens = {} if person is None else tokens_of(person, session_id)
        target = await _end_everywhere(request, tokens.get("id_token")) or target
    response = RedirectResponse(target, status_code=303)
    sessions.forget(response, service.definition.name)
    return response


@router.get("/signed-out")
async def left(request: Request) -> Response:
    """Nobody is signed in with this browser."""
    return HTMLResponse(render(request, "door.html", None, {"why": None}))


@router.post("/sign-in/ended")
async def ended(request: Request, logout_token: Annotated[str, Form()] = "") -> Response:
    """The issuer says that a sign-in is over (OpenID Connect Back-Channel Logout 1.0)."""
    issuer: Issuer | None = request.app.state.issuer
    headers = {"cache-control": "no-store"}
    if issuer is None:
        return JSONResponse({"error": "invalid_request"}, status_code=400, headers=headers)
    try:
        claims = await issuer.logout_claims(logout_token)
    except TokenRefusedError as refused:
        _log.warning("notice_refused", reason=str(refused))
        return JSONResponse({"error": "invalid_request"}, status_code=400, headers=headers)
    except IssuerAwayError:
        return JSONResponse({"error": "try_again"}, status_code=503, headers=headers)
    begin_attempt(request, Actor("issuer"), "end_sign_in")
    async with request.app.state.service.database.engine.begin() as connection:
        await endings.end(connection, claims)
    return JSONResponse({}, headers=headers)


@router.post("/lock")
async def lock(request: Request) -> Response:
    """Blank the screen: nothing is shown before the person has proved again who they are, and then
    they are back where they were, with what they had typed."""
    assert_same_origin(request)
    service = request.app.state.service
    session_id = sessions.session_id_of(request)
    sent = await sent_form(request)
    then = inside(str(sent.get("then", "/")))
    if session_id is not None:
        async with service.database.engine.begin() as connection:
            person = await sessions.remembered(connection, session_id)
            if person is not None:
                begin_attempt(request, person.actor, "lock_screen")
                assert_own_form(person.form_token, sent.get("form_token"))
                if values := {k: v for k, v in kept_values(sent).items() if k != "then"}:
                    secret = await kept_forms.keep(connection, person.actor, values)
                    then = with_kept(then, secret)
                await sessions.lock(connection, session_id)
        if person is not None:
            await _tell_of_lock(request, tokens_of(person, session_id).get("refresh_token"))
    return RedirectResponse(locked_path(then), status_code=303)


@router.get("/locked")
async def locked(request: Request, then: str = "/") -> Response:
    """A screen with nothing on it but whose it is and the way back."""
    session_id = sessions.session_id_of(request)
    person = None
    if session_id is not None:
        async with request.app.state.service.database.engine.begin() as connection:
            person = await sessions.remembered(connection, session_id)
    values = {"way": sign_in_path(inside(then)), "known": person}
    shown = render(request, "locked.html", None, values, look=person)
    return HTMLResponse(shown)


@router.post("/appearance")
async def appearance(
    request: Request,
    form_token: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
    theme: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "/",
) -> Response:
    """Remember language and light."""
    assert_same_origin(request)
    session_id = sessions.session_id_of(request)
    service = request.app.state.service
    if session_id is not None:
        async with service.database.engine.begin() as connection:
            person = await sessions.signed_in(connection, session_id)
            if person is not None:
                assert_own_form(person.form_token, form_token)
                await sessions.prefer(
                    connection,
                    session_id,
                    language=language if language in sessions.LANGUAGES else person.language,
                    theme=theme if theme in sessions.THEMES else person.theme,
                )
    return RedirectResponse(inside(then), status_code=303)


async def _end_everywhere(request: Request, id_token: str | None) -> str | None:
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        return None
    try:
        return await issuer.end_session_url(
            id_token=id_token,
            then=f"{own_address(request)}/signed-out",
            state=secrets.token_urlsafe(16),
        )
    except IssuerAwayError as away:
        _log.warning("issuer_away", error=str(away))
        return None


async def _tell_of_lock(request: Request, refresh_token: str | None) -> None:
    """A neighbouring service is not to open what was just locked here."""
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None or refresh_token is None:
        return
    try:
        await issuer.revoke(refresh_token)
    except (IssuerAwayError, NoLongerError) as away:
        _log.warning("issuer_away", error=str(away))


def sign_in_path(then: str, fresh: int | None = None) -> str:
    """The way in, and then on to a page."""
    query: dict[str, str | int] = {"then": then}
    if fresh is not None:
        query["fresh"] = fresh
    return f"/sign-in?{urlencode(query)}"


def locked_path(then: str) -> str:
    """The blank screen, and then on to a page."""
    return f"/locked?{urlencode({'then': then})}"


def with_kept(path: str, kept: str) -> str:
    """A page's address with the word under which it finds what had been typed on it."""
    return f"{path}{'&' if '?' in path else '?'}{kept_forms.NAME}={kept}"
