"""Integrators, every public event, and who is owed which."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "integrators",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "integrators_name",
        "integrators",
        ["name"],
        unique=True,
        postgresql_where=sa.text("status <> 'revoked'"),
    )
    op.create_table(
        "public_events",
        sa.Column("stream_epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stream_sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("payload", postgresql.BYTEA(), nullable=False),
        sa.Column(
            "kept_at",
            sa.TIMESTAMP(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("stream_epoch", "stream_sequence"),
    )
    op.create_index("public_events_kept", "public_events", ["kept_at"], unique=False)
    op.create_index("public_events_recorded", "public_events", ["recorded_at"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("integrator_id", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("stream_epoch", sa.BigInteger(), nullable=False),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("next_try_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["integrator_id"], ["integrators.id"]),
        sa.ForeignKeyConstraint(
            ["stream_epoch", "stream_sequence"],
            ["public_events.stream_epoch", "public_events.stream_sequence"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("integrator_id", "event_id"),
    )
    op.create_index(
        "webhook_deliveries_event",
        "webhook_deliveries",
        ["stream_epoch", "stream_sequence"],
        unique=False,
    )
    op.create_index(
        "webhook_deliveries_state",
        "webhook_deliveries",
        ["integrator_id", "state", "tried_at"],
        unique=False,
    )
    op.create_index(
        "webhook_deliveries_waiting",
        "webhook_deliveries",
        ["integrator_id", "client_id", "stream_epoch", "stream_sequence"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("public_events")
    op.drop_table("integrators")
