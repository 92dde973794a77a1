"""The tables that every service has beside its own: messages, timers, receipts, answers, sign-ins.

All of them live in the service's own database, so that one commit covers a state, the message that
caused it and the messages that it causes.
"""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.storage.erasures import STAYS, add_erased_clients
from shared.storage.form_drafts import add_form_drafts
from shared.storage.keyring_mark import add_keyring_mark
from shared.storage.relations import emergency_table, relations_table

UTC_TIME = sa.TIMESTAMP(timezone=True)
APPEND_ONLY: Final = "append only"
"""Marks a table of which the service's role may add and read rows, and nothing else."""
AUDIT: Final = "audit"
"""What the auditor's role reads."""
PASSES: Final = "passes"
"""Marks a table that names clients and whose rows the service's role deletes in its usual work. Of
every other one only the erasure of a client does."""


def add_platform_tables(metadata: sa.MetaData) -> None:
    """Declare the platform's tables in a service's metadata."""
    _outbox(metadata)
    _inbox(metadata)
    _timers(metadata)
    _receipts(metadata)
    _answered_commands(metadata)
    _course_protocols(metadata)
    _web_sessions(metadata)
    add_form_drafts(metadata)
    add_keyring_mark(metadata)
    audit_chain_table(metadata)
    _sign_in(metadata)
    relations_table(metadata, {PASSES: True})
    emergency_table(metadata, {STAYS: "who opened the record; why they did is emptied"})
    add_erased_clients(metadata, {APPEND_ONLY: True})


def _outbox(metadata: sa.MetaData) -> None:
    sa.Table(
        "outbox",
        metadata,
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", pg.UUID, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("client_sequence", sa.BigInteger, nullable=False),
        sa.Column("course_id", pg.UUID),
        sa.Column("aggregate_type", sa.Text, nullable=False),
        sa.Column("aggregate_id", pg.UUID, nullable=False),
        sa.Column("aggregate_version", sa.Integer, nullable=False),
        sa.Column("occurred_at", UTC_TIME, nullable=False),
        sa.Column("recorded_at", UTC_TIME, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("payload", pg.BYTEA, nullable=False),
        # Real time of the insert, for watermarks: the clinic's clock may be a sandbox clock.
        sa.Column(
            "written_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("published_at", UTC_TIME),
        sa.Column("stream_epoch", sa.BigInteger),
        sa.Column("stream_sequence", sa.BigInteger),
        # Counts publications on request: each needs a de-duplication id of its own.
        sa.Column("edition", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("client_id", "client_sequence"),
        sa.UniqueConstraint("aggregate_id", "aggregate_version"),
        sa.Index(
            "outbox_unpublished", "position", postgresql_where=sa.text("published_at IS NULL")
        ),
        sa.Index("outbox_stream_sequence", "stream_sequence"),
        info={STAYS: "what was told can be told again: ids, types and times"},
    )
    sa.Table(
        "client_sequences",
        metadata,
        sa.Column("client_id", pg.UUID, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        info={STAYS: "how much was told"},
    )
    sa.Table(
        "aggregate_versions",
        metadata,
        sa.Column("aggregate_id", pg.UUID, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
        info={STAYS: "how often each thing was told of"},
    )


def _inbox(metadata: sa.MetaData) -> None:
    sa.Table(
        "inbox",
        metadata,
        sa.Column("event_id", pg.UUID, primary_key=True),
        sa.Column("producer", sa.Text, nullable=False),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("client_sequence", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("aggregate_version", sa.Integer),
        sa.Column(
            "applied_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        info={STAYS: "what was heard: ids and types"},
    )
    sa.Table(
        "lane_cursors",
        metadata,
        sa.Column("client_id", pg.UUID, primary_key=True),
        sa.Column("producer", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        info={STAYS: "how far each service was heard"},
    )
    sa.Table(
        "lane_events",
        metadata,
        sa.Column("event_id", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("producer", sa.Text, nullable=False),
        sa.Column("client_sequence", sa.BigInteger, nullable=False),
        sa.Column("course_id", pg.UUID),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("stream_sequence", sa.BigInteger, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("payload", pg.BYTEA, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", UTC_TIME),
        sa.Column("parked_at", UTC_TIME),
        sa.Column("reason", sa.Text),
        sa.Column(
            "received_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("asked_again_at", UTC_TIME),
        sa.Index("lane_events_client", "client_id", "stream_sequence"),
        info={PASSES: True},
    )
    sa.Table(
        "unreadable_messages",
        metadata,
        sa.Column("stream_epoch", sa.BigInteger, primary_key=True),
        sa.Column("stream_sequence", sa.BigInteger, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("headers", pg.JSONB),
        sa.Column("payload", pg.BYTEA, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column(
            "received_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
    )
    sa.Table(
        "consumer_position",
        metadata,
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("stream_sequence", sa.BigInteger, nullable=False),
        sa.CheckConstraint("single", name="consumer_position_is_one_row"),
    )
    sa.Table(
        "stream_epochs",
        metadata,
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.CheckConstraint("single", name="stream_epochs_is_one_row"),
    )


def _timers(metadata: sa.MetaData) -> None:
    sa.Table(
        "timers",
        metadata,
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("key", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("due_at", UTC_TIME, nullable=False),
        sa.Column("payload", pg.JSONB, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("retry_at", UTC_TIME),
        sa.Column("reason", sa.Text),
        sa.Index("timers_due", "due_at"),
        info={PASSES: True},
    )


def _receipts(metadata: sa.MetaData) -> None:
    sa.Table(
        "receipts",
        metadata,
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("gate", sa.Text, nullable=False),
        sa.Column("subject_id", pg.UUID, nullable=False),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("course_id", pg.UUID),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("decided_at", UTC_TIME, nullable=False),
        sa.Column("actor_role", sa.Text, nullable=False),
        sa.Column("actor_ref", pg.UUID),
        sa.Column("protocol_version", sa.Integer, nullable=False),
        sa.Column("protocol_name", sa.Text, nullable=False),
        sa.Column("protocol_digest", sa.Text, nullable=False),
        sa.Column("verdicts", pg.BYTEA, nullable=False),
        sa.Column("freshness", pg.JSONB, nullable=False),
        sa.Column("aggregates", pg.JSONB, nullable=False),
        sa.Column("inputs_kind", sa.Text),
        sa.Column("inputs_version", sa.Integer),
        sa.Column("inputs", pg.BYTEA),
        sa.Index("receipts_subject", "subject_id", "id"),
        sa.Index("receipts_course", "course_id", "id"),
    )


def _answered_commands(metadata: sa.MetaData) -> None:
    sa.Table(
        "answered_commands",
        metadata,
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_hash", pg.BYTEA, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", pg.BYTEA, nullable=False),
        sa.Column("clients", pg.ARRAY(pg.UUID), nullable=False, server_default="{}"),
        sa.Column(
            "answered_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
    )


def _course_protocols(metadata: sa.MetaData) -> None:
    sa.Table(
        "course_protocols",
        metadata,
        sa.Column("course_id", pg.UUID, primary_key=True),
        sa.Column("client_id", pg.UUID, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        # Of what the file said when this service learned the pin; none when it was not loaded.
        sa.Column("digest", sa.Text),
    )


def _web_sessions(metadata: sa.MetaData) -> None:
    sa.Table(
        "web_sessions",
        metadata,
        sa.Column("id_hash", pg.BYTEA, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("ref", pg.UUID, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("form_token", sa.Text, nullable=False),
        sa.Column(
            "signed_in_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("seen_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")),
        # When the person last proved who they are, and how; what the issuer calls them and it.
        sa.Column(
            "authenticated_at",
            UTC_TIME,
            nullable=False,
            server_default=sa.text("clock_timestamp()"),
        ),
        sa.Column("methods", sa.Text, nullable=False, server_default=""),
        sa.Column("subject", sa.Text),
        sa.Column("issuer_sid", sa.Text),
        # The issuer's tokens, sealed with the id that only the browser keeps.
        sa.Column("sealed", sa.Text),
        sa.Column(
            "asked_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column("locked_at", UTC_TIME),
        sa.Index("web_sessions_by_subject", "subject"),
    )


def _sign_in(metadata: sa.MetaData) -> None:
    now = sa.text("clock_timestamp()")
    sa.Table(
        "sign_in_attempts",
        metadata,
        sa.Column("state_hash", pg.BYTEA, primary_key=True),
        sa.Column("browser_hash", pg.BYTEA, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False, server_default=now),
    )
    sa.Table(
        "kept_forms",
        metadata,
        sa.Column("id_hash", pg.BYTEA, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("ref", pg.UUID, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False, server_default=now),
    )
    sa.Table(
        "ended_subjects",
        metadata,
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("ended_at", UTC_TIME, nullable=False, server_default=now),
    )


def audit_chain_table(metadata: sa.MetaData) -> None:
    """Rows that can be added and read, and nothing else."""
    sa.Table(
        "audit_chain",
        metadata,
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        # Canonical JSON, kept as the very text that the digest covers.
        sa.Column("body", sa.Text, nullable=False),
        # Those that the body names, to be found by.
        sa.Column("clients", pg.ARRAY(pg.UUID), nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("digest", pg.BYTEA, nullable=False),
        sa.Index("audit_chain_clients", "clients", postgresql_using="gin"),
        info={APPEND_ONLY: True, AUDIT: True},
    )
