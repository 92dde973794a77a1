"""The stream and its consumers, as declared: one strict step that may be taken again and again.

Services do not make what they need: whichever started first would decide for all, and a service
that may create a consumer may read everything. What is there and differs is changed where the
server can change it without losing anything, and refused where it cannot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, StreamConfig
from nats.js.errors import NotFoundError

from cli.bus.declarations import audit_declaration, consumer_declarations, stream_declaration
from cli.bus.names import AUDIT_STREAM, STREAM
from cli.trouble import Trouble

_STREAM_SHARE_OF_STORE: Final = 0.8
_AUDIT_SHARE_OF_STORE: Final = 0.1
_DEFAULT_BYTES: Final = 8 * 2**30
_DEFAULT_AUDIT_BYTES: Final = 2**30

_FIXED_STREAM: Final = ("storage", "retention", "deny_delete", "deny_purge")
_FIXED_CONSUMER: Final = ("deliver_policy", "ack_policy")


@dataclass(frozen=True, slots=True)
class Drift:
    """One setting that is not as declared."""

    what: str
    setting: str
    found: Any
    declared: Any

    def __str__(self) -> str:
        return f"{self.what}: {self.setting} is {self.found}, declared {self.declared}"


async def provision(
    client: Client,
    services: Iterable[str],
    *,
    replicas: int = 1,
    most_bytes: int | None = None,
    check: bool = False,
) -> list[Drift]:
    """Make it so, and say what was not. With ``check``, only say it."""
    hub = client.jetstream(timeout=10)
    everybody = list(services)
    try:
        size = most_bytes or await _present_size(hub, STREAM, _DEFAULT_BYTES)
        drifts = await keep_stream(
            hub, stream_declaration(replicas=replicas, most_bytes=size), check
        )
        declared = consumer_declarations(everybody)
        for consumer in declared:
            drifts += await keep_consumer(hub, STREAM, consumer, check)
        drifts += await _strangers(hub, {str(one.durable_name) for one in declared})
    except Error as refused:
        raise Trouble(f"NATS refused to provision {STREAM}: {refused}") from refused
    return drifts


def store_share(most_stored: int) -> int:
    """The stream's part of a store of this many bytes."""
    return int(most_stored * _STREAM_SHARE_OF_STORE)


async def provision_audit(
    client: Client, *, replicas: int = 1, most_bytes: int | None = None, check: bool = False
) -> list[Drift]:
    """The same for the stream of the audit's checkpoints, as that account's own user.

    That stream is made and never changed: whoever may change its limits may empty it.
    """
    hub = client.jetstream(timeout=10)
    try:
        size = most_bytes or await _present_size(hub, AUDIT_STREAM, _DEFAULT_AUDIT_BYTES)
        declared = audit_declaration(replicas=replicas, most_bytes=size)
        drifts = await keep_stream(hub, declared, check=True)
        if check or not drifts:
            return drifts
        if any(drift.setting != "stream" for drift in drifts):
            raise Trouble(f"{drifts[0]}: nobody may change that over the bus, or checkpoints go")
        await hub.add_stream(declared)
    except Error as refused:
        raise Trouble(f"NATS refused to provision {AUDIT_STREAM}: {refused}") from refused
    return drifts


def audit_share(most_stored: int) -> int:
    """The checkpoints' part of a store of this many bytes."""
    return int(most_stored * _AUDIT_SHARE_OF_STORE)


async def keep_stream(
    hub: JetStreamContext, declared: StreamConfig, check: bool, *, what: str | None = None
) -> list[Drift]:
    """Make one stream as declared. ``what`` is what it is called in what is said of it."""
    name = str(declared.name)
    what = what or name
    try:
        found = (await hub.stream_info(name)).config
    except NotFoundError:
        if not check:
            await hub.add_stream(declared)
        return [Drift(what, "stream", "missing", "there")]
    drifts = _differences(what, found, declared)
    if drifts and not check:
        _refuse_fixed(drifts, _FIXED_STREAM)
        await hub.update_stream(replace(found, **{d.setting: d.declared for d in drifts}))
    return drifts


async def keep_consumer(
    hub: JetStreamContext,
    stream: str,
    declared: ConsumerConfig,
    check: bool,
    *,
    what: str | None = None,
) -> list[Drift]:
    """Make one durable consumer of a stream as declared."""
    what = what or f"consumer {declared.durable_name}"
    try:
        found = (await hub.consumer_info(stream, str(declared.durable_name))).config
    except NotFoundError:
        if not check:
            await hub.add_consumer(stream, declared)
        return [Drift(what, "consumer", "missing", "there")]
    drifts = _differences(what, found, declared)
    if drifts and not check:
        _refuse_fixed(drifts, _FIXED_CONSUMER)
        await hub.add_consumer(stream, replace(found, **{d.setting: d.declared for d in drifts}))
    return drifts


async def _strangers(hub: JetStreamContext, declared: set[str]) -> list[Drift]:
    """Durable consumers that nobody declared. Reported; whose they are is for a person to say."""
    found = await hub.consumers_info(STREAM) if await _exists(hub) else []
    return [
        Drift(f"consumer {consumer.name}", "consumer", "there", "not declared")
        for consumer in found
        if consumer.config.durable_name and consumer.config.durable_name not in declared
    ]


async def _exists(hub: JetStreamContext) -> bool:
    try:
        await hub.stream_info(STREAM)
    except NotFoundError:
        return False
    return True


async def _present_size(hub: JetStreamContext, name: str, otherwise: int) -> int:
    """What the stream has already, or a default: its size is decided when it is made."""
    try:
        found = (await hub.stream_info(name)).config.max_bytes
    except NotFoundError:
        found = None
    return found if found and found > 0 else otherwise


def _differences(
    what: str, found: StreamConfig | ConsumerConfig, declared: StreamConfig | ConsumerConfig
) -> list[Drift]:
    """Compares what is declared; what the server adds by itself is its own."""
    drifts = []
    for field in fields(declared):
        wanted = getattr(declared, field.name)
        if wanted is None or field.name == "metadata":
            continue
        present = getattr(found, field.name)
        if _comparable(present) != _comparable(wanted):
            drifts.append(Drift(what, field.name, present, wanted))
    return drifts


def _comparable(value: Any) -> Any:
    if isinstance(value, list):
        return sorted(value)
    return value or None


def _refuse_fixed(drifts: list[Drift], fixed: tuple[str, ...]) -> None:
    for drift in drifts:
        if drift.setting in fixed:
            raise Trouble(
                f"{drift}: the server cannot change that in place. Every service can publish its "
                f"events again from its outbox: remove the stream or consumer, then provision"
            )
