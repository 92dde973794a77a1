"""Integrators on the bus: who they are, what they want, and by which key they come in.

The list is a file beside the bus's own configuration, which is written from it: the bus lets in
whom it names and nobody else, before any service runs. There is no secret in it.
"""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

STREAM_OF_A_FEED: Final = "FEED"
"""Every integrator's stream, each in an account of its own."""
API_OF_A_FEED: Final = "FEED.API"
"""The prefix under which an integrator finds what it may ask of its stream."""
EPOCH: Final = "stream_epoch"
"""Under this a feed's consumer says of which stream the numbers in ``Nats-Stream-Source`` are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """``types`` are patterns of event types; none means all public ones. ``key`` is the public half
    of the nkey that lets it in since ``key_since``; None lets nobody in, for it was revoked or is
    only being made."""

    name: str
    types: tuple[str, ...]
    key: str | None
    added_at: datetime
    key_since: datetime
    revoked_at: datetime | None = None


FEEDS: Final = TypeAdapter(tuple[Feed, ...])


def read_feeds(file: Path | None) -> tuple[Feed, ...]:
    """Everybody in the file, by name; nobody where there is none. Raises ``ValueError`` when it is
    damaged."""
    with contextlib.suppress(FileNotFoundError):
        if file is not None:
            return FEEDS.validate_json(file.read_bytes())
    return ()


def feed_api(name: str) -> str:
    """The prefix under which a feed's JetStream API is found by whoever may ask it."""
    return f"FEEDS.{name}"


def feed_consumer_info(name: str) -> str:
    """Tells how far an integrator is; below that prefix."""
    return f"CONSUMER.INFO.{STREAM_OF_A_FEED}.{name}"
