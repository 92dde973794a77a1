"""Telling an endpoint over HTTP: Standard Webhooks 1.0.

An endpoint is a stranger's machine that the clinic's server calls, so it must not become a way into
the clinic's own network. The name is looked up here, each address is judged, and the very address
that was judged is connected to: a name that changes in between gains nothing. The certificate is
asked for by the name all the same. Redirects are not followed, nothing of an answer is read but its
status and ``Retry-After``, and everything has a limit in time.
"""

import asyncio
import socket
import ssl
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import httpx
from standardwebhooks import Webhook

from services.notifications.channels.cloud_event import CONTENT_TYPE
from services.notifications.channels.vault import Vault
from services.notifications.domain.delivery_attempt import Answer, Failure
from services.notifications.domain.endpoint_address import Address, Network, may_be_reached
from services.notifications.domain.integrator import SealedSecret
from shared.runtime.clock import SystemClock

ANSWERED_WITHIN_SECONDS: Final = 15.0
_CONNECTED_WITHIN_SECONDS: Final = 5.0
_CONNECTIONS: Final = 8


class Refusing(Exception):  # noqa: N818 - what happened, not that it is an error
    """Nobody was called."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class Webhooks:
    """Calls endpoints. ``networks`` are the clinic's own in which endpoints are wanted."""

    def __init__(
        self,
        vault: Vault,
        networks: Collection[Network] = (),
        authorities: Path | None = None,
        answered_within: float = ANSWERED_WITHIN_SECONDS,
    ) -> None:
        self.vault: Final = vault
        self.networks: Final = tuple(networks)
        self._authorities = authorities
        self._answered_within = answered_within

    def line(self) -> httpx.AsyncClient:
        """Connections to one endpoint; never to two, because a connection is known by its address
        and two names may share that."""
        return httpx.AsyncClient(
            verify=ssl.create_default_context(cafile=self._authorities),
            timeout=httpx.Timeout(self._answered_within, connect=_CONNECTED_WITHIN_SECONDS),
            limits=httpx.Limits(max_connections=_CONNECTIONS),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(
        self,
        line: httpx.AsyncClient,
        url: str,
        secrets: Sequence[SealedSecret],
        *,
        message_id: str,
        body: bytes,
    ) -> Answer:
        """Tell an endpoint; ``message_id`` is the same at every attempt."""
        try:
            headers = self._signed(secrets, message_id, body)
            async with asyncio.timeout(self._answered_within):
                return await self._post(line, httpx.URL(url), headers, body)
        except Refusing as refusing:
            return Answer(failure=refusing.failure)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(failure=Failure.TIMED_OUT)
        except httpx.HTTPError as error:
            return Answer(
                failure=Failure.UNTRUSTED if _is_about_trust(error) else Failure.UNREACHABLE
            )

    def _signed(
        self, secrets: Sequence[SealedSecret], message_id: str, body: bytes
    ) -> dict[str, str]:
        """Signed by every secret that is valid, at the real time: receivers compare clocks."""
        now = SystemClock().now()
        opened = [self.vault.open(one.sealed) for one in secrets]
        known = [secret for secret in opened if secret is not None]
        if not known:
            raise Refusing(Failure.UNSIGNED)
        signatures = [Webhook(one).sign(message_id, now, body.decode()) for one in known]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
            "content-type": CONTENT_TYPE,
            "user-agent": "careteam-webhooks",
        }

    async def _post(
        self, line: httpx.AsyncClient, url: httpx.URL, headers: dict[str, str], body: bytes
    ) -> Answer:
        address = await self._address_of(url)
        request = line.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.host},
        )
        answer = await line.send(request, stream=True)
        try:
            return understood(answer)
        finally:
            await answer.aclose()

    async def _address_of(self, url: httpx.URL) -> Address:
        """The first of the name's addresses that may be connected to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(
                url.host, port, type=socket.SOCK_STREAM
            )
        except (OSError, UnicodeError):
            raise Refusing(Failure.NAME_UNKNOWN) from None
        for *_, where in found:
            address = ip_address(str(where[0]).partition("%")[0])
            if may_be_reached(address, self.networks, plain=url.scheme == "http"):
                return address
        raise Refusing(Failure.ADDRESS_NOT_ALLOWED)


def understood(answer: httpx.Response) -> Answer:
    """What an answer means."""
    status = answer.status_code
    if answer.is_success:
        return Answer(status=status)
    if answer.has_redirect_location or HTTPStatus(300) <= status < HTTPStatus(400):
        return Answer(status=status, failure=Failure.REDIRECTED)
    wish = wished_for(answer.headers.get("retry-after"), SystemClock().now())
    return Answer(status=status, failure=Failure.REFUSED, retry_after=wish)


def wished_for(text: str | None, now: datetime) -> timedelta | None:
    """``Retry-After``: seconds, or a date; None where it says nothing that can be understood."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return timedelta(seconds=int(text))
    with suppress(ValueError, TypeError, OverflowError):
        date = parsedate_to_datetime(text)
        return max(timedelta(), date - now) if date.tzinfo is not None else None
    return None


def _is_about_trust(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
