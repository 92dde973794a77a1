"""Messages on their way, as channels are given them."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.domain.vocabulary import Channel, Language
from services.notifications.handlers.ports import Outgoing
from tests.support.voices import at

MESSAGE = UUID("018f0000-0000-7000-8000-00000000abcd")


def letter(
    channel: Channel,
    address: str,
    *,
    body: str = "Please come in now for the ride home. Call us if you cannot come.",
    language: Language = Language.ENGLISH,
    tried_since: datetime | None = None,
) -> Outgoing:
    return Outgoing(
        message_id=MESSAGE,
        client_id=UUID(int=1),
        channel=channel,
        language=language,
        address=address,
        subject="Please come in now",
        body=body,
        at=at("12:35"),
        tried_since=tried_since,
    )


def no_transaction() -> AbstractAsyncContextManager[Any]:
    """What a real channel never opens."""
    raise AssertionError("a real channel keeps nothing")
