"""The second factor: asked for after a password, and set up or given up by its owner."""

import secrets
import time
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer import accounts, endings, guesses, passkeys, second_factors, trying
from cli.issuer.entrance import (
    admitted,
    ask_for_code,
    asked_at_own_door,
    door,
    onward,
)
from cli.issuer.guesses import OF_A_CODE
from cli.issuer.office import Office, office, show, somebody, who_is_here
from cli.issuer.sign_ins import SignIn
from cli.issuer.trying import TOO_OFTEN, TooOftenError, tries_of

router = APIRouter()

_log = structlog.get_logger()

METHODS: Final = ("pwd", "otp", "mfa")
"""RFC 8176."""
NOT_THIS_CODE: Final = "That code is another one, or was used. Type the one that is shown now."
TOO_LATE: Final = "That took too long. Type your password once more."
NOT_RIGHT: Final = "Your password is another one."

Text = Annotated[str, Form(max_length=1000)]


@router.post("/authorize/code")
async def enter(
    request: Request, form_token: Text = "", proof: Text = "", code: Text = ""
) -> Response:
    """Take the code of somebody whose password was right, and send them back to the service."""
    here = office(request)
    wanted = asked_at_own_door(request, form_token)
    if isinstance(wanted, Response):
        return wanted
    asked, grant = wanted
    async with here.engine.begin() as connection:
        account_id = await second_factors.whose_password_was_right(connection, proof)
        account = None if account_id is None else await accounts.by_id(connection, account_id)
    if account is None:
        return door(request, None, TOO_LATE, status=422)
    tries = (*tries_of(request, account.login), OF_A_CODE.of(account.login))
    try:
        await trying.take(here, tries, "sign_in", account.ref)
    except TooOftenError as wait:
        return wait.on(ask_for_code(request, proof, TOO_OFTEN))
    async with here.engine.begin() as connection:
        if not await _is_right(here, connection, account, code):
            await here.audited.turned_away(connection, "sign_in", "code", account.ref)
            return ask_for_code(request, proof, NOT_THIS_CODE, status=422)
        await second_factors.forget_password(connection, proof)
        await guesses.give_back(connection, tries)
        sign_in, kept = await admitted(request, connection, account, METHODS)
    here.notices.hurry()
    return await onward(request, asked, grant, sign_in, kept)


async def _is_right(
    here: Office, connection: AsyncConnection, account: accounts.Account, code: str
) -> bool:
    """Whether this is their code, which it is once."""
    factor = await second_factors.of(connection, account.id)
    if factor is None:
        return False
    secret = second_factors.secret_of(here.second_factor_key, factor.salt)
    step = second_factors.step_of(secret, code, time.time(), factor.last_step)
    if step is not None:
        await second_factors.used(connection, account.id, step)
    return step is not None


@router.get("/second-factor")
async def asked_for(request: Request) -> Response:
    """What an app needs to count codes, or since when one does."""
    async with office(request).engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
    if sign_in is None or sign_in.asleep:
        return show(request, "left.html")
    return await _form(request, sign_in)


@router.post("/second-factor")
async def add(
    request: Request,
    form_token: Text = "",
    challenge: Text = "",
    password: Text = "",
    code: Text = "",
) -> Response:
    """From now on a password is followed by a code: this one has shown that it can be counted."""
    here, sign_in = await _proved(request, form_token, password, "add_second_factor")
    if isinstance(sign_in, Response):
        return sign_in
    async with here.engine.begin() as connection:
        salt = await passkeys.challenge_of(connection, challenge)
        secret = second_factors.secret_of(here.second_factor_key, salt or secrets.token_bytes(32))
        step = second_factors.step_of(secret, code, time.time(), after=0)
        if salt is not None and step is not None:
            await passkeys.take_challenge(connection, challenge)
            await second_factors.keep(connection, sign_in.account.id, salt, step)
            await _end_others(here, connection, sign_in)
            await here.audited.did(connection, sign_in.account, "add_second_factor", "pwd")
    if salt is None or step is None:
        return await _form(request, sign_in, NOT_THIS_CODE, challenge, status=422)
    here.notices.hurry()
    _log.info("second_factor_added", role=sign_in.account.role)
    return RedirectResponse("/?changed=second-factor", status_code=303)


@router.post("/second-factor/remove")
async def remove(request: Request, form_token: Text = "", password: Text = "") -> Response:
    """Back to the password alone."""
    here, sign_in = await _proved(request, form_token, password, "remove_second_factor")
    if isinstance(sign_in, Response):
        return sign_in
    async with here.engine.begin() as connection:
        await second_factors.remove(connection, sign_in.account.id)
        await _end_others(here, connection, sign_in)
        await here.audited.did(connection, sign_in.account, "remove_second_factor", "pwd")
    here.notices.hurry()
    return RedirectResponse("/?changed=second-factor", status_code=303)


async def _proved(
    request: Request, form_token: str, password: str, action: str
) -> tuple[Office, SignIn | Response]:
    """Whoever is signed in here and knows the password, or what is answered to who does not."""
    here = office(request)
    async with here.engine.begin() as connection:
        sign_in = await somebody(request, connection, form_token)
    login = sign_in.account.login
    try:
        right = await trying.password(here, tries_of(request, login), login, password, action)
    except TooOftenError as wait:
        return here, wait.on(await _form(request, sign_in, TOO_OFTEN))
    if right is None:
        return here, await _form(request, sign_in, NOT_RIGHT, status=422)
    return here, sign_in


async def _end_others(here: Office, connection: AsyncConnection, sign_in: SignIn) -> None:
    """What was opened by the ways in that there were before is over."""
    await endings.end_others_of(connection, sign_in.account.id, sign_in.sid, here.clients)


async def _form(
    request: Request,
    sign_in: SignIn,
    mistake: str | None = None,
    challenge: str = "",
    status: int = 200,
) -> HTMLResponse:
    here = office(request)
    async with here.engine.begin() as connection:
        factor = await second_factors.of(connection, sign_in.account.id)
        salt = await passkeys.challenge_of(connection, challenge)
        if salt is None:
            challenge, salt = await passkeys.new_challenge(connection)
    secret = second_factors.secret_of(here.second_factor_key, salt)
    return show(
        request,
        "second_factor.html",
        status=status,
        here="/second-factor",
        sign_in=sign_in,
        factor=factor,
        challenge=challenge,
        typed_in=second_factors.typed_in(secret),
        address=second_factors.address(secret, sign_in.account.login),
        mistake=mistake,
    )
