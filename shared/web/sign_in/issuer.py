"""The issuer as one service sees it: where its endpoints are, its keys, and what is asked of it."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from shared.web.sign_in import claims
from shared.web.sign_in.claims import ClaimMap, TokenRefusedError

PATIENCE_SECONDS: Final = 3.0
METADATA_SECONDS: Final = 300.0
KEYS_AT_MOST_EVERY_SECONDS: Final = 5.0
SCOPE: Final = "openid profile offline_access"


class IssuerAwayError(Exception):
    """The issuer does not answer, or not as an issuer does."""


class NoLongerError(Exception):
    """The issuer says that this sign-in is over."""


class Issuer:
    """One issuer and this service as its client. Safe to share between requests.

    ``behind`` is where this process reaches it, when that is not what browsers are sent to.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        client_secret: str | None,
        claim_map: ClaimMap,
        behind: str | None = None,
        audience: str = claims.AUDIENCE,
        http: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(timeout=PATIENCE_SECONDS),
    ) -> None:
        self.url = url
        self.client_id = client_id
        self.claim_map = claim_map
        self._secret = client_secret
        self._behind = (behind or url).rstrip("/")
        self._audience = audience
        self._http = http
        self._metadata: Mapping[str, Any] = {}
        self._read_at = float("-inf")
        self._keys: KeySet | None = None
        self._keys_at = float("-inf")

    async def authorization_url(
        self, *, redirect_uri: str, state: str, nonce: str, verifier: str, **extra: str
    ) -> str:
        """Where a browser is sent to have its person say who they are."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
            **extra,
        }
        endpoint = (await self.metadata())["authorization_endpoint"]
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def end_session_url(self, *, id_token: str | None, then: str, state: str) -> str | None:
        """Where a browser is sent to end everything; None where the issuer has no such place."""
        endpoint = (await self.metadata()).get("end_session_endpoint")
        if endpoint is None:
            return None
        query = {"client_id": self.client_id, "post_logout_redirect_uri": then, "state": state}
        if id_token is not None:
            query["id_token_hint"] = id_token
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def redeem(self, code: str, *, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        """The tokens that a code stands for."""
        return await self._token(
            {
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": redirect_uri,
            }
        )

    async def renew(self, refresh_token: str) -> Mapping[str, Any]:
        """New tokens of a sign-in that goes on; :class:`NoLongerError` when it does not."""
        return await self._token({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def revoke(self, refresh_token: str) -> None:
        """Tell the issuer that this screen was locked, where it can be told."""
        if endpoint := (await self.metadata()).get("revocation_endpoint"):
            await self._post(endpoint, {"token": refresh_token})

    async def id_claims(
        self, tokens: Mapping[str, Any], *, nonce: str, max_age: int | None
    ) -> Mapping[str, Any]:
        """Who was authenticated, by an ID token that was made for this attempt."""
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise TokenRefusedError("no ID token")

        def check(keys: KeySet) -> Mapping[str, Any]:
            return claims.id_token(
                token,
                keys,
                issuer=self.url,
                client_id=self.client_id,
                nonce=nonce,
                access_token=tokens.get("access_token"),
                max_age=max_age,
            )

        return await self._checked(check)

    async def access_claims(self, token: str) -> Mapping[str, Any]:
        """What an access token for our API says."""
        return await self._checked(
            lambda keys: claims.access_token(token, keys, issuer=self.url, audience=self._audience)
        )

    async def logout_claims(self, token: str) -> Mapping[str, Any]:
        """Whose sign-in is over."""
        return await self._checked(
            lambda keys: claims.logout_token(token, keys, issuer=self.url, client_id=self.client_id)
        )

    async def metadata(self) -> Mapping[str, Any]:
        """The discovery document; it has to name the issuer that we were told of."""
        if time.monotonic() - self._read_at > METADATA_SECONDS:
            found = await self._read("/.well-known/openid-configuration")
            if found.get("issuer") != self.url:
                raise IssuerAwayError("the discovery document is another issuer's")
            self._metadata, self._read_at = found, time.monotonic()
        return self._metadata

    async def _checked(self, check: Callable[[KeySet], Mapping[str, Any]]) -> Mapping[str, Any]:
        """With the keys at hand; once more with new ones, for a key that was changed meanwhile."""
        try:
            return check(await self._key_set())
        except TokenRefusedError:
            if time.monotonic() - self._keys_at < KEYS_AT_MOST_EVERY_SECONDS:
                raise
            self._keys = None
            return check(await self._key_set())

    async def _key_set(self) -> KeySet:
        if self._keys is None:
            document = await self._get((await self.metadata())["jwks_uri"])
            try:
                self._keys = KeySet.import_key_set({"keys": list(document["keys"])})
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise IssuerAwayError("the issuer's keys are no key set") from error
            self._keys_at = time.monotonic()
        return self._keys

    async def _token(self, fields: dict[str, str]) -> Mapping[str, Any]:
        answer = await self._post((await self.metadata())["token_endpoint"], fields)
        if answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
            raise NoLongerError
        return _document(answer)

    async def _post(self, endpoint: str, fields: dict[str, str]) -> httpx.Response:
        if self._secret is None:
            proof: httpx.Auth = httpx.Auth()
            sent = {**fields, "client_id": self.client_id}
        else:
            proof, sent = httpx.BasicAuth(self.client_id, self._secret), fields
        try:
            async with self._http() as http:
                return await http.post(self._reached(endpoint), data=sent, auth=proof)
        except httpx.HTTPError as error:
            raise IssuerAwayError(type(error).__name__) from error

    async def _read(self, path: str) -> Mapping[str, Any]:
        return await self._get(self._behind + path)

    async def _get(self, address: str) -> Mapping[str, Any]:
        try:
            async with self._http() as http:
                return _document(await http.get(self._reached(address)))
        except httpx.HTTPError as error:
            raise IssuerAwayError(type(error).__name__) from error

    def _reached(self, address: str) -> str:
        """The same endpoint by the way that this process has to it."""
        base = self.url.rstrip("/")
        return self._behind + address.removeprefix(base) if address.startswith(base) else address


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.raise_for_status().json()
    except (httpx.HTTPStatusError, ValueError) as error:
        raise IssuerAwayError(type(error).__name__) from error
    if not isinstance(found, dict):
        raise IssuerAwayError("no JSON object")
    return found
