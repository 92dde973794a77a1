"""Where services send people: who they are is proved here, and they go back with a code."""

import secrets
from typing import Annotated, Final

import structlog
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from cli.issuer import second_factors, trying
from cli.issuer.entrance import (
    admitted,
    ask_for_code,
    asked_at_own_door,
    asked_by,
    door,
    go_back,
    has_to_prove,
    onward,
    refused,
)
from cli.issuer.office import office, who_is_here
from cli.issuer.trying import TOO_OFTEN, TooOftenError, tries_of
from shared.web.texts import NO_NUL

router = APIRouter()

_log = structlog.get_logger()

NOT_KNOWN: Final = "That name and password do not belong together."


@router.get("/authorize")
async def ask(request: Request) -> Response:
    """Go on at once where the person is known and nothing asks for more; else ask who they are."""
    here = office(request)
    asked = asked_by(request)
    async with here.engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
    try:
        grant = here.protocol.get_consent_grant(asked, sign_in)
        if sign_in is not None and not has_to_prove(asked, sign_in, grant.prompt):
            return await go_back(here, asked, grant, sign_in)
        if asked.payload.data.get("prompt") == "none":
            raise LoginRequiredError(redirect_uri=grant.redirect_uri)
    except OAuth2Error as error:
        return refused(request, asked, error)
    return door(request, sign_in)


@router.post("/authorize")
async def enter(
    request: Request,
    login: Annotated[str, Form(max_length=200, pattern=NO_NUL)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    form_token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a name and a password, and send the person back with a code."""
    here = office(request)
    wanted = asked_at_own_door(request, form_token)
    if isinstance(wanted, Response):
        return wanted
    asked, grant = wanted
    login = login.strip().lower()
    try:
        account = await trying.password(here, tries_of(request, login), login, password, "sign_in")
    except TooOftenError as wait:
        return wait.on(door(request, None, TOO_OFTEN, login))
    if account is None:
        _log.warning("sign_in_refused")
        return door(request, None, NOT_KNOWN, login, status=422)
    async with here.engine.begin() as connection:
        if await second_factors.of(connection, account.id) is not None:
            proof = secrets.token_urlsafe(32)
            await second_factors.password_was_right(connection, account.id, proof)
            return ask_for_code(request, proof)
        sign_in, kept = await admitted(request, connection, account, ["pwd"])
    here.notices.hurry()
    return await onward(request, asked, grant, sign_in, kept)
