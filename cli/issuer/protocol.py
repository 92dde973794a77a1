"""OpenID Connect by Authlib: its grants decide, and what they need is read before and kept after.

Authlib asks and answers at once, a database does not. So a route reads what a request may name (a
code, a refresh token) first, hands it over with the request, and writes what Authlib has made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Request,
    TokenMixin,
)
from authlib.oauth2.rfc6749.grants import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from joserfc.jwk import ECKey

from cli.issuer import programs
from cli.issuer.clients import SCOPES, Client
from cli.issuer.codes import Code
from cli.issuer.programs import Program
from cli.issuer.sign_ins import SignIn
from cli.issuer.tokens import AccessTokens, IdTokens


@dataclass(slots=True)
class Answer:
    """What Authlib answers, before it is one of the web framework's."""

    status: int
    body: Any
    headers: Sequence[tuple[str, str]]

    @property
    def location(self) -> str | None:
        return dict(self.headers).get("Location")

    @location.setter
    def location(self, target: str) -> None:
        self.headers = [("Location", target)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal(TokenMixin):  # type: ignore[misc]
    """A refresh token and the sign-in that it is of."""

    sign_in: SignIn
    client_id: str
    scope: str

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.client_id


class Request(OAuth2Request):  # type: ignore[misc]
    """A request in Authlib's words, with what was read for it and what is to be kept after it."""

    def __init__(
        self,
        method: str,
        uri: str,
        fields: Sequence[tuple[str, str]],
        headers: Mapping[str, str] | None = None,
        *,
        code: Code | None = None,
        renewal: Renewal | None = None,
    ) -> None:
        basic = (headers or {}).get("authorization")
        super().__init__(method, uri, headers={"Authorization": basic})
        self._fields = dict(fields)
        self.payload = _Payload(fields)
        self.program: Program | None = None
        self.code = code
        self.renewal = renewal
        self.made_code: dict[str, Any] | None = None
        self.made_token: dict[str, Any] | None = None

    @property
    def form(self) -> dict[str, str]:
        return self._fields


class _Payload(BasicOAuth2Payload):  # type: ignore[misc]
    def __init__(self, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__(dict(fields))
        self._datalist: dict[str, list[str]] = {}
        for name, value in fields:
            self._datalist.setdefault(name, []).append(value)


class _ProvenCodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """A code for a client that proves itself, twice: by its secret, and by PKCE's."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: Request) -> None:
        request.made_code = {
            "code": code,
            "sid": request.user.sid,
            "client_id": request.client.client_id,
            "redirect_uri": request.payload.redirect_uri,
            "scope": request.scope,
            "nonce": request.payload.data["nonce"],
            "code_challenge": request.payload.data["code_challenge"],
        }

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found: Code | None = self.request.code
        return found if found is not None and found.client_id == client.client_id else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It was taken out before this request was looked at."""

    def authenticate_user(self, authorization_code: Code) -> SignIn:
        return authorization_code.sign_in


class _RenewalGrant(RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def authenticate_refresh_token(self, refresh_token: str) -> Renewal | None:
        found: Renewal | None = self.request.renewal
        return found

    def authenticate_user(self, refresh_token: Renewal) -> SignIn:
        return refresh_token.sign_in

    def revoke_old_credential(self, refresh_token: Renewal) -> None:
        """It stays: it is of a client with a secret, and ends with the sign-in."""


class _OwnNameGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """A program in its own name, with the one role that it was registered with as its scope."""

    TOKEN_ENDPOINT_AUTH_METHODS = (programs.METHOD,)

    def validate_requested_scope(self) -> None:
        if self.request.payload.scope not in {None, "", self.request.client.role}:
            raise InvalidScopeError

    def create_token_response(self) -> tuple[int, Any, Any]:
        token = self.generate_token(scope=self.request.client.role, include_refresh_token=False)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER


def _proven_program(_query: Any, request: Request) -> Program:
    """The program that was read for this request, if it has said its secret."""
    named, secret = extract_basic_authorization(request.headers)
    program = request.program
    if program is None or not secret or named != program.get_client_id():
        raise InvalidClientError(status_code=401)
    if not program.check_client_secret(secret):
        raise InvalidClientError(status_code=401)
    return program


class _OnlyS256(CodeChallenge):  # type: ignore[misc]
    """PKCE without the choice to leave it out or to weaken it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        for name in ("code_challenge", "code_challenge_method"):
            if not grant.request.payload.data.get(name):
                raise InvalidRequestError(f"Missing '{name}' in request.")
        super().validate_code_challenge(grant, redirect_uri)


class _NameOfIssuer(IssuerParameter):  # type: ignore[misc]
    """Every answer names its author, so that a mixed-up client notices (RFC 9207)."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer


class Protocol(AuthorizationServer):  # type: ignore[misc]
    """The rules of OpenID Connect for these clients, signed with this key."""

    def __init__(self, issuer: str, clients: Mapping[str, Client], key: ECKey) -> None:
        super().__init__(scopes_supported=sorted(SCOPES))
        self._clients = clients
        self.register_grant(_ProvenCodeGrant, [_OnlyS256(), IdTokens(issuer, key)])
        self.register_grant(_RenewalGrant)
        self.register_client_auth_method(programs.METHOD, _proven_program)
        self.register_grant(_OwnNameGrant)
        self.register_token_generator("default", AccessTokens(issuer, key))
        _NameOfIssuer(issuer)(self)

    def query_client(self, client_id: str) -> Client | None:
        return self._clients.get(client_id)

    def save_token(self, token: dict[str, Any], request: Request) -> None:
        request.made_token = token

    def create_oauth2_request(self, request: Request) -> Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        return Answer(status, body, headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""
