"""What an issuer's tokens have to say before anything of them is believed.

Signatures are joserfc's, the rules of an ID token are Authlib's. Only two algorithms are accepted,
whatever a token says of itself, and only keys of the issuer's own set.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.storage import Actor

ALGORITHMS: Final = ("ES256", "RS256")
AUDIENCE: Final = "careteam"
NAME: Final = "name"
ROLE: Final = "careteam_role"
REF: Final = "careteam_ref"
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
EXCEPT: Final = "except_sid"
"""In the event of a logout token about a whole person: the one sitting that goes on."""
LEEWAY_SECONDS: Final = 60
ACCESS_LEEWAY_SECONDS: Final = 10
"""How far an issuer's clock may be from ours: an access token opens so much longer than it says."""


class TokenRefusedError(Exception):
    """A token that proves nothing here; the text is for logs and names no person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMap:
    """Where an issuer says who somebody is, and which of its words mean which role of ours."""

    role: str = ROLE
    ref: str = REF
    name: str = NAME
    roles: Mapping[str, str] | None = None

    def person(self, claims: Mapping[str, Any]) -> tuple[Actor, str]:
        """The actor and their name. Exactly one role: nobody acts as two people at once."""
        told = claims.get(self.role)
        words = told if isinstance(told, list) else [told]
        known = [word for word in words if isinstance(word, str)]
        roles = (
            set(known)
            if self.roles is None
            else {self.roles[word] for word in known if word in self.roles}
        )
        if len(roles) != 1:
            raise TokenRefusedError(f"claim {self.role} names {len(roles)} roles of this clinic")
        try:
            ref = UUID(str(claims[self.ref]))
        except (KeyError, ValueError):
            raise TokenRefusedError(f"claim {self.ref} is no UUID") from None
        return Actor(roles.pop(), ref), str(claims.get(self.name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Who was authenticated, when (seconds since 1970), how, and in which sitting at the issuer."""

    subject: str
    sid: str | None
    at: float | None
    methods: tuple[str, ...]


def id_token(
    token: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    max_age: int | None,
) -> Mapping[str, Any]:
    """The claims of an ID token that was made for this client and this attempt, just now."""
    decoded = _decoded(token, keys)
    if decoded.header.get("typ", "JWT") != "JWT":
        raise TokenRefusedError("not an ID token")
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
    }
    told = {
        "nonce": nonce,
        "client_id": client_id,
        "access_token": access_token,
        "max_age": max_age,
    }
    claims = CodeIDToken(decoded.claims, decoded.header, options, told)
    try:
        claims.validate(leeway=LEEWAY_SECONDS)
    except JoseError as error:
        raise TokenRefusedError(f"ID token: {error.error}") from error
    if max_age is not None and time.time() - float(claims["auth_time"]) > max_age + LEEWAY_SECONDS:
        raise TokenRefusedError("ID token: authenticated too long ago")
    return dict(claims)


def access_token(token: str, keys: KeySet, *, issuer: str, audience: str) -> Mapping[str, Any]:
    """The claims of an access token for our API (RFC 9068)."""
    decoded = _decoded(token, keys)
    if str(decoded.header.get("typ", "")).removeprefix("application/") != "at+jwt":
        raise TokenRefusedError("not an access token")
    _hold(decoded.claims, issuer=issuer, audience=audience, leeway=ACCESS_LEEWAY_SECONDS)
    return decoded.claims


def logout_token(token: str, keys: KeySet, *, issuer: str, client_id: str) -> Mapping[str, Any]:
    """The claims of a logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""
    decoded = _decoded(token, keys)
    claims = decoded.claims
    _hold(claims, issuer=issuer, audience=client_id)
    events = claims.get("events")
    event = events.get(LOGOUT_EVENT) if isinstance(events, dict) else None
    if not isinstance(event, dict) or "nonce" in claims:
        raise TokenRefusedError("not a logout token")
    if not (claims.get("sub") or claims.get("sid")):
        raise TokenRefusedError("a logout token of nobody")
    return claims


def proof(claims: Mapping[str, Any]) -> Proof:
    """Who was authenticated, as checked claims say."""
    at, methods = claims.get("auth_time"), claims.get("amr")
    return Proof(
        subject=str(claims["sub"]),
        sid=str(claims["sid"]) if claims.get("sid") else None,
        at=float(at) if isinstance(at, int | float) else None,
        methods=tuple(str(one) for one in methods) if isinstance(methods, list) else (),
    )


def _decoded(token: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError) as error:
        raise TokenRefusedError(f"signature: {type(error).__name__}") from error


def _hold(
    claims: dict[str, Any], *, issuer: str, audience: str, leeway: int = LEEWAY_SECONDS
) -> None:
    registry = jwt.JWTClaimsRegistry(
        leeway=leeway,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": False},
    )
    try:
        registry.validate(claims)
    except JoseError as error:
        raise TokenRefusedError(f"claims: {error.error}") from error
