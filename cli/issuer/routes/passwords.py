"""A person's own password: offered after one that was printed for them, and whenever they like."""

from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from cli.issuer import accounts, endings, passwords, sign_ins, trying
from cli.issuer.office import keep, office, show, somebody, who_is_here
from cli.issuer.sign_ins import SignIn
from cli.issuer.trying import TOO_OFTEN, TooOftenError, tries_of

router = APIRouter()

_log = structlog.get_logger()

NOT_RIGHT: Final = "Your present password is another one."
NOT_THE_SAME: Final = "The new password was not typed the same way twice."
THE_OLD_ONE: Final = "This is your present password. Take another one."

Text = Annotated[str, Form(max_length=passwords.MOST)]


@router.get("/password")
async def asked(request: Request) -> Response:
    """The form. With a service's request behind it, the way there stays open."""
    async with office(request).engine.begin() as connection:
        sign_in = await who_is_here(request, connection)
    if sign_in is None or sign_in.asleep:
        return show(request, "left.html")
    return _form(request, sign_in)


@router.post("/password")
async def change(
    request: Request, form_token: Text = "", old: Text = "", new: Text = "", again: Text = ""
) -> Response:
    """Take a new password; whatever else was opened with the old one ends."""
    here = office(request)
    async with here.engine.begin() as connection:
        sign_in = await somebody(request, connection, form_token)
    account, action = sign_in.account, "change_password"
    tries = tries_of(request, account.login)
    try:
        right = await trying.password(here, tries, account.login, old, action)
    except TooOftenError as wait:
        return wait.on(_form(request, sign_in, TOO_OFTEN))
    mistake = NOT_RIGHT if right is None else _mistake(account, old, new, again)
    if mistake is not None:
        return _form(request, sign_in, mistake, status=422)
    async with here.engine.begin() as connection:
        await accounts.keep_password(connection, account.id, new)
        await endings.end_others_of(connection, account.id, sign_in.sid, here.clients)
        _, kept = await sign_ins.begin(connection, account, ["pwd"], sign_in)
        await here.audited.did(connection, account, action, "pwd")
    here.notices.hurry()
    _log.info("password_changed", role=account.role)
    way = f"/authorize?{request.url.query}" if request.url.query else "/?changed=password"
    response = RedirectResponse(way, status_code=303)
    keep(response, kept)
    return response


def _mistake(account: accounts.Account, old: str, new: str, again: str) -> str | None:
    if passwords.normal(new) != passwords.normal(again):
        return NOT_THE_SAME
    if passwords.normal(new) == passwords.normal(old):
        return THE_OLD_ONE
    return passwords.why_not(new, (account.login, account.name))


def _form(
    request: Request, sign_in: SignIn, mistake: str | None = None, status: int = 200
) -> HTMLResponse:
    return show(
        request,
        "password.html",
        status=status,
        sign_in=sign_in,
        query=request.url.query,
        mistake=mistake,
    )
