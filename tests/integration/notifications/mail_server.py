"""A real mail server on this machine, that says to a mail what a test wants it to say."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "correct horse"


@dataclass
class MailServer:
    """``to_recipient`` and ``to_data`` are its answers; ``mails`` is what it took."""

    port: int = 0
    to_recipient: str = "250 fine"
    to_data: str = "250 taken"
    hangs: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    seen: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.seen += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.to_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            mail = message_from_bytes(content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
        return self.to_data


def _who(_server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and given.password == PASSWORD.encode()
    return AuthResult(success=known)


@asynccontextmanager
async def running_mail_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServer]:
    """On a free port of the loopback; with ``tls``, only after STARTTLS and a password."""
    server = MailServer()
    private: dict[str, Any] = {}
    if tls is not None:
        private = {"tls_context": tls, "require_starttls": True, "authenticator": _who}
        private |= {"auth_required": True, "auth_require_tls": True}
    listening = await asyncio.get_running_loop().create_server(
        lambda: SMTP(server, **private), "127.0.0.1", 0
    )
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
