"""Programs: registered, given another secret and ended by whoever holds the clinic's secret."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer import endings, programs
from cli.issuer.programs import Program
from cli.issuer.routes.administration import Administered
from shared.web.texts import NO_NUL

router = APIRouter(prefix="/administration/programs")

_log = structlog.get_logger()


class Wanted(BaseModel):
    """A program that is to be registered."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=NO_NUL)]
    role: str


@router.get("")
async def listed(here: Administered) -> list[dict[str, Any]]:
    async with here.engine.begin() as connection:
        return [
            {"id": str(one.id), "name": one.name, "role": one.role, "ended": one.ended}
            for one in await programs.everyone(connection)
        ]


@router.post("")
async def add(body: Wanted, here: Administered) -> dict[str, str]:
    """Register one; the answer is the only place where its secret is."""
    if body.role not in programs.ROLES:
        known = ", ".join(sorted(programs.ROLES))
        raise HTTPException(422, f"A program may be one of {known}.")
    async with here.engine.begin() as connection:
        made, secret = await programs.add(connection, body.name, body.role)
        await here.audited.administered(connection, "add_program", made)
    _log.info("program_added", role=body.role)
    return {"id": str(made), "secret": secret}


@router.post("/{program_id}/secret")
async def renew_secret(program_id: str, here: Administered) -> dict[str, str]:
    """Another secret; the old one is dead, and so is whatever was got with it."""
    async with here.engine.begin() as connection:
        found = await _found(connection, program_id)
        secret = await programs.renew_secret(connection, found.id)
        await endings.end_all_of(connection, found.id, here.clients)
        await here.audited.administered(connection, "renew_secret", found.id)
    here.notices.hurry()
    return {"id": program_id, "secret": secret}


@router.post("/{program_id}/end")
async def end(program_id: str, here: Administered) -> dict[str, str]:
    """It gets no token any more, and the services take none that it has."""
    async with here.engine.begin() as connection:
        found = await _found(connection, program_id)
        await programs.end(connection, found.id)
        await endings.end_all_of(connection, found.id, here.clients)
        await here.audited.administered(connection, "end_program", found.id)
    here.notices.hurry()
    return {"id": program_id, "state": "ended"}


async def _found(connection: AsyncConnection, program_id: str) -> Program:
    found = await programs.by_id(connection, program_id)
    if found is None or found.ended:
        raise HTTPException(404, f"No program is registered as {program_id}.")
    return found
