"""What whoever runs the clinic may do with accounts: for programs that hold the clinic's secret."""

import hmac
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer import accounts, endings, second_factors, trying
from cli.issuer.accounts import Account
from cli.issuer.office import Office, office
from shared.web.texts import NO_NUL

_log = structlog.get_logger()


async def _administrator(request: Request) -> Office:
    here = office(request)
    told = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    if not hmac.compare_digest(told, here.administration_secret.encode()):
        await trying.administration(here)
        raise HTTPException(401, "This needs the clinic's administration secret.")
    return here


router = APIRouter(prefix="/administration")
Administered = Annotated[Office, Depends(_administrator)]
Login = Annotated[str, Path(max_length=200, pattern=NO_NUL)]


class Person(BaseModel):
    """Somebody who is to have an account."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    role: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=NO_NUL)]
    ref: UUID


class People(BaseModel):
    """Invented people of a sandbox, or (``demo`` false) real ones."""

    model_config = ConfigDict(extra="forbid")

    people: list[Person]
    demo: bool = False


@router.get("/accounts")
async def listed(here: Administered) -> list[dict[str, Any]]:
    async with here.engine.begin() as connection:
        return [
            {"login": one.login, "name": one.name, "role": one.role, "disabled": one.disabled}
            for one in await accounts.everybody(connection)
        ]


@router.get("/status")
async def status(here: Administered) -> dict[str, float]:
    """What is owed: a checkpoint of the audit since when, and ends that services do not know of."""
    async with here.engine.begin() as connection:
        waiting = await endings.untold(connection)
    return {"seconds_checkpoint_owed": here.checkpoints.owed_seconds, "notices_waiting": waiting}


@router.post("/accounts")
async def add(body: People, here: Administered) -> list[dict[str, str]]:
    """Accounts for those who have none; the answer is the only place where their passwords are."""
    if body.demo and (why := here.settings.why_no_demo_accounts()):
        raise HTTPException(409, f"Demo accounts are refused: {why}.")
    made = []
    async with here.engine.begin() as connection:
        for one in body.people:
            added = await accounts.add(
                connection, name=one.name, role=one.role, ref=one.ref, demo=body.demo
            )
            if added is not None:
                made.append({"ref": str(one.ref), "login": added[0], "password": added[1]})
        for whose in made:
            await here.audited.administered(connection, "add_account", UUID(whose["ref"]))
    return made


@router.post("/accounts/{login}/password")
async def renew_password(login: Login, here: Administered) -> dict[str, str]:
    """A new random password; the old one is dead, and so is whatever was opened with it."""
    async with here.engine.begin() as connection:
        account = await _found(connection, login)
        password = await accounts.renew_password(connection, login)
        await _end(connection, here, account)
        await here.audited.administered(connection, "renew_password", account.ref)
    return {"login": login, "password": password}


@router.post("/accounts/{login}/end")
async def end(login: Login, here: Administered) -> dict[str, str]:
    """End everything that somebody is signed in with, everywhere."""
    async with here.engine.begin() as connection:
        account = await _found(connection, login)
        await _end(connection, here, account)
        await here.audited.administered(connection, "end_sign_ins", account.ref)
    return {"login": login, "state": "signed out"}


@router.post("/accounts/{login}/disable")
async def disable(login: Login, here: Administered) -> dict[str, str]:
    """Shut an account, and end everything that it is signed in with."""
    async with here.engine.begin() as connection:
        account = await _found(connection, login)
        await accounts.set_disabled(connection, login, disabled=True)
        await _end(connection, here, account)
        await here.audited.administered(connection, "disable_account", account.ref)
    return {"login": login, "state": "disabled"}


@router.post("/accounts/{login}/enable")
async def enable(login: Login, here: Administered) -> dict[str, str]:
    async with here.engine.begin() as connection:
        account = await _found(connection, login)
        await accounts.set_disabled(connection, login, disabled=False)
        await here.audited.administered(connection, "enable_account", account.ref)
    return {"login": login, "state": "enabled"}


@router.post("/accounts/{login}/remove-code")
async def remove_code(login: Login, here: Administered) -> dict[str, str]:
    """Somebody's device is lost: their password alone lets them in again."""
    async with here.engine.begin() as connection:
        account = await _found(connection, login)
        await second_factors.remove(connection, account.id)
        await _end(connection, here, account)
        await here.audited.administered(connection, "remove_second_factor", account.ref)
    return {"login": login, "state": "asked for no code"}


async def _found(connection: AsyncConnection, login: str) -> Account:
    account = await accounts.by_login(connection, login)
    if account is None:
        raise HTTPException(404, f"Nobody signs in as {login}.")
    return account


async def _end(connection: AsyncConnection, here: Office, account: Account) -> None:
    await endings.end_all_of(connection, account.id, here.clients)
    here.notices.hurry()
    _log.info("everything_ended", role=account.role)
