"""What whoever runs the clinic may do with accounts: for programs that hold the clinic's secret."""

import hmac
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel, ConfigDict

from cli.issuer import accounts, endings
from cli.issuer.office import Office, office

_log = structlog.get_logger()


def _administrator(request: Request) -> Office:
    here = office(request)
    told = request.headers.get("authorization", "").removeprefix("Bearer ").encode()
    if not hmac.compare_digest(told, here.administration_secret.encode()):
        raise HTTPException(401, "This needs the clinic's administration secret.")
    return here


router = APIRouter(prefix="/administration")
Administered = Annotated[Office, Depends(_administrator)]


class Person(BaseModel):
    """Somebody who is to have an account."""

    model_config = ConfigDict(extra="forbid")

    name: str
    role: str
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
    return made


@router.post("/accounts/{login}/password")
async def renew_password(login: str, here: Administered) -> dict[str, str]:
    """A new random password; the old one is dead, and so is whatever was opened with it."""
    async with here.engine.begin() as connection:
        password = await accounts.renew_password(connection, login)
        if password is None:
            raise HTTPException(404, f"Nobody signs in as {login}.")
        await _end(connection, here, login)
    return {"login": login, "password": password}


@router.post("/accounts/{login}/end")
async def end(login: str, here: Administered) -> dict[str, str]:
    """End everything that somebody is signed in with, everywhere."""
    async with here.engine.begin() as connection:
        await _end(connection, here, login)
    return {"login": login, "state": "signed out"}


@router.post("/accounts/{login}/disable")
async def disable(login: str, here: Administered) -> dict[str, str]:
    """Shut an account, and end everything that it is signed in with."""
    async with here.engine.begin() as connection:
        await accounts.set_disabled(connection, login, disabled=True)
        await _end(connection, here, login)
    return {"login": login, "state": "disabled"}


@router.post("/accounts/{login}/enable")
async def enable(login: str, here: Administered) -> dict[str, str]:
    async with here.engine.begin() as connection:
        if await accounts.set_disabled(connection, login, disabled=False) is None:
            raise HTTPException(404, f"Nobody signs in as {login}.")
    return {"login": login, "state": "enabled"}


async def _end(connection: Any, here: Office, login: str) -> None:
    found = [one for one in await accounts.everybody(connection) if one.login == login]
    if not found:
        raise HTTPException(404, f"Nobody signs in as {login}.")
    await endings.end_all_of(connection, found[0].id, here.clients)
    here.notices.hurry()
    _log.info("everything_ended", role=found[0].role)
