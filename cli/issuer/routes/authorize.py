"""Where services send people: who they are is proved here, and they go back with a code."""

from typing import Annotated, Final

import structlog
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from cli.issuer import accounts, guesses
from cli.issuer.entrance import (
    admitted,
    asked_by,
    assert_own_door,
    door,
    go_back,
    has_to_prove,
    refused,
)
from cli.issuer.office import keep, office, who_is_here
from shared.audit import Outcome

router = APIRouter()

_log = structlog.get_logger()

NOT_KNOWN: Final = "That name and password do not belong together."
TOO_OFTEN: Final = "Too many tries. Wait a little, then try again."


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
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    form_token: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Take a name and a password, and send the person back with a code."""
    here = office(request)
    assert_own_door(request, form_token)
    asked = asked_by(request)
    try:
        grant = here.protocol.get_consent_grant(asked, None)
    except OAuth2Error as error:
        return refused(request, asked, error)
    login, address = login.strip().lower(), request.client.host if request.client else ""
    tries = guesses.at_the_door(login, address)
    async with here.engine.begin() as connection:
        tried = await accounts.by_login(connection, login)
        whose = None if tried is None else tried.ref
        wait = await guesses.take(connection, tries)
        if wait is not None and wait.first:
            await here.audited.turned_away(
                connection, "sign_in", "too_many_tries", whose, outcome=Outcome.REFUSED
            )
    if wait is not None:
        _log.warning("too_many_tries", seconds=wait.seconds)
        answer = door(request, None, TOO_OFTEN, login, status=429)
        answer.headers["retry-after"] = str(wait.seconds)
        return answer
    async with here.engine.connect() as connection:
        account = await accounts.who(connection, login, password)
    if account is None:
        async with here.engine.begin() as connection:
            await here.audited.turned_away(connection, "sign_in", "password", whose)
        _log.warning("sign_in_refused")
        return door(request, None, NOT_KNOWN, login, status=422)
    async with here.engine.begin() as connection:
        await guesses.give_back(connection, tries)
        sign_in, kept = await admitted(request, connection, account, ["pwd"])
    here.notices.hurry()
    response = await go_back(here, asked, grant, sign_in)
    keep(response, kept)
    return response
