"""The only scalar types that an event may use: bounded, and too narrow for a person's words.

Ids are ``uuid.UUID`` and closed vocabularies are in :mod:`careteam_contracts.enums`; everything
else that an event carries is one of these. ``bool`` is used as it is.
"""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


UtcTime: TypeAlias = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An aware moment, turned into UTC. RFC 3339 on the wire."""

Count: TypeAlias = Annotated[int, Field(ge=0, le=10_000)]
"""A number of things, zero included."""

Ordinal: TypeAlias = Annotated[int, Field(ge=1, le=10_000)]
"""A position in a sequence that begins with 1."""

Version: TypeAlias = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""A version that only grows and begins with 1."""

Sequence: TypeAlias = Annotated[int, Field(ge=1, le=999_999_999_999_999_999)]
"""A position in what one service has published about one client; begins with 1, has no holes."""

EscalationLevel: TypeAlias = Annotated[int, Field(ge=1, le=3)]
"""How far up an unanswered concern has been carried: 1 team, 2 on call, 3 emergency plan."""

TimingProfileCode: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(?:[A-Z]{2}-[A-Z]{3,4}|TP[1-6])$", max_length=7),
    Field(examples=["SL-STD"]),
]
"""A timing profile: ``SL-STD``, or ``TP1`` to ``TP6`` where a clinic keeps the route private."""

RuleSlug: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=64),
    Field(examples=["escort-not-confirmed"]),
]
"""The stable name of a rule, as refusals use it (``escort-not-confirmed``)."""

Digest: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{16}$", max_length=16),
    Field(examples=["0123456789abcdef"]),
]
"""The beginning of a SHA-256, in hexadecimal."""
