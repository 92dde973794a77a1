"""What anybody may know: the endpoints, the public key, and how the issuer is."""

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy.exc import SQLAlchemyError

from cli.issuer.clients import SCOPES
from cli.issuer.keys import ALGORITHM, public_set
from cli.issuer.office import office

router = APIRouter()


@router.get("/.well-known/openid-configuration")
async def discovery(request: Request) -> dict[str, Any]:
    """OpenID Connect Discovery 1.0."""
    issuer = office(request).settings.oidc_issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "revocation_endpoint": f"{issuer}/revoke",
        "jwks_uri": f"{issuer}/jwks.json",
        "end_session_endpoint": f"{issuer}/end-session",
        "scopes_supported": sorted(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": ["pwd", "mfa", "phr"],
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }


@router.get("/jwks.json")
async def keys(request: Request) -> dict[str, Any]:
    return public_set(office(request).key)


@router.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/health/ready")
async def ready(request: Request) -> Response:
    """Whether it can let anybody in: its database answers."""
    try:
        async with office(request).engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1 FROM accounts LIMIT 1"))
    except (SQLAlchemyError, OSError):
        return JSONResponse({"status": "database away"}, status_code=503)
    return JSONResponse({"status": "ok"})
