"""Integrators, every public event as the stream held it, and what each integrator is owed of them.

Events are messages, as in the outbox and the lanes: ids, types and times, written and sent without
a person. They stand outside the second wall for the same reason.
"""

from typing import Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql as pg

from services.notifications.domain.integrator import Integrator
from services.notifications.persistence.schema import metadata
from shared.storage import AggregateTable, aggregate_columns
from shared.storage.erasures import STAYS
from shared.storage.tables import PASSES, UTC_TIME

integrators: Final = sa.Table(
    "integrators",
    metadata,
    *aggregate_columns(
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    ),
    sa.Index(
        "integrators_name", "name", unique=True, postgresql_where=sa.text("status <> 'revoked'")
    ),
)
INTEGRATORS: Final = AggregateTable(
    "integrator",
    integrators,
    TypeAdapter(Integrator),
    lambda integrator: {"name": integrator.name, "status": integrator.status.value},
)

public_events: Final = sa.Table(
    "public_events",
    metadata,
    sa.Column("stream_epoch", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream_sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("event_id", pg.UUID, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("client_id", pg.UUID, nullable=False),
    sa.Column("recorded_at", UTC_TIME, nullable=False),
    sa.Column("headers", pg.JSONB, nullable=False),
    sa.Column("payload", pg.BYTEA, nullable=False),
    # Real time, by which the oldest are given up: the clinic's clock may be a sandbox clock.
    sa.Column("kept_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")),
    sa.Index("public_events_kept", "kept_at"),
    sa.Index("public_events_recorded", "recorded_at"),
    info={PASSES: True, STAYS: "what integrators are told: ids, types and times"},
)

webhook_deliveries: Final = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("integrator_id", pg.UUID, sa.ForeignKey("integrators.id"), primary_key=True),
    sa.Column("event_id", pg.UUID, primary_key=True),
    sa.Column("stream_epoch", sa.BigInteger, nullable=False),
    sa.Column("stream_sequence", sa.BigInteger, nullable=False),
    sa.Column("client_id", pg.UUID, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("due_since", UTC_TIME, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("tried_at", UTC_TIME),
    sa.Column("next_try_at", UTC_TIME),
    sa.Column("status", sa.Integer),
    sa.Column("failure", sa.Text),
    # An event that was given up by age takes with it what is owed of it.
    sa.ForeignKeyConstraint(
        ["stream_epoch", "stream_sequence"],
        ["public_events.stream_epoch", "public_events.stream_sequence"],
        ondelete="CASCADE",
    ),
    sa.Index("webhook_deliveries_event", "stream_epoch", "stream_sequence"),
    sa.Index(
        "webhook_deliveries_waiting",
        "integrator_id",
        "client_id",
        "stream_epoch",
        "stream_sequence",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index("webhook_deliveries_state", "integrator_id", "state", "tried_at"),
    info={PASSES: True, STAYS: "who was told of an event, and who is still to be"},
)
