"""What a bus does on a bad day, on order: say again, mix up, hold back, cut off.

The disturbances themselves are pure and take their randomness from a seeded generator, so that a
run that failed can be run again. Crashes come at the named steps of the consumer, the lanes and the
relay: as an exception that no handler catches, or as the end of the process.
"""

import json
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar
from uuid import UUID

import asyncpg
from nats.aio.client import Client

from shared.messaging.stream import STREAM
from shared.runtime.ids import new_id

T = TypeVar("T")
OnStep = Callable[[str], Awaitable[None]]


class Crash(BaseException):
    """Cut off, as far as one process can do that to itself."""


def duplicated(items: Iterable[T], random: Random, share: float) -> list[T]:
    """The items, this share of them once more, somewhere later."""
    once = list(items)
    disturbed = list(once)
    for item in random.sample(once, round(len(once) * share)):
        disturbed.insert(random.randint(disturbed.index(item) + 1, len(disturbed)), item)
    return disturbed


def reordered(items: Sequence[T], random: Random, distance: int) -> list[T]:
    """The items, each moved by up to so many places."""
    places = [(index + random.uniform(0, distance + 1), index) for index in range(len(items))]
    return [items[index] for _, index in sorted(places)]


def held_back(items: Sequence[T], random: Random, share: float) -> list[T]:
    """The items, this share of them only after all the others."""
    late = set(random.sample(range(len(items)), round(len(items) * share)))
    in_time = [item for index, item in enumerate(items) if index not in late]
    return in_time + [items[index] for index in sorted(late)]


def crash_after(step: str, times: int = 1) -> OnStep:
    """Raise :class:`Crash` when a step comes for the so-manieth time."""

    async def cut_off() -> None:
        raise Crash(step)

    return _at(step, times, cut_off)


def kill_after(step: str, times: int = 1) -> OnStep:
    """End the process, without a goodbye, when a step comes for the so-manieth time."""

    async def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    return _at(step, times, kill)


def _at(step: str, times: int, act: Callable[[], Awaitable[None]]) -> OnStep:
    left = times

    async def on_step(name: str) -> None:
        nonlocal left
        if name == step:
            left -= 1
            if left == 0:
                await act()

    return on_step


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its producer would publish it."""

    subject: str
    headers: dict[str, str]
    body: bytes

    def once_more(self) -> "Message":
        """The same event under another de-duplication id: the stream takes it for a new message."""
        event_id = self.headers["ce-id"]
        return replace(self, headers={**self.headers, "Nats-Msg-Id": f"{event_id}.{new_id()}"})


async def said(connection: asyncpg.Connection, client_id: UUID | None = None) -> list[Message]:
    """What a service put into its outbox, in order."""
    rows = await connection.fetch(
        "SELECT subject, headers, payload FROM outbox"
        " WHERE $1::uuid IS NULL OR client_id = $1 ORDER BY position",
        client_id,
    )
    return [Message(row["subject"], json.loads(row["headers"]), row["payload"]) for row in rows]


async def publish(client: Client, messages: Iterable[Message]) -> list[bool]:
    """Publish by hand, in this order; tells for each whether the stream had it already."""
    stream = client.jetstream(timeout=10)
    acknowledged = [
        await stream.publish(m.subject, m.body, headers=dict(m.headers), stream=STREAM)
        for m in messages
    ]
    return [bool(ack.duplicate) for ack in acknowledged]
