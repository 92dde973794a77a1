"""Programs: an access token of the issuer says who they act as, and when that was proved."""

import time

import structlog
from fastapi import HTTPException, Request

from shared.storage import Actor
from shared.web.sign_in import claims, endings
from shared.web.sign_in.claims import TokenRefusedError
from shared.web.sign_in.issuer import Issuer, IssuerAwayError

_log = structlog.get_logger()


async def bearer(request: Request, token: str) -> tuple[Actor | None, float | None]:
    """Who a bearer token stands for, and how many seconds ago they proved it."""
    issuer: Issuer | None = request.app.state.issuer
    if issuer is None or token.count(".") != 2:
        return None, None
    try:
        told = await issuer.access_claims(token)
        actor, _ = issuer.claim_map.person(told)
    except TokenRefusedError as refused:
        _log.warning("token_refused", reason=str(refused))
        return None, None
    except IssuerAwayError as away:
        _log.warning("issuer_away", error=str(away))
        raise HTTPException(503, "The issuer of this token does not answer.") from away
    proof = claims.proof(told)
    async with request.app.state.service.database.engine.begin() as connection:
        if await endings.ended_since(connection, proof.subject, float(told["iat"])):
            return None, None
    return actor, None if proof.at is None else time.time() - proof.at
