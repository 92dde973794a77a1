"""The accounts of the bus: the wall between services, in NATS's own terms.

Permissions on subjects are not enough in one shared account: they do not cover the *reply* subject,
and a reader could make the server write into another service's subjects (reliability, finding 3).
So each service is an account of its own. The hub account owns the stream and exports, to exactly
one service, its publish subjects, its consumer's next messages and its acknowledgements. What a
service names anywhere, as a reply too, is a name inside its own account, and leaves it only through
an import. Hence the subject of a stored message proves its author.

What proves the services' audit chains is in an account of its own, to which each can only add.

Gates ask across (ruling 8): each service exports ``careteam.rpc.<itself>.>`` and its watermark to
the other three, by name.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from cli.bus import names
from cli.bus.names import AUDIT, AUDIT_STREAM, AUDITOR, FEED_READER, HUB, PROVISIONER
from cli.clinic.services import IDENTITY
from shared.messaging.feeds import feed_api, feed_consumer_info

LONGEST_PULL_SECONDS: Final = 60
"""How long the way back of one pull request is kept open. Without a limit the server keeps one for
every request that was ever made on an inbox: measured 1.7 kB each, for as long as the client lives.
A pull request must expire earlier than this."""

_STREAM_INFO: Final = f"STREAM.INFO.{names.STREAM}"


def accounts(services: Iterable[str], public_keys: Mapping[str, str]) -> dict[str, Any]:
    """The ``accounts`` section of a server's configuration. Keys: each service, the hub's,
    the auditor's and the issuer's."""
    everybody = list(services)
    section: dict[str, Any] = {
        HUB: _hub(everybody, public_keys[PROVISIONER]),
        AUDIT: _audit([*everybody, IDENTITY], public_keys[AUDITOR]),
        account_of(IDENTITY): _issuer(public_keys[IDENTITY]),
    }
    for service in everybody:
        peers = [name for name in everybody if name != service]
        section[account_of(service)] = {
            "exports": _exports(service, peers),
            "imports": _imports(service, peers),
            "users": [_user(service, peers, public_keys[service])],
        }
    return section


def _hub(services: list[str], key: str) -> dict[str, Any]:
    exports: list[dict[str, Any]] = []
    for service in services:
        only = {"accounts": [account_of(service)]}
        exports += [{"service": subject, **only} for subject in names.published_by(service)]
        for consumer in names.consumers_of(service):
            exports += [
                {
                    "service": names.next_of(consumer),
                    "response_type": "stream",
                    "response_threshold": f"{LONGEST_PULL_SECONDS}s",
                    **only,
                },
                {"service": names.acknowledged_by(consumer), **only},
                {"service": f"$JS.API.{names.consumer_info_of(consumer)}", **only},
            ]
    exports.append(
        {"service": f"$JS.API.{_STREAM_INFO}", "accounts": [account_of(name) for name in services]}
    )
    user = {
        "nkey": key,
        "permissions": {
            "publish": {"allow": ["$JS.API.>", "$JS.ACK.>", f"{feed_api('*')}.>"]},
            "subscribe": {"allow": [f"{names.inbox_of(PROVISIONER)}.>"]},
        },
    }
    return {"jetstream": "enabled", "exports": exports, "users": [user]}


def _audit(services: list[str], key: str) -> dict[str, Any]:
    """Services can add to it. Its own user can make and read it, and not even that one can delete
    the stream or a message, or set a limit that would."""
    api = "$JS.API"
    made = ("STREAM.CREATE", "STREAM.INFO")
    read = ("CONSUMER.CREATE", "CONSUMER.DELETE", "CONSUMER.MSG.NEXT")
    user = {
        "nkey": key,
        "permissions": {
            "publish": {
                "allow": [
                    *(f"{api}.{question}.{AUDIT_STREAM}" for question in made),
                    *(f"{api}.{question}.{AUDIT_STREAM}.>" for question in read),
                    f"{api}.CONSUMER.CREATE.{AUDIT_STREAM}",
                ]
            },
            "subscribe": {"allow": [f"{names.inbox_of(AUDITOR)}.>"]},
        },
    }
    exports = [
        {"service": names.checkpoints_of(service), "accounts": [account_of(service)]}
        for service in services
    ]
    return {"jetstream": "enabled", "exports": exports, "users": [user]}


def _issuer(key: str) -> dict[str, Any]:
    """The clinic's own issuer hands its checkpoints away; it says and hears nothing else."""
    subject = names.checkpoints_of(IDENTITY)
    return {
        "imports": [{"service": {"account": AUDIT, "subject": subject}}],
        "users": [
            {
                "nkey": key,
                "permissions": {
                    "publish": {"allow": [subject]},
                    "subscribe": {"allow": [f"{names.inbox_of(IDENTITY)}.>"]},
                },
            }
        ],
    }


def _exports(service: str, peers: list[str]) -> list[dict[str, Any]]:
    to_peers = {"accounts": [account_of(peer) for peer in peers]}
    return [
        {"service": names.questions_to(service), **to_peers},
        {"stream": names.mark_of(service), **to_peers},
    ]


def _imports(service: str, peers: list[str]) -> list[dict[str, Any]]:
    from_hub = [*names.published_by(service), *_pulled_by(service)]
    return [
        *({"service": {"account": HUB, "subject": subject}} for subject in from_hub),
        {"service": {"account": AUDIT, "subject": names.checkpoints_of(service)}},
        *(
            {
                "service": {"account": HUB, "subject": f"$JS.API.{question}"},
                "to": f"{names.HUB_API}.{question}",
            }
            for question in _asked_of_the_hub(service)
        ),
        *(
            {"service": {"account": account_of(peer), "subject": names.questions_to(peer)}}
            for peer in peers
        ),
        *(
            {"stream": {"account": account_of(peer), "subject": names.mark_of(peer)}}
            for peer in peers
        ),
    ]


def _user(service: str, peers: list[str], key: str) -> dict[str, Any]:
    publish = [
        *names.published_by(service),
        *_pulled_by(service),
        *(f"{names.HUB_API}.{question}" for question in _asked_of_the_hub(service)),
        names.mark_of(service),
        names.door_of(service),
        names.checkpoints_of(service),
        *(names.questions_to(peer) for peer in peers),
        *([f"{feed_api('*')}.{feed_consumer_info('*')}"] if service == FEED_READER else []),
    ]
    subscribe = [
        f"{names.inbox_of(service)}.>",
        names.questions_to(service),
        names.door_of(service),
        *(names.mark_of(peer) for peer in peers),
    ]
    return {
        "nkey": key,
        "permissions": {
            "publish": {"allow": publish},
            "subscribe": {"allow": subscribe},
            "allow_responses": {"max": 1, "expires": "5s"},
        },
    }


def _pulled_by(service: str) -> list[str]:
    """What it takes to hear: its own consumers' next messages, and that they arrived."""
    consumers = names.consumers_of(service)
    return [
        subject for one in consumers for subject in (names.next_of(one), names.acknowledged_by(one))
    ]


def _asked_of_the_hub(service: str) -> tuple[str, ...]:
    """Who the stream is, and how far the service's own consumers are: state, and no change."""
    return (_STREAM_INFO, *map(names.consumer_info_of, names.consumers_of(service)))


def account_of(service: str) -> str:
    """The account of a service."""
    return service.upper()
