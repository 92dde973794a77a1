"""From the bytes of a message to what a subscriber sees, or to why it cannot be read.

Nothing that a message holds may keep the others from being read. So whatever our tables could not
store is refused here, where it becomes a message without a lane, and not later, where its failure
would be taken for the lane's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nats.aio.msg import Msg

from careteam_contracts.catalogue import MalformedEvent, UnknownEventType, parse
from careteam_contracts.envelope import Envelope, MalformedEnvelope
from shared.messaging.delivery import Delivery
from shared.messaging.subscriptions import Subscription

_LONGEST_TYPE: Final = 200
_HIGHEST_SEQUENCE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message with its envelope; the body is decoded when the event is handled."""

    delivery: Delivery
    body: bytes
    subscription: Subscription[Any, Any] | None

    @property
    def urgent(self) -> bool:
        """Whether it takes effect at once (``!``) and there is something to fold."""
        subscription = self.subscription
        return (
            subscription is not None and subscription.model.urgent and subscription.fold is not None
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message without an envelope of ours: nobody's lane, kept for a person to look at."""

    stream_sequence: int
    subject: str
    headers: Mapping[str, str]
    body: bytes
    reason: str


def read(message: Msg, subscriptions: Mapping[str, Subscription[Any, Any]]) -> Arrived | Unreadable:
    """Read a message's envelope."""
    headers = message.headers or {}
    sequence = stream_sequence(message.reply)
    try:
        envelope = Envelope.from_headers(headers)
        _check(envelope, message.subject)
    except MalformedEnvelope as error:
        return Unreadable(sequence, message.subject, headers, message.data, error.header)
    return Arrived(Delivery(envelope, sequence), message.data, subscriptions.get(envelope.type))


def decode(arrived: Arrived) -> Any:
    """The event in a message's body; raises :class:`BodyError` when it is none of its type."""
    try:
        return parse(arrived.delivery.type, arrived.body)
    except (MalformedEvent, UnknownEventType) as error:
        raise BodyError("malformed-body") from error


class BodyError(ValueError):
    """A body that its type's model refuses; trying again cannot help."""


def stream_sequence(reply: str) -> int:
    """The stream sequence in an ack subject, of either form the server uses."""
    tokens = reply.split(".")
    return int(tokens[5] if len(tokens) < 11 else tokens[7])


def _check(envelope: Envelope, subject: str) -> None:
    """The broker lets nobody publish under another's subjects: the subject proves the author."""
    if not subject.startswith(
        (f"careteam.evt.{envelope.producer}.", f"careteam.int.{envelope.producer}.")
    ):
        raise MalformedEnvelope("ce-source", "is not the author that the subject proves")
    if not (envelope.type.isascii() and envelope.type.isprintable()):
        raise MalformedEnvelope("ce-type", "is no name")
    if len(envelope.type) > _LONGEST_TYPE:
        raise MalformedEnvelope("ce-type", "is too long")
    if envelope.client_sequence > _HIGHEST_SEQUENCE:
        raise MalformedEnvelope("ce-clientsequence", "is no number that anybody has reached")
