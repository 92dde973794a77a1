"""Calling endpoints: the address that was judged is the one that is called, and limits hold."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme
from standardwebhooks import WebhookVerificationError

from services.notifications.channels.cloud_event import trial
from services.notifications.channels.vault import Vault, new_secret
from services.notifications.channels.webhooks import Webhooks, wished_for
from services.notifications.domain.delivery_attempt import Answer, Failure
from services.notifications.domain.integrator import SealedSecret
from tests.integration.notifications.receiver import Receiver, receiving
from tests.support.doc_examples import documented
from tests.unit.notifications.moments import at

HERE = ip_network("127.0.0.0/8")
NAME = "hooks.integrator.example"
VAULT = Vault(["a key"])
SECRET = new_secret()
KEPT = SealedSecret(sealed=VAULT.seal(SECRET), made_at=at("09:00"))
BODY = trial("018f0000-0000-7000-8000-0000000000aa")


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Names mean these addresses, one lookup after the other; what was looked up."""
    asked: list[str] = []
    left = list(answers)

    def lookup(host: str, port: int, *_more: Any, **_named: Any) -> list[Any]:
        asked.append(host)
        if not left:
            raise socket.gaierror
        address = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


async def send(webhooks: Webhooks, url: str) -> Answer:
    async with webhooks.line() as line:
        return await webhooks.send(line, url, [KEPT], message_id="the-id", body=BODY)


async def test_an_endpoint_is_told_signed_and_under_the_id() -> None:
    async with receiving() as receiver:
        assert await send(Webhooks(VAULT, [HERE]), receiver.url) == Answer(status=204)
        [got] = receiver.taken
        assert (got.id, got.body) == ("the-id", BODY)
        assert got.verifies(SECRET)
        assert not got.verifies(new_secret())
        assert got.headers["host"] == receiver.url.split("/")[2]
        assert receiver.paths == ["/hook"]


async def test_what_the_documents_say_of_a_signature_is_so() -> None:
    verified = documented("verified")
    async with receiving() as receiver:
        await send(Webhooks(VAULT, [HERE]), receiver.url)
        [got] = receiver.taken
        assert verified(got.body, got.headers, SECRET)["type"] == "careteam.test"
        with pytest.raises(WebhookVerificationError):
            verified(got.body + b" ", got.headers, SECRET)


async def test_nothing_inside_is_called_by_address_or_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        inside = Answer(failure=Failure.ADDRESS_NOT_ALLOWED)
        webhooks = Webhooks(VAULT)
        assert await send(webhooks, receiver.url) == inside
        resolving(monkeypatch, "127.0.0.1", "10.0.0.1", "169.254.169.254")
        for scheme in ("https", "http", "https"):
            assert await send(webhooks, f"{scheme}://{NAME}:{port}/hook") == inside
        assert receiver.calls == []


async def test_a_name_that_changes_its_meaning_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is looked up once, and what was judged is called: the second meaning is never asked."""
    async with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        asked = resolving(monkeypatch, "127.0.0.1", "10.66.66.66")
        webhooks = Webhooks(VAULT, [HERE])
        assert (await send(webhooks, f"http://{NAME}:{port}/hook")).is_taken
        assert asked == [NAME]
        assert receiver.taken[0].headers["host"] == f"{NAME}:{port}"


async def test_a_name_that_nobody_knows_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)
    answer = await send(Webhooks(VAULT), f"https://{NAME}/hook")
    assert answer == Answer(failure=Failure.NAME_UNKNOWN)


async def test_a_closed_port_is_said() -> None:
    async with receiving() as receiver:
        url = receiver.url
    answer = await send(Webhooks(VAULT, [HERE]), url)
    assert answer == Answer(failure=Failure.UNREACHABLE)


@asynccontextmanager
async def receiving_by_tls(*names: str) -> AsyncIterator[tuple[Receiver, trustme.CA]]:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    receiver = Receiver()
    async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=context) as server:
        receiver.url = f"https://{NAME}:{server.sockets[0].getsockname()[1]}/hook"
        yield receiver, authority
        server.close()


@pytest.mark.parametrize(("certified", "taken"), [(NAME, True), ("other.example", False)])
async def test_the_certificate_is_asked_for_by_the_name(
    certified: str, taken: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with receiving_by_tls(certified) as (receiver, authority):
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        resolving(monkeypatch, "127.0.0.1", "127.0.0.1")
        trusting = Webhooks(VAULT, [HERE], tmp_path / "ca.pem")
        answer = await send(trusting, receiver.url)
        assert answer == (Answer(status=204) if taken else Answer(failure=Failure.UNTRUSTED))
        assert bool(receiver.taken) is taken
        stranger = await send(Webhooks(VAULT, [HERE]), receiver.url)
        assert stranger == Answer(failure=Failure.UNTRUSTED)


async def test_who_does_not_answer_is_left_after_a_while() -> None:
    async with receiving() as receiver:
        receiver.hangs = True
        answer = await send(Webhooks(VAULT, [HERE], answered_within=0.2), receiver.url)
        assert answer == Answer(failure=Failure.TIMED_OUT)
        assert receiver.taken == []


async def test_an_answer_without_an_end_is_not_read() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while True:
                writer.write(b"10\r\n" + b"x" * 16 + b"\r\n")
                await writer.drain()
        except ConnectionError:
            writer.close()

    async with await asyncio.start_server(endless, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
        assert await send(Webhooks(VAULT, [HERE]), url) == Answer(status=200)
        server.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with receiving() as elsewhere:
        where = {"Location": elsewhere.url}
        async with receiving(lambda _got: (status, where)) as receiver:
            answer = await send(Webhooks(VAULT, [HERE]), receiver.url)
            assert answer == Answer(status=status, failure=Failure.REDIRECTED)
        assert elsewhere.calls == []


async def test_a_secret_that_cannot_be_opened_calls_nobody() -> None:
    async with receiving() as receiver:
        answer = await send(Webhooks(Vault(["another key"]), [HERE]), receiver.url)
        assert answer == Answer(failure=Failure.UNSIGNED)
        assert receiver.calls == []


async def test_an_answer_says_when_it_wants_to_be_asked_again() -> None:
    async with receiving(lambda _got: (429, {"Retry-After": "120"})) as receiver:
        answer = await send(Webhooks(VAULT, [HERE]), receiver.url)
        assert answer.retry_after == timedelta(minutes=2)
        assert answer.failure is Failure.REFUSED


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("90", timedelta(seconds=90)),
        ("Tue, 10 Mar 2026 09:02:00 GMT", timedelta(minutes=2)),
        ("Tue, 10 Mar 2026 08:00:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
        ("9" * 30, None),
        ("Tue, 10 Mar 2026 09:02:00 -0000", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, wish: timedelta | None) -> None:
    assert wished_for(text, datetime(2026, 3, 10, 9, 0, tzinfo=UTC)) == wish
