"""The envelope: CloudEvents 1.0 in binary mode, as NATS headers (ruling 10).

The body of a message is the event's JSON and nothing else; who, whom, when and in what order is
here. A reader on the hot path parses thousands of these in a second, so the envelope is a plain
frozen dataclass with a parser of its own: every header is looked at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from careteam_contracts.enums import ActorRole, Service

SCHEMA_URN: Final = "urn:careteam:schema:"
MESSAGE_ID: Final = "Nats-Msg-Id"

COURSES_ARE_OF: Final = Service.INTAKE
"""Whose events say, with ``ce-protocolversion``, which protocol a course is pinned to."""

_SOURCE: Final = "/careteam/"
_CONTENT_TYPE: Final = "application/json"
_SERVICES: Final = {_SOURCE + service.value: service for service in Service}
_CANONICAL_UUID: Final = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII
).fullmatch
_WHOLE_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII).fullmatch
_SNAKE_CASE: Final = re.compile(r"[a-z]+(?:_[a-z]+)*", re.ASCII).fullmatch
_ROLES: Final = {role.value: role for role in ActorRole}


class MalformedEnvelope(ValueError):  # noqa: N818 - what is wrong, not that it is an error
    """Headers that are no envelope of ours. Names the header, never its value."""

    def __init__(self, header: str, wrong: str) -> None:
        super().__init__(f"{header}: {wrong}")
        self.header = header


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Everything about an event except its payload.

    ``protocol_version`` is the clinic's protocol by which the course is run: the one it began with,
    or the one it was brought to since. Without a course it is the clinic's present one.
    ``aggregate_version`` counts what was published of one aggregate, ``client_sequence`` what its
    producer published about one client; both begin with 1 and have no holes, internal events
    included. ``occurred_at`` is when it became true, ``recorded_at`` when the producer wrote it.
    """

    event_id: UUID
    type: str
    producer: Service
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    client_sequence: int
    client_id: UUID
    course_id: UUID | None = None
    clinic_id: UUID
    protocol_version: int
    correlation_id: UUID
    causation_id: UUID | None = None
    actor_role: ActorRole
    actor_ref: UUID | None = None
    occurred_at: datetime
    recorded_at: datetime

    def to_headers(self) -> dict[str, str]:
        """The NATS headers of this event. Absent facts have no header.

        An event that is published again after its stream was lost may carry a message id of its
        own, which begins with the event's id; consumers drop duplicates by ``ce-id``.
        """
        event_id = str(self.event_id)
        headers = {
            MESSAGE_ID: event_id,
            "ce-specversion": "1.0",
            "ce-id": event_id,
            "ce-source": _SOURCE + self.producer.value,
            "ce-type": self.type,
            "ce-subject": str(self.aggregate_id),
            "ce-time": _rfc3339(self.recorded_at),
            "ce-occurredat": _rfc3339(self.occurred_at),
            "ce-datacontenttype": _CONTENT_TYPE,
            "ce-dataschema": SCHEMA_URN + self.type,
            "ce-partitionkey": str(self.client_id),
            "ce-correlationid": str(self.correlation_id),
            "ce-aggregatetype": self.aggregate_type,
            "ce-aggregateversion": str(self.aggregate_version),
            "ce-clientsequence": str(self.client_sequence),
            "ce-clinicid": str(self.clinic_id),
            "ce-protocolversion": str(self.protocol_version),
            "ce-actorrole": self.actor_role.value,
        }
        if self.causation_id is not None:
            headers["ce-causationid"] = str(self.causation_id)
        if self.course_id is not None:
            headers["ce-courseid"] = str(self.course_id)
        if self.actor_ref is not None:
            headers["ce-actorref"] = str(self.actor_ref)
        return headers

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> "Envelope":
        """Read an envelope; :class:`MalformedEnvelope` names the first header that is wrong.

        Headers that are not ours (``traceparent``, those of the server) are left alone.
        """
        if _text(headers, "ce-specversion") != "1.0":
            raise MalformedEnvelope("ce-specversion", "only CloudEvents 1.0 is understood")
        event_type = _text(headers, "ce-type")
        producer = _SERVICES.get(_text(headers, "ce-source"))
        if producer is None:
            raise MalformedEnvelope("ce-source", "not one of the four services")
        if not event_type.startswith(f"careteam.{producer.value}."):
            raise MalformedEnvelope("ce-type", "is not a type of the service in ce-source")
        if not headers.get(MESSAGE_ID, _text(headers, "ce-id")).startswith(headers["ce-id"]):
            raise MalformedEnvelope(MESSAGE_ID, "is not of the event in ce-id")
        role = _ROLES.get(_text(headers, "ce-actorrole"))
        if role is None:
            raise MalformedEnvelope("ce-actorrole", "not a role that is known here")
        return cls(
            event_id=_id(headers, "ce-id"),
            type=event_type,
            producer=producer,
            aggregate_type=_code(headers, "ce-aggregatetype"),
            aggregate_id=_id(headers, "ce-subject"),
            aggregate_version=_positive(headers, "ce-aggregateversion"),
            client_sequence=_positive(headers, "ce-clientsequence"),
            client_id=_id(headers, "ce-partitionkey"),
            course_id=_id(headers, "ce-courseid") if "ce-courseid" in headers else None,
            clinic_id=_id(headers, "ce-clinicid"),
            protocol_version=_positive(headers, "ce-protocolversion"),
            correlation_id=_id(headers, "ce-correlationid"),
            causation_id=_id(headers, "ce-causationid") if "ce-causationid" in headers else None,
            actor_role=role,
            actor_ref=_id(headers, "ce-actorref") if "ce-actorref" in headers else None,
            occurred_at=_moment(headers, "ce-occurredat"),
            recorded_at=_moment(headers, "ce-time"),
        )


def _rfc3339(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("an envelope's time needs a zone")
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat().removesuffix("+00:00") + "Z"


def _text(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise MalformedEnvelope(name, "is missing")
    return value


def _id(headers: Mapping[str, str], name: str) -> UUID:
    value = _text(headers, name)
    parsed = _uuid(value)
    if parsed is None:
        raise MalformedEnvelope(name, "is not a UUID in its canonical form")
    return parsed


@lru_cache(maxsize=4096)  # a clinic, a client and a course come again with every event of theirs
def _uuid(value: str) -> UUID | None:
    return UUID(value) if _CANONICAL_UUID(value) else None


def _positive(headers: Mapping[str, str], name: str) -> int:
    value = _text(headers, name)
    if _WHOLE_NUMBER(value) is None:
        raise MalformedEnvelope(name, "is not a whole number from 1")
    return int(value)


def _code(headers: Mapping[str, str], name: str) -> str:
    value = _text(headers, name)
    if _SNAKE_CASE(value) is None:
        raise MalformedEnvelope(name, "is not a snake_case name")
    return value


def _moment(headers: Mapping[str, str], name: str) -> datetime:
    value = _text(headers, name)
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise MalformedEnvelope(name, "is not an RFC 3339 time") from None
    if parsed.tzinfo is None:
        raise MalformedEnvelope(name, "has no zone")
    return parsed if parsed.tzinfo is UTC else parsed.astimezone(UTC)
