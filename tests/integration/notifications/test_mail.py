"""E-mail against a real mail server: what is taken, what is refused for good, what may pass."""

import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from services.notifications.channels.smtp import Security
from services.notifications.domain.vocabulary import Carriage, Channel, Language
from services.notifications.settings import ChannelSettings
from tests.integration.notifications.letters import MESSAGE, letter, no_transaction
from tests.integration.notifications.mail_server import (
    PASSWORD,
    MailServer,
    running_mail_server,
)

SENDER = "hello@appointments.example"
QUINN = letter(Channel.EMAIL, "quinn@example.org")


def settings(port: int, **more: Any) -> ChannelSettings:
    told = {"smtp_host": "127.0.0.1", "smtp_sender": SENDER, "smtp_security": Security.NONE}
    return ChannelSettings(email_channel="smtp", smtp_port=port, **{**told, **more})


async def send(server: MailServer, outgoing: object = QUINN) -> Carriage:
    return await settings(server.port).mail()(outgoing, no_transaction)  # type: ignore[arg-type]


async def test_a_mail_is_taken_and_says_what_it_is() -> None:
    async with running_mail_server() as server:
        assert await send(server) is Carriage.TAKEN
        [mail] = server.mails
    assert (mail["To"], mail["From"]) == ("quinn@example.org", SENDER)
    assert mail["Subject"] == "Please come in now"
    assert mail["Message-ID"] == f"<{MESSAGE}@appointments.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "ride home" in mail.get_content()


async def test_spanish_arrives_as_it_was_written() -> None:
    body = "Por favor llámenos. Jueves a las 14:00; ¿cómo está?"
    es = letter(Channel.EMAIL, "quinn@example.org", body=body, language=Language.SPANISH)
    async with running_mail_server() as server:
        assert await send(server, es) is Carriage.TAKEN
        [mail] = server.mails
    assert mail.get_content().strip() == body
    assert mail["Content-Language"] == "es"


async def test_an_attempt_that_is_repeated_is_the_same_mail() -> None:
    """A mailbox recognises it by its id: the word of the first attempt was lost."""
    async with running_mail_server() as server:
        await send(server)
        await send(server)
        assert len({mail["Message-ID"] for mail in server.mails}) == 1


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "outcome"),
    [
        ("550 no such user", "250 taken", Carriage.REFUSED),
        ("450 try again later", "250 taken", Carriage.AWAY),
        ("250 fine", "554 not wanted", Carriage.REFUSED),
        ("250 fine", "452 no room just now", Carriage.AWAY),
        ("421 closing", "250 taken", Carriage.AWAY),
    ],
)
async def test_what_a_server_says_is_told_apart(
    to_recipient: str, to_data: str, outcome: Carriage
) -> None:
    async with running_mail_server() as server:
        server.to_recipient, server.to_data = to_recipient, to_data
        assert await send(server) is outcome
        assert server.mails == []


async def test_nobody_there_may_pass() -> None:
    async with running_mail_server() as server:
        gone = server.port
    assert await settings(gone).mail()(QUINN, no_transaction) is Carriage.AWAY


@pytest.mark.parametrize("address", ["quinn", "quinn@example.org\nBcc: all@example.org", ""])
async def test_what_is_no_address_is_refused_unsent(address: str) -> None:
    async with running_mail_server() as server:
        assert await send(server, letter(Channel.EMAIL, address)) is Carriage.REFUSED
        assert server.seen == 0


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


async def test_starttls_with_a_password_from_a_file(tmp_path: Path, authority: trustme.CA) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authorities, password = tmp_path / "ca.pem", tmp_path / "password"
    authority.cert_pem.write_to_path(authorities)
    password.write_text(PASSWORD + "\n")
    login = {"smtp_username": "clinic", "smtp_password_file": password}
    private = {"smtp_security": Security.STARTTLS, "smtp_authorities_file": authorities}
    async with running_mail_server(context) as server:
        told = settings(server.port, **login, **private)
        assert await told.mail()(QUINN, no_transaction) is Carriage.TAKEN
        assert len(server.mails) == 1

        password.write_text("wrong")
        assert await told.mail()(QUINN, no_transaction) is Carriage.AWAY

        password.write_text(PASSWORD)
        stranger = settings(server.port, **login, smtp_security=Security.STARTTLS)
        assert await stranger.mail()(QUINN, no_transaction) is Carriage.AWAY
        assert len(server.mails) == 1


async def test_tls_is_insisted_on() -> None:
    """A server without it gets nothing to read."""
    async with running_mail_server() as server:
        told = settings(server.port, smtp_security=Security.STARTTLS)
        assert await told.mail()(QUINN, no_transaction) is Carriage.AWAY
        assert (server.seen, server.mails) == (0, [])
