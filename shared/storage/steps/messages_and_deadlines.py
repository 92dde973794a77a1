"""Messages out and in, deadlines, receipts and answered commands."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

UTC_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "aggregate_versions",
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("aggregate_id"),
    )
    op.create_table(
        "answered_commands",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", pg.BYTEA(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", pg.JSONB(), nullable=False),
        sa.Column(
            "answered_at", UTC_TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_table(
        "client_sequences",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id"),
    )
    op.create_table(
        "consumer_position",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single", name="consumer_position_is_one_row"),
        sa.PrimaryKeyConstraint("single"),
    )
    op.create_table(
        "inbox",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("client_sequence", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=True),
        sa.Column(
            "applied_at", UTC_TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "lane_cursors",
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "producer"),
    )
    op.create_table(
        "lane_events",
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("producer", sa.Text(), nullable=False),
        sa.Column("client_sequence", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=False),
        sa.Column("headers", pg.JSONB(), nullable=False),
        sa.Column("payload", pg.BYTEA(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", UTC_TIME, nullable=True),
        sa.Column("parked_at", UTC_TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "received_at", UTC_TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("asked_again_at", UTC_TIME, nullable=True),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(
        "lane_events_client", "lane_events", ["client_id", "stream_sequence"], unique=False
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("client_sequence", sa.BigInteger(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("aggregate_type", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.UUID(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", UTC_TIME, nullable=False),
        sa.Column("recorded_at", UTC_TIME, nullable=False),
        sa.Column("headers", pg.JSONB(), nullable=False),
        sa.Column("payload", pg.BYTEA(), nullable=False),
        sa.Column(
            "written_at", UTC_TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("published_at", UTC_TIME, nullable=True),
        sa.Column("stream_epoch", sa.BigInteger(), nullable=True),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=True),
        sa.Column("edition", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("aggregate_id", "aggregate_version"),
        sa.UniqueConstraint("client_id", "client_sequence"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("outbox_stream_sequence", "outbox", ["stream_sequence"], unique=False)
    op.create_index(
        "outbox_unpublished",
        "outbox",
        ["position"],
        unique=False,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=False),
        sa.Column("decided_at", UTC_TIME, nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("actor_ref", sa.UUID(), nullable=True),
        sa.Column("protocol_version", sa.Integer(), nullable=False),
        sa.Column("protocol_name", sa.Text(), nullable=False),
        sa.Column("protocol_digest", sa.Text(), nullable=False),
        sa.Column("verdicts", pg.JSONB(), nullable=False),
        sa.Column("freshness", pg.JSONB(), nullable=False),
        sa.Column("aggregates", pg.JSONB(), nullable=False),
        sa.Column("inputs_kind", sa.Text(), nullable=True),
        sa.Column("inputs_version", sa.Integer(), nullable=True),
        sa.Column("inputs", pg.BYTEA(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("receipts_course", "receipts", ["course_id", "id"], unique=False)
    op.create_index("receipts_subject", "receipts", ["subject_id", "id"], unique=False)
    op.create_table(
        "course_protocols",
        sa.Column("course_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("course_id"),
    )
    op.create_table(
        "stream_epochs",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single", name="stream_epochs_is_one_row"),
        sa.PrimaryKeyConstraint("single"),
    )
    op.create_table(
        "timers",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("due_at", UTC_TIME, nullable=False),
        sa.Column("payload", pg.JSONB(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", UTC_TIME, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key"),
    )
    op.create_index("timers_due", "timers", ["due_at"], unique=False)
    op.create_table(
        "unreadable_messages",
        sa.Column("stream_epoch", sa.BigInteger(), nullable=False),
        sa.Column("stream_sequence", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("headers", pg.JSONB(), nullable=True),
        sa.Column("payload", pg.BYTEA(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "received_at", UTC_TIME, server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("stream_epoch", "stream_sequence"),
    )
    op.create_table(
        "web_sessions",
        sa.Column("id_hash", pg.BYTEA(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ref", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("form_token", sa.Text(), nullable=False),
        sa.Column(
            "signed_in_at",
            UTC_TIME,
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            UTC_TIME,
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id_hash"),
    )


def downgrade() -> None:
    for table in (
        "web_sessions",
        "unreadable_messages",
        "timers",
        "stream_epochs",
        "receipts",
        "outbox",
        "lane_events",
        "lane_cursors",
        "inbox",
        "course_protocols",
        "consumer_position",
        "client_sequences",
        "answered_commands",
        "aggregate_versions",
    ):
        op.drop_table(table)
