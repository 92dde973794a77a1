"""The clients for whom :func:`shared.access.decide` says yes, as a question to the database."""

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.storage.context import Actor
from shared.storage.relations import IN_OUR_HANDS

_RELATIONS: Final = sa.table(
    "client_relations",
    sa.column("client_id", pg.UUID),
    sa.column("role", sa.Text),
    sa.column("person_ref", pg.UUID),
    sa.column("told", sa.Boolean),
).c
_ACCESSES: Final = sa.table(
    "emergency_accesses",
    sa.column("client_id", pg.UUID),
    sa.column("role", sa.Text),
    sa.column("person_ref", pg.UUID),
    sa.column("ends_at", sa.TIMESTAMP(timezone=True)),
).c


def related_to(actor: Actor, *, team_known: bool) -> sa.Select[Any]:
    """By their relations. Without a ``team_known`` what was told counts for those in our hands."""
    mine = sa.select(_RELATIONS.client_id).where(
        _RELATIONS.role == actor.role,
        sa.or_(_RELATIONS.person_ref == actor.ref, _RELATIONS.person_ref.is_(None)),
    )
    if team_known:
        return mine
    here = sa.select(_RELATIONS.client_id).where(_RELATIONS.role == IN_OUR_HANDS)
    return mine.where(sa.or_(sa.not_(_RELATIONS.told), _RELATIONS.client_id.in_(here)))


def opened_to(actor: Actor, now: datetime) -> sa.Select[Any]:
    """Whose records were opened to this person in an emergency."""
    return sa.select(_ACCESSES.client_id).where(
        _ACCESSES.role == actor.role, _ACCESSES.person_ref == actor.ref, _ACCESSES.ends_at > now
    )
