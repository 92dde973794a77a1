"""The way in: to the issuer, back with a code, and on to the page that was wanted."""

import time
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.sealing import opened
from shared.storage import Actor
from shared.web.audited import begin_attempt
from shared.web.pages import sessions
from shared.web.pages.inside import inside
from shared.web.pages.sessions import Proven, SignedIn
from shared.web.pages.showing import render
from shared.web.sign_in import attempts, claims
from shared.web.sign_in.attempts import Attempt
from shared.web.sign_in.claims import TokenRefusedError
from shared.web.sign_in.issuer import Issuer, IssuerAwayError, NoLongerError

router = APIRouter(include_in_schema=False)

_log = structlog.get_logger()

SIGN_IN: Final = "sign_in"
NOBODY_YET: Final = Actor("nobody")
"""Whoever came back from the issuer without being let in."""
NO_ISSUER: Final = "No sign-in is set up here: set CARETEAM_OIDC_ISSUER."
AWAY: Final = "The sign-in does not answer. Nothing is lost: try again in a moment."
NOT_THIS_BROWSER: Final = "This way in was begun in another browser, or too long ago."
NOT_LET_IN: Final = "The sign-in did not let you in."
NO_ROLE: Final = "Your account has no role here, or more than one. Ask whoever keeps accounts."


@router.get("/sign-in")
async def set_out(
    request: Request,
    then: str = "/",
    fresh: Annotated[int | None, Query(ge=0, le=86400)] = None,
) -> Response:
    """To the issuer. Who left a screen alone has to prove again who they are; ``fresh`` asks for a
    proof of at most so many seconds."""
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        return _sorry(request, NO_ISSUER, 503)
    name = request.app.state.service.definition.name
    browser = attempts.browser_secret(request, name)
    async with request.app.state.service.database.engine.begin() as connection:
        here, asleep = await _at_this_screen(request, connection)
        attempt = attempts.new_attempt(
            inside(then), 0 if asleep else fresh, None if here is None else here.actor
        )
        state = await attempts.keep(connection, attempt, browser)
    extra = {"ui_locales": here.language} if here else {}
    if attempt.max_age is not None:
        extra |= {"max_age": str(attempt.max_age)}
    if asleep:
        extra |= {"prompt": "login"}
    try:
        target = await issuer.authorization_url(
            redirect_uri=return_address(request),
            state=state,
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            **extra,
        )
    except IssuerAwayError as away:
        _log.warning("issuer_away", error=str(away))
        return _sorry(request, AWAY, 503)
    response = RedirectResponse(target, status_code=303)
    attempts.let_browser_keep(response, name, browser)
    return response


@router.get("/sign-in/return")
async def come_back(
    request: Request,
    state: str = "",
    code: str = "",
    iss: str | None = None,
    error: str | None = None,
) -> Response:
    """With a code: from this browser, for an attempt of its own, from the issuer it was sent to."""
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None:
        return _sorry(request, NO_ISSUER, 503)
    service = request.app.state.service
    browser = request.cookies.get(attempts.cookie_name(service.definition.name))
    attempt = None
    if browser and state:
        async with service.database.engine.begin() as connection:
            attempt = await attempts.take(connection, state, browser)
    if attempt is None:
        return _sorry(request, NOT_THIS_BROWSER, 400)
    begin_attempt(request, NOBODY_YET, SIGN_IN)
    if error is not None:
        _log.warning("sign_in_refused", reason="issuer")
        return _sorry(request, NOT_LET_IN, 403)
    try:
        await _assert_from(issuer, iss)
        proven, told = await _proven(request, issuer, attempt, code)
    except (TokenRefusedError, NoLongerError) as refused:
        _log.warning("sign_in_refused", reason=str(refused) or "code")
        return _sorry(request, NOT_LET_IN, 403)
    except IssuerAwayError as away:
        _log.warning("issuer_away", error=str(away))
        return _sorry(request, AWAY, 503)
    try:
        actor, name = issuer.claim_map.person(told)
    except TokenRefusedError as refused:
        _log.warning("sign_in_refused", reason=str(refused))
        return _sorry(request, NO_ROLE, 403)
    begin_attempt(request, actor, SIGN_IN)
    async with service.database.engine.begin() as connection:
        session_id = await _open(request, connection, (actor, name), proven)
    response = RedirectResponse(attempt.leads(actor), status_code=303)
    sessions.keep(response, service.definition.name, session_id)
    return response


def own_address(request: Request) -> str:
    """This service's address as its people know it; as it was asked for where none is set."""
    service = request.app.state.service
    known: str | None = service.settings.service_urls.get(service.definition.name)
    return (known or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def return_address(request: Request) -> str:
    return f"{own_address(request)}/sign-in/return"


async def _at_this_screen(
    request: Request, connection: AsyncConnection
) -> tuple[SignedIn | None, bool]:
    """Whose screen this is, and whether it locked meanwhile."""
    session_id = sessions.session_id_of(request)
    if session_id is None:
        return None, False
    here = await sessions.remembered(connection, session_id)
    awake = await sessions.signed_in(connection, session_id, stays=False)
    return here, here is not None and awake is None


async def _assert_from(issuer: Issuer, iss: str | None) -> None:
    """The answer names its issuer, where the issuer says that its answers do (RFC 9207)."""
    named = (await issuer.metadata()).get("authorization_response_iss_parameter_supported")
    if (named or iss is not None) and iss != issuer.url:
        raise TokenRefusedError("the answer is another issuer's")


async def _proven(
    request: Request, issuer: Issuer, attempt: Attempt, code: str
) -> tuple[Proven, Any]:
    tokens = await issuer.redeem(
        code, verifier=attempt.verifier, redirect_uri=return_address(request)
    )
    told = await issuer.id_claims(tokens, nonce=attempt.nonce, max_age=attempt.max_age)
    proof = claims.proof(told)
    kept = {name: tokens[name] for name in ("id_token", "refresh_token") if name in tokens}
    return Proven(
        subject=proof.subject,
        sid=proof.sid,
        # An issuer that does not say when has just now let them in, as far as anybody knows, only
        # if it was asked for a proof of this moment; otherwise it counts as long ago.
        at=proof.at or (time.time() if attempt.max_age == 0 else 0.0),
        methods=proof.methods,
        tokens=kept,
    ), told


async def _open(
    request: Request,
    connection: AsyncConnection,
    who: tuple[Actor, str],
    proven: Proven,
) -> str:
    """A session with a new id; what this browser had before is over, whoever's it was."""
    actor, name = who
    old_id = sessions.session_id_of(request)
    before = None
    if old_id is not None:
        before = await sessions.remembered(connection, old_id)
        await sessions.sign_out(connection, old_id)
    spanish = request.headers.get("accept-language", "").lower().startswith("es")
    return await sessions.sign_in(
        connection,
        actor,
        name,
        language=before.language if before else ("es" if spanish else "en"),
        theme=before.theme if before else "light",
        proven=proven,
    )


def _sorry(request: Request, why: str, status: int) -> HTMLResponse:
    return HTMLResponse(render(request, "door.html", None, {"why": why}), status_code=status)


def tokens_of(person: SignedIn, session_id: str) -> dict[str, str]:
    """What the issuer gave with this sign-in."""
    found = opened(person.sealed, session_id) if person.sealed else None
    return found if isinstance(found, dict) else {}
