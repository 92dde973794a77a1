"""The stream as a publisher sees it: what it says to a message, and who it is.

The library's own asynchronous publish limits how many answers may be outstanding, and loses a
place for good whenever a publish raises half-way; after some broker outages the next publish would
wait for ever. Here an answer that is no longer waited for is simply forgotten.
"""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError

from shared.messaging.connection import request

STREAM: Final = "CARETEAM_EVENTS"
_INFO_SUBJECT: Final = f"BUS.API.STREAM.INFO.{STREAM}"
"""The hub lends its own name for this call: under ``$JS.API`` our own account's server answers."""
_EXPECTED: Final = "Nats-Expected-Stream"
_NO_RESPONDERS: Final = "503"


@dataclass(frozen=True, slots=True)
class Stored:
    """The stream has it, under this sequence; ``duplicate`` when it had it already."""

    sequence: int
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Declined:
    """The stream does not take it, now or ever."""

    code: int


@dataclass(frozen=True, slots=True)
class Lost:
    """Its word, if it gave one, went down with the connection."""


Word: TypeAlias = Stored | Declined | Lost


class StreamAwayError(NatsError):
    """The stream does not answer, or is not there: provisioning has to make it."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """The epoch (microseconds since 1970 of the stream's creation) and what it holds."""

    epoch: int
    first_sequence: int
    last_sequence: int


async def stream_state(client: Client) -> StreamState:
    """Ask the stream who it is; raises :class:`StreamAwayError`."""
    try:
        answer = await request(client, _INFO_SUBJECT)
    except NoRespondersError:
        raise StreamAwayError from None
    info = json.loads(answer.data)
    if "error" in info:
        raise StreamAwayError
    return StreamState(
        epoch=microseconds(info["created"]),
        first_sequence=info["state"]["first_seq"],
        last_sequence=info["state"]["last_seq"],
    )


def microseconds(moment: str) -> int:
    """A time of the server's, as whole microseconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp() * 1_000_000)


class StreamPublisher:
    """Publishes, and tells whoever published what the stream said to it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._numbers = itertools.count(1)
        self._listening: dict[str, Callable[[Word], None]] = {}
        self._way_back: Subscription | None = None

    async def listen(self) -> None:
        """Open the way back, before the first publish."""
        self._way_back = await self._client.subscribe(f"{self._inbox}.*", cb=self._heard)

    async def close(self) -> None:
        """Close the way back."""
        if self._way_back is not None:
            await self._way_back.unsubscribe()

    async def send(
        self,
        subject: str,
        payload: bytes,
        headers: Mapping[str, str],
        on_word: Callable[[Word], None],
    ) -> str:
        """Publish; ``on_word`` is called with the stream's word, unless it is forgotten before."""
        number = str(next(self._numbers))
        self._listening[number] = on_word
        try:
            await self._client.publish(
                subject,
                payload,
                reply=f"{self._inbox}.{number}",
                headers={**headers, _EXPECTED: STREAM},
            )
        except BaseException:
            self.forget(number)
            raise
        return number

    def forget(self, number: str) -> None:
        """Wait for this answer no longer."""
        self._listening.pop(number, None)

    def lost(self) -> None:
        """The connection was lost: nobody needs to wait for an answer that was under way."""
        listening, self._listening = self._listening, {}
        for on_word in listening.values():
            on_word(Lost())

    async def ask(
        self, subject: str, payload: bytes, headers: Mapping[str, str], seconds: float
    ) -> Word | None:
        """Publish one message and wait for the stream's word; None when it said nothing."""
        word: asyncio.Future[Word] = asyncio.get_running_loop().create_future()

        def heard(said: Word) -> None:
            if not word.done():
                word.set_result(said)

        number = await self.send(subject, payload, headers, heard)
        try:
            async with asyncio.timeout(seconds):
                return await word
        except TimeoutError:
            return None
        finally:
            self.forget(number)

    async def _heard(self, message: Msg) -> None:
        on_word = self._listening.pop(message.subject.rsplit(".", 1)[-1], None)
        if on_word is not None:
            on_word(_word(message))


def _word(message: Msg) -> Word:
    if message.headers and message.headers.get("Status") == _NO_RESPONDERS:
        return Declined(int(_NO_RESPONDERS))
    answer: dict[str, Any] = json.loads(message.data)
    if "error" in answer:
        return Declined(int(answer["error"].get("err_code", 0)))
    return Stored(int(answer["seq"]), bool(answer.get("duplicate", False)))
