"""Authorization codes: kept as hashes, taken out by whoever comes first, dead after a minute."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from authlib.oidc.core import AuthorizationCodeMixin
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.sign_ins import SignIn, digest
from cli.issuer.tables import CODES

SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """What a code stands for: this sign-in, for this client, at this address, with this proof."""

    sign_in: SignIn
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str = "S256"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.sign_in.authenticated_at.timestamp())

    def get_acr(self) -> str:
        return acr_of(self.sign_in)

    def get_amr(self) -> list[str]:
        return list(self.sign_in.methods)


def acr_of(sign_in: SignIn) -> str:
    """``phr``, phishing-resistant, for a passkey (OpenID EAP); ``mfa`` for a password and a code;
    ``pwd`` for a password."""
    if "mfa" in sign_in.methods:
        return "mfa"
    return "pwd" if "pwd" in sign_in.methods else "phr"


async def keep(connection: AsyncConnection, code: str, what: dict[str, Any]) -> None:
    await connection.execute(sa.insert(CODES).values(code_hash=digest(code), **what))


async def take(connection: AsyncConnection, code: str) -> dict[str, Any] | None:
    """What the code stands for, once: whoever asks again, or too late, gets nothing."""
    fresh = sa.func.clock_timestamp() - sa.text(f"interval '{SECONDS} seconds'")
    row = (
        await connection.execute(
            sa.delete(CODES)
            .where(CODES.c.code_hash == digest(code))
            .returning(CODES, (CODES.c.made_at > fresh).label("fresh"))
        )
    ).one_or_none()
    if row is None or not row.fresh:
        return None
    found = row._asdict()
    return {**found, "sid": UUID(str(found["sid"]))}
