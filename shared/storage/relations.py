"""Who is related to which client, as this service knows it: the ground of both walls.

A row is a place on somebody's care team. It is derived from what it stands for (a course, what was
told of one, a session) whenever that is written, so it can neither be forgotten nor disagree. It is
written as the last thing of the same transaction: whoever hands a client over still sees all of the
client until then. A row of the part ``in_our_hands`` has nobody in it: it says that the client
is in a session or not home from a dose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.storage.driver import driver_of

_UTC_TIME: Final = sa.TIMESTAMP(timezone=True)
IN_OUR_HANDS: Final = "in_our_hands"

_FORGET: Final = "DELETE FROM client_relations WHERE source = $1 AND part <> ALL ($2::text[])"
_KEEP: Final = """
    INSERT INTO client_relations (source, part, role, client_id, person_ref, told)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (source, part) DO UPDATE
    SET role = excluded.role, person_ref = excluded.person_ref, told = excluded.told
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A place that something gives; ``part`` tells apart the places of one source."""

    part: str
    role: str
    person: UUID | None
    told: bool = False


Given: TypeAlias = dict[UUID, tuple[UUID, tuple[Related, ...]]]
"""What sources give: each with its client and all places that it gives now."""


def relations_table(metadata: sa.MetaData, info: Mapping[str, Any]) -> sa.Table:
    return sa.Table(
        "client_relations",
        metadata,
        sa.Column("source", pg.UUID, primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("person_ref", pg.UUID),
        # By another service: then it is only as good as what is known of that one.
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Index("client_relations_client", "client_id"),
        sa.Index("client_relations_person", "role", "person_ref"),
        info=dict(info),
    )


def emergency_table(metadata: sa.MetaData, info: Mapping[str, Any]) -> sa.Table:
    return sa.Table(
        "emergency_accesses",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("person_ref", pg.UUID, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("sealed_explanation", pg.BYTEA, nullable=False),
        sa.Column("begins_at", _UTC_TIME, nullable=False),
        sa.Column("ends_at", _UTC_TIME, nullable=False),
        sa.Column("reviewed_at", _UTC_TIME),
        sa.Column("reviewed_by", pg.UUID),
        sa.Column("finding", sa.Text),
        sa.Index("emergency_accesses_person", "role", "person_ref"),
        sa.Index("emergency_accesses_client", "client_id"),
        info=dict(info),
    )


def team_places(
    *, therapist: UUID | None, prescriber: UUID | None, over: bool, told: bool
) -> tuple[Related, ...]:
    """The two places of a course. Nobody has to take up what is over: its open places close."""
    named = {"therapist": therapist, "prescriber": prescriber}
    return tuple(
        Related(part=role, role=role, person=person, told=told)
        for role, person in named.items()
        if person is not None or not over
    )


def in_our_hands(*, yes: bool) -> tuple[Related, ...]:
    """The client is with us, as a session or a recovery says."""
    return (Related(part=IN_OUR_HANDS, role=IN_OUR_HANDS, person=None),) if yes else ()


async def write_relations(connection: AsyncConnection, given: Given) -> None:
    """Replace the places that these sources give."""
    if not given:
        return
    driver = driver_of(connection)
    await driver.execute_many(
        _FORGET, [(source, [r.part for r in related]) for source, (_, related) in given.items()]
    )
    rows = [
        (source, r.part, r.role, client, r.person, r.told)
        for source, (client, related) in given.items()
        for r in related
    ]
    if rows:
        await driver.execute_many(_KEEP, rows)
