"""Passkeys: made by somebody who is signed in, and a way in without a password."""

from types import ModuleType
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from cli.issuer import accounts, endings, passkeys
from cli.issuer.entrance import admitted, asked_at_own_door, assert_own_door, door, go_back
from cli.issuer.office import keep, office, somebody

router = APIRouter()

_log = structlog.get_logger()

NOT_USED: Final = "The passkey was not used. Try again, or sign in with your password."
METHODS: Final = ("swk", "user")
"""A key in a device, and the person unlocked it (RFC 8176)."""

Text = Annotated[str, Form(max_length=20000)]


def _ceremonies() -> ModuleType:
    """Imported when first needed: half a second and ten MiB that most starts never pay."""
    from cli.issuer import ceremonies  # noqa: PLC0415

    return ceremonies


@router.post("/passkeys/challenge")
async def challenge(request: Request, form_token: Text = "") -> dict[str, Any]:
    """What a passkey answers at the door."""
    assert_own_door(request, form_token)
    here = office(request)
    async with here.engine.begin() as connection:
        kept, made = await passkeys.new_challenge(connection)
    return {"challenge": kept, "options": _ceremonies().options_to_use(here.settings, made)}


@router.post("/authorize/passkey")
async def enter(
    request: Request, form_token: Text = "", credential: Text = "", challenge: Text = ""
) -> Response:
    """Take a passkey's answer, and send the person back with a code."""
    here = office(request)
    wanted = asked_at_own_door(request, form_token)
    if isinstance(wanted, Response):
        return wanted
    asked, grant = wanted
    async with here.engine.begin() as connection:
        expected = await passkeys.take_challenge(connection, challenge)
        named = _ceremonies().named(credential)
        passkey = await passkeys.by_id(connection, named) if expected and named else None
        count = (
            _ceremonies().used(here.settings, passkey, credential, expected) if passkey else None
        )
        account = None
        if passkey is not None and count is not None:
            await passkeys.used(connection, passkey, count)
            account = await accounts.by_id(connection, passkey.account_id)
        if passkey is not None and account is None:
            whose = await accounts.ref_of(connection, passkey.account_id)
            await here.audited.turned_away(connection, "sign_in", "passkey", whose)
    if account is None:
        _log.warning("passkey_refused")
        return door(request, None, NOT_USED, status=422)
    async with here.engine.begin() as connection:
        sign_in, kept = await admitted(request, connection, account, METHODS)
    here.notices.hurry()
    response = await go_back(here, asked, grant, sign_in)
    keep(response, kept)
    return response


@router.post("/passkeys/new")
async def new(request: Request, form_token: Text = "") -> dict[str, Any]:
    """What a new passkey signs."""
    here = office(request)
    async with here.engine.begin() as connection:
        sign_in = await somebody(request, connection, form_token)
        known = list(await passkeys.of(connection, sign_in.account.id))
        kept, made = await passkeys.new_challenge(connection)
    options = _ceremonies().options_to_make(here.settings, sign_in.account, made, known)
    return {"challenge": kept, "options": options}


@router.post("/passkeys")
async def add(
    request: Request, form_token: Text = "", credential: Text = "", challenge: Text = ""
) -> Response:
    """Keep a new passkey's public half."""
    here = office(request)
    async with here.engine.begin() as connection:
        sign_in = await somebody(request, connection, form_token)
        expected = await passkeys.take_challenge(connection, challenge)
        made = _ceremonies().made(here.settings, credential, expected) if expected else None
        if made is None:
            raise HTTPException(422, "No passkey was made.")
        await passkeys.keep(connection, sign_in.account.id, *made)
        await here.audited.did(connection, sign_in.account, "add_passkey", "sign_in")
    _log.info("passkey_added", role=sign_in.account.role)
    return RedirectResponse("/", status_code=303)


@router.post("/passkeys/remove")
async def remove(request: Request, form_token: Text = "", credential_id: Text = "") -> Response:
    """A device was lost, or given away; with it goes whatever else is signed in."""
    here = office(request)
    async with here.engine.begin() as connection:
        sign_in = await somebody(request, connection, form_token)
        try:
            which = bytes.fromhex(credential_id)
        except ValueError:
            raise HTTPException(422, "This form was not understood.") from None
        await passkeys.remove(connection, sign_in.account.id, which)
        await endings.end_others_of(connection, sign_in.account.id, sign_in.sid, here.clients)
        await here.audited.did(connection, sign_in.account, "remove_passkey", "sign_in")
    here.notices.hurry()
    return RedirectResponse("/", status_code=303)
