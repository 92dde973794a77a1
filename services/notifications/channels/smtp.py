"""E-mail over SMTP.

A mail server takes a message when it says so after its last line. If that word is lost the message
is sent again under the same Message-ID, by which mailboxes recognise a second copy: a safety
message that comes twice does less harm than one that never comes.
"""

import email.utils
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from typing import Final

import aiosmtplib
import structlog
from pydantic import SecretStr

from services.notifications.domain.vocabulary import Carriage
from services.notifications.handlers.ports import Begin, Outgoing

log = structlog.get_logger()

_PERMANENT: Final = range(500, 600)
_PATIENCE_SECONDS: Final = 5.0
"""For each word of the server; a certificate that is not trusted ends in silence too."""


class Security(StrEnum):
    """How the connection to the mail server is kept private; both kinds of TLS are insisted on."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The clinic's outgoing mail server. ``sender`` is the address that messages come from."""

    host: str
    port: int
    security: Security
    sender: str
    username: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    authorities: Path | None = None


class Smtp:
    """Carries messages to the clinic's mail server."""

    def __init__(self, server: MailServer) -> None:
        self._server: Final = server

    async def __call__(self, outgoing: Outgoing, _begin: Begin) -> Carriage:
        try:
            mail = self._mail(outgoing)
        except (ValueError, IndexError, MessageError):
            return Carriage.REFUSED  # no address that a mail could be sent to
        server = self._server
        try:
            await aiosmtplib.send(
                mail,
                sender=server.sender,
                recipients=[outgoing.address],
                hostname=server.host,
                port=server.port,
                timeout=_PATIENCE_SECONDS,
                username=server.username,
                password=server.password.get_secret_value() if server.password else None,
                use_tls=server.security is Security.TLS,
                start_tls=server.security is Security.STARTTLS,
                cert_bundle=str(server.authorities) if server.authorities else None,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            return _outcome(error, plain=outgoing.address.isascii())
        return Carriage.TAKEN

    def _mail(self, outgoing: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        domain = self._server.sender.rpartition("@")[2]
        mail["From"] = self._server.sender
        mail["To"] = outgoing.address
        mail["Subject"] = outgoing.subject
        mail["Date"] = email.utils.format_datetime(outgoing.at)
        mail["Message-ID"] = f"<{outgoing.message_id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(outgoing.body)
        mail["Content-Language"] = outgoing.language.value
        if "@" not in outgoing.address:
            raise ValueError("not a mail address")
        return mail


def _outcome(error: Exception, *, plain: bool) -> Carriage:
    """A refusal of this mailbox, or of this message, is for good; all else may pass."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refused, *_]):
            code = refused.code
        case aiosmtplib.SMTPDataError(code=code):
            pass
        case aiosmtplib.SMTPNotSupported() if not plain:
            return Carriage.REFUSED  # an address that this server cannot write
        case _:
            log.error("mail server does not take messages", error=type(error).__name__)
            return Carriage.AWAY
    return Carriage.REFUSED if code in _PERMANENT else Carriage.AWAY
