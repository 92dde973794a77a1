"""What the issuer signs: ID tokens for a service, access tokens for the JSON API."""

import secrets
import time
from typing import Any, Final

from authlib.oauth2 import OAuth2Request
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import ECKey

from cli.issuer.accounts import Account
from cli.issuer.clients import Client
from cli.issuer.codes import acr_of
from cli.issuer.keys import ALGORITHM
from cli.issuer.programs import Program
from cli.issuer.sign_ins import SignIn
from shared.web.sign_in.claims import AUDIENCE, NAME, REF, ROLE

ACCESS_TOKEN_SECONDS: Final = 45
"""With what a service forgives its clock, less than the minute after which nothing of an ended
sign-in or program opens anything, even where no notice of it came (E8)."""
ID_TOKEN_SECONDS: Final = 300


class IdTokens(OpenIDCode):  # type: ignore[misc]
    def __init__(self, issuer: str, key: ECKey) -> None:
        super().__init__(require_nonce=True)
        self._issuer = issuer
        self._key = key

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """Whether it is new is for the client to say, who has it in a row that is used once."""
        return False

    def resolve_client_private_key(self, client: Client) -> ECKey:
        return self._key

    def get_client_algorithm(self, client: Client) -> str:
        return ALGORITHM

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self._key.kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self._issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + ID_TOKEN_SECONDS,
        }

    def generate_user_info(self, user: SignIn, scope: str) -> UserInfo:
        return UserInfo({"sub": str(user.account.id), "sid": str(user.sid), **person(user.account)})


class AccessTokens(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Tokens for the JSON API: short, and with the time at which somebody proved who they are."""

    def __init__(self, issuer: str, key: ECKey) -> None:
        super().__init__(
            issuer,
            ALGORITHM,
            refresh_token_generator=lambda **_: secrets.token_urlsafe(32),
            expires_generator=lambda _client, _grant: ACCESS_TOKEN_SECONDS,
        )
        self._key = key

    def get_jwks(self) -> ECKey:
        return self._key

    def get_audiences(self, client: Client | Program, user: SignIn | None, scope: str) -> str:
        return AUDIENCE

    def get_auth_time(self, user: SignIn | None) -> int | None:
        """None for a program by itself: no person has proved anything."""
        return None if user is None else int(user.authenticated_at.timestamp())

    def get_acr(self, user: SignIn | None) -> str | None:
        return None if user is None else acr_of(user)

    def get_amr(self, user: SignIn | None) -> list[str] | None:
        return None if user is None else list(user.methods)

    def get_extra_claims(
        self,
        client: Client | Program,
        grant_type: str,
        user: SignIn | None,
        scope: str,
    ) -> dict[str, Any]:
        if isinstance(client, Program):
            return {NAME: client.name, ROLE: client.role, REF: str(client.ref)}
        if user is None:
            raise RuntimeError("a service asked for a token of nobody")
        return {"sid": str(user.sid), **person(user.account)}


def person(account: Account) -> dict[str, str]:
    """What services are told of somebody."""
    return {NAME: account.name, ROLE: account.role, REF: str(account.ref)}
