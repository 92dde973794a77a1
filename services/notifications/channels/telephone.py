"""Text messages and spoken calls over a provider with Twilio's HTTP interface.

The interface knows no idempotency key. So a message that was tried before is looked for at the
provider first: what was taken there is not sent again, and while nobody can say, nothing is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from xml.sax.saxutils import escape

import httpx
import structlog
from pydantic import SecretStr

from services.notifications.domain.vocabulary import Carriage, Language
from services.notifications.handlers.ports import Begin, Outgoing

log = structlog.get_logger()

WRONG_NUMBER: Final = frozenset(
    {13223, 13224, 13225, 13226, 13227, 21211, 21214, 21215, 21216, 21217, 21408, 21612, 21614}
)
"""The provider's codes for a number that cannot be reached in this way."""

WANTS_NOTHING: Final = frozenset({21610})
"""Its owner has told the provider to stop."""

_IN_VAIN: Final = frozenset({"failed", "undelivered", "canceled", "busy", "no-answer"})
_CLOCKS_DIFFER: Final = timedelta(minutes=2)
_NUMBER: Final = re.compile(r"\+?[0-9]{6,15}")
_VOICES: Final = {Language.ENGLISH: "en-US", Language.SPANISH: "es-MX"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The clinic's account at the provider; ``number`` is the clinic's own, with its country."""

    url: str
    name: str
    token: SecretStr = field(repr=False)
    number: str


class Telephone:
    """Carries text messages and calls."""

    def __init__(self, account: Account) -> None:
        self._account: Final = account

    async def text(self, outgoing: Outgoing, _begin: Begin) -> Carriage:
        """A text message."""
        return await self._send("Messages", outgoing, {"Body": outgoing.body})

    async def call(self, outgoing: Outgoing, _begin: Begin) -> Carriage:
        """A call that says the text twice."""
        return await self._send("Calls", outgoing, {"Twiml": spoken(outgoing)})

    async def _send(self, kind: str, outgoing: Outgoing, content: dict[str, str]) -> Carriage:
        to = re.sub(r"[\s().-]", "", outgoing.address)
        if not _NUMBER.fullmatch(to):
            return Carriage.REFUSED
        account = self._account
        async with httpx.AsyncClient(
            base_url=f"{account.url}/2010-04-01/Accounts/{account.name}",
            auth=(account.name, account.token.get_secret_value()),
            follow_redirects=False,
        ) as provider:
            try:
                if outgoing.tried_since is not None and await self._was_taken(
                    provider, kind, to, outgoing, outgoing.tried_since
                ):
                    return Carriage.TAKEN
                answer = await provider.post(
                    f"/{kind}.json", data={"From": account.number, "To": to, **content}
                )
            except (httpx.HTTPError, ValueError) as error:
                log.warning("telephone provider does not answer", error=type(error).__name__)
                return Carriage.AWAY
        return _outcome(answer)

    async def _was_taken(
        self, provider: httpx.AsyncClient, kind: str, to: str, outgoing: Outgoing, since: datetime
    ) -> bool:
        """Whether an earlier attempt reached the provider although nobody heard its answer."""
        since -= _CLOCKS_DIFFER
        day = "DateSent>" if kind == "Messages" else "StartTime>"
        answer = await provider.get(
            f"/{kind}.json",
            params={"To": to, "From": self._account.number, day: since.date().isoformat()},
        )
        answer.raise_for_status()
        return any(
            one["status"] not in _IN_VAIN
            and parsedate_to_datetime(one["date_created"]) >= since
            and (kind == "Calls" or str(one["body"]).endswith(outgoing.body))
            for one in answer.json()[kind.lower()]
        )


def spoken(outgoing: Outgoing) -> str:
    """The call's script: a greeting of silence, the text, and the text again."""
    voice = _VOICES[outgoing.language]
    said = f'<Say language="{voice}">{escape(outgoing.body)}</Say>'
    return f'<Response><Pause length="1"/>{said}<Pause length="2"/>{said}</Response>'


def _outcome(answer: httpx.Response) -> Carriage:
    """What the provider says of this number is for good; what it says of us, or of itself, is not:
    people set that right while the message is tried again.
    """
    body = _json(answer)
    if answer.is_success:
        return Carriage.REFUSED if body.get("status") in _IN_VAIN else Carriage.TAKEN
    if body.get("code") in WRONG_NUMBER | WANTS_NOTHING:
        return Carriage.REFUSED
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error:
        log.warning("telephone provider is busy", status=answer.status_code)
    else:
        log.error("telephone provider does not take messages", status=answer.status_code)
    return Carriage.AWAY


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
