"""What the stream, the audit's stream and the consumers have to be like."""

from collections.abc import Iterable
from typing import Final

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from cli.bus.names import (
    AUDIT_STREAM,
    FEED,
    FEED_READER,
    STREAM,
    STREAM_SUBJECTS,
    checkpoints_of,
    events_of,
    public_events_of,
)

DAYS_KEPT: Final = 400
YEARS_VOUCHED: Final = 7
DE_DUPLICATED_SECONDS: Final = 600
ACK_WAIT_SECONDS: Final = 5
MOST_UNACKNOWLEDGED: Final = 1000


def stream_declaration(*, replicas: int, most_bytes: int) -> StreamConfig:
    """The stream. It never stops the clinic: the oldest goes first (ruling 9)."""
    return StreamConfig(
        name=STREAM,
        subjects=list(STREAM_SUBJECTS),
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        num_replicas=replicas,
        max_age=float(DAYS_KEPT * 86400),
        max_bytes=most_bytes,
        duplicate_window=float(DE_DUPLICATED_SECONDS),
        deny_delete=True,
        deny_purge=True,
        allow_msg_ttl=True,
    )


def audit_declaration(*, replicas: int, most_bytes: int) -> StreamConfig:
    """What vouches for the audit is never pushed out by what comes later: a full stream refuses
    the new, which is told, where the old would go in silence. Kept for seven years."""
    return StreamConfig(
        name=AUDIT_STREAM,
        subjects=[checkpoints_of("*")],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        num_replicas=replicas,
        max_age=float(YEARS_VOUCHED * 366 * 86400),
        duplicate_window=120.0,
        max_bytes=most_bytes,
        deny_delete=True,
        deny_purge=True,
    )


def consumer_declaration(service: str, services: Iterable[str]) -> ConsumerConfig:
    """A service's consumer: every event of the other services, whatever its type (ruling 3)."""
    peers = [name for name in services if name != service]
    return ConsumerConfig(
        name=service,
        durable_name=service,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=float(ACK_WAIT_SECONDS),
        max_deliver=-1,
        max_ack_pending=MOST_UNACKNOWLEDGED,
        filter_subjects=[subject for peer in peers for subject in events_of(peer)],
    )


def feed_declaration(services: Iterable[str]) -> ConsumerConfig:
    """What integrators are told from: every public event, and one at a time. The next comes only
    when the one before it was acknowledged, so that no lost connection can change the order."""
    return ConsumerConfig(
        name=FEED,
        durable_name=FEED,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=float(ACK_WAIT_SECONDS),
        max_deliver=-1,
        max_ack_pending=1,
        filter_subjects=[public_events_of(service) for service in services],
    )


def consumer_declarations(services: Iterable[str]) -> list[ConsumerConfig]:
    """Every consumer of the stream."""
    everybody = list(services)
    declared = [consumer_declaration(service, everybody) for service in everybody]
    return [*declared, feed_declaration(everybody)] if FEED_READER in everybody else declared
