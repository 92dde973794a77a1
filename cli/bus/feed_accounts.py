"""The accounts of integrators, two for each: one has the stream, the other is where it comes in.

The stream is filled by the server, from the events stream: it asks the hub, in the account's name,
for a consumer of *public* subjects. The hub exports no other consumer, so that not even whoever
could use everything in that account would read an internal event. Stream and consumer are made by
the hub's user, to whom the account's JetStream is exported.

In one account they would not be safe from each other. What a pull is answered goes to a subject of
the asker's choice, and some answers are empty: that is all it takes to delete a stream (tried). So
the integrator is outside, and from there reaches its consumer's next message, its acknowledgements
and how far it is; whatever else it names is a name in an account that has nothing.

An answer to a pull is one message. A way back for more would be kept for every request, which is
measured at 0.9 kB each: whoever asks in a hurry could fill the server's memory.
"""

from collections.abc import Iterable
from typing import Any, Final

from cli.bus import names
from cli.bus.accounts import account_of
from cli.bus.names import FEED_READER, HUB
from shared.messaging.feeds import (
    API_OF_A_FEED,
    STREAM_OF_A_FEED,
    Feed,
    feed_api,
    feed_consumer_info,
)

MOST_FEEDS: Final = 8
_SHARE_OF_STORE: Final = 0.01
MOST_CONNECTIONS: Final = 8
"""Of one integrator at a time."""
_MOST_SUBSCRIPTIONS: Final = 64
_LONGEST_SAID: Final = 4096
"""Bytes; it asks and acknowledges, and has nothing else to say."""

SOURCE_API: Final = "HUB"
"""The prefix under which a feed's account asks the hub for the consumer behind its stream."""
_PUBLIC: Final = "careteam.evt.>"
_SOURCED: Final = f"CONSUMER.CREATE.{names.STREAM}.*.{_PUBLIC}"
_FLOW: Final = f"$JS.FC.{names.STREAM}.>"


def feed_bytes(most_stored: int) -> int:
    """How much of a store of this many bytes the feed of one integrator may take."""
    return int(most_stored * _SHARE_OF_STORE)


def with_feeds(
    section: dict[str, Any], feeds: Iterable[Feed], *, most_bytes: int
) -> dict[str, Any]:
    """The ``accounts`` section with the accounts of integrators, each with this many bytes."""
    everybody = tuple(feeds)
    hub, reader = section[HUB], section[account_of(FEED_READER)]
    return {
        **section,
        HUB: {
            **hub,
            "exports": [*hub["exports"], *(one for feed in everybody for one in _sourced_by(feed))],
            "imports": [_everything_of(feed) for feed in everybody],
        },
        account_of(FEED_READER): {
            **reader,
            "imports": [*reader["imports"], *map(_progress_of, everybody)],
        },
        **{names.feed_account(feed.name): _stream(feed.name, most_bytes) for feed in everybody},
        **{names.integrator_account(feed.name): _entrance(feed) for feed in everybody},
    }


def _sourced_by(feed: Feed) -> list[dict[str, Any]]:
    only = {"accounts": [names.feed_account(feed.name)]}
    return [
        {"service": f"$JS.API.{_SOURCED}", **only},
        {"service": _FLOW, **only},
        {"stream": f"{names.delivered_to_feed(feed.name)}.>", **only},
    ]


def _stream(name: str, most_bytes: int) -> dict[str, Any]:
    own = {"accounts": [names.integrator_account(name)]}
    progress = {"accounts": [names.integrator_account(name), account_of(FEED_READER)]}
    return {
        "jetstream": {"max_file": most_bytes, "max_mem": 0, "max_streams": 1, "max_consumers": 1},
        "exports": [
            {"service": "$JS.API.>", "accounts": [HUB]},
            {"service": f"$JS.API.{feed_consumer_info(name)}", **progress},
            {"service": f"$JS.API.{_next_of(name)}", **own},
            {"service": _acknowledged_by(name), **own},
        ],
        "imports": [
            {
                "service": {"account": HUB, "subject": f"$JS.API.{_SOURCED}"},
                "to": f"{SOURCE_API}.{_SOURCED}",
            },
            {"service": {"account": HUB, "subject": _FLOW}},
            {"stream": {"account": HUB, "subject": f"{names.delivered_to_feed(name)}.>"}},
        ],
    }


def _entrance(feed: Feed) -> dict[str, Any]:
    stream, asked = names.feed_account(feed.name), _asked_by(feed.name)
    return {
        "limits": {
            "max_connections": MOST_CONNECTIONS,
            "max_subscriptions": _MOST_SUBSCRIPTIONS,
            "max_payload": _LONGEST_SAID,
        },
        "imports": [
            *(
                {
                    "service": {"account": stream, "subject": f"$JS.API.{question}"},
                    "to": f"{API_OF_A_FEED}.{question}",
                }
                for question in asked
            ),
            {"service": {"account": stream, "subject": _acknowledged_by(feed.name)}},
        ],
        "users": [_user(feed.name, feed.key)] if feed.key else [],
    }


def _user(name: str, key: str) -> dict[str, Any]:
    asked = [f"{API_OF_A_FEED}.{question}" for question in _asked_by(name)]
    return {
        "nkey": key,
        "permissions": {
            "publish": {"allow": [*asked, _acknowledged_by(name)]},
            "subscribe": {"allow": [f"{names.inbox_of(name)}.>"]},
        },
    }


def _asked_by(name: str) -> tuple[str, str]:
    return (_next_of(name), feed_consumer_info(name))


def _next_of(name: str) -> str:
    return f"CONSUMER.MSG.NEXT.{STREAM_OF_A_FEED}.{name}"


def _acknowledged_by(name: str) -> str:
    return f"$JS.ACK.{STREAM_OF_A_FEED}.{name}.>"


def _everything_of(feed: Feed) -> dict[str, Any]:
    account = names.feed_account(feed.name)
    return {
        "service": {"account": account, "subject": "$JS.API.>"},
        "to": f"{feed_api(feed.name)}.>",
    }


def _progress_of(feed: Feed) -> dict[str, Any]:
    account, question = names.feed_account(feed.name), feed_consumer_info(feed.name)
    return {
        "service": {"account": account, "subject": f"$JS.API.{question}"},
        "to": f"{feed_api(feed.name)}.{question}",
    }
