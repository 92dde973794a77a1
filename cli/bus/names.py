"""Names on the bus. Who may use which is in ``accounts``."""

from typing import Final

STREAM: Final = "CARETEAM_EVENTS"
HUB: Final = "BUS"
"""The account that owns the stream."""
PROVISIONER: Final = "bus"
"""Its one user."""

AUDIT_STREAM: Final = "CARETEAM_AUDIT"
AUDIT: Final = "AUDIT"
"""The account that owns what the services' audit chains are measured by."""
AUDITOR: Final = "audit"
"""Its one user: makes the stream and reads it. Nobody can take anything out of it."""

FEED: Final = "notifications-feed"
"""The second consumer of notifications: the public events of all four services, for integrators."""
FEED_READER: Final = "notifications"

HUB_API: Final = "BUS.API"
"""The prefix under which a service finds the hub's JetStream API. ``$JS.API`` would not do: there
the server's own API answers as well, for the service's own account, which has no JetStream."""

STREAM_SUBJECTS: Final = ("careteam.evt.>", "careteam.int.>", "careteam.canary.>")


def published_by(service: str) -> tuple[str, ...]:
    """What a service may publish, and nobody else: so the subject tells the author."""
    return (
        f"careteam.evt.{service}.>",
        f"careteam.int.{service}.>",
        f"careteam.canary.{service}",
    )


def events_of(service: str) -> tuple[str, str]:
    """The subjects of a service's events, public and internal."""
    return (public_events_of(service), f"careteam.int.{service}.>")


def public_events_of(service: str) -> str:
    """The subjects of what integrators may be told."""
    return f"careteam.evt.{service}.>"


def consumers_of(service: str) -> tuple[str, ...]:
    """A service's own consumers: what it hears of the others, and what it tells integrators."""
    return (service, FEED) if service == FEED_READER else (service,)


def next_of(consumer: str) -> str:
    """Asks for a consumer's next messages."""
    return f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{consumer}"


def consumer_info_of(consumer: str) -> str:
    """Tells how far a consumer is; below the API's prefix, as whoever asks names it."""
    return f"CONSUMER.INFO.{STREAM}.{consumer}"


def acknowledged_by(consumer: str) -> str:
    return f"$JS.ACK.{STREAM}.{consumer}.>"


def integrator_account(name: str) -> str:
    """The account in which an integrator comes in; no service's name can be this."""
    return f"INTEGRATOR_{name}"


def feed_account(name: str) -> str:
    """The account of an integrator's stream, in which nobody comes in."""
    return f"FEED_{name}"


def delivered_to_feed(name: str) -> str:
    """Under this the hub hands a feed what it asks for; nobody subscribes to it but the server."""
    return f"feed.{name}"


def questions_to(service: str) -> str:
    return f"careteam.rpc.{service}.>"


def mark_of(service: str) -> str:
    """How far a service's published events reach (ruling 5)."""
    return f"careteam.mark.{service}"


def checkpoints_of(service: str) -> str:
    """Where a service's audit checkpoints go, and nothing comes back."""
    return f"careteam.audit.{service}"


def door_of(service: str) -> str:
    """A relay's doorbell, heard inside the service only."""
    return f"careteam.door.{service}"


def inbox_of(user: str) -> str:
    """The prefix of a user's replies: nobody else can listen to them."""
    return f"_INBOX_{user}"
