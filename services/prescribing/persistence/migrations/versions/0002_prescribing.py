"""Assessments, prescriptions, doses, recovery, holds, and what is known of courses."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AGGREGATES = (
    "registrations",
    "assessments",
    "prescriptions",
    "dose_orders",
    "dose_ledgers",
    "pre_dose_checks",
    "recoveries",
    "adverse_events",
    "summary_reviews",
    "holds",
    "incidents",
    "review_tasks",
)


def upgrade() -> None:
    _aggregates("registrations")
    _aggregates("assessments")
    op.create_index("assessments_course", "assessments", ["course_id"])
    op.create_index("assessments_client", "assessments", ["client_id"])
    _prescriptions_and_orders()
    _checks_and_recoveries()
    _records()
    for table in AGGREGATES[1:]:
        op.create_index(f"{table}_status", table, ["status", "id"])
    op.create_table(
        "course_facts",
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("body", pg.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def downgrade() -> None:
    for table in ("course_facts", *reversed(AGGREGATES)):
        op.drop_table(table)


def _aggregates(table: str, *more: sa.Column[Any] | sa.UniqueConstraint) -> None:
    """A table of aggregates: identity, version, document, status, and its own columns."""
    op.create_table(
        table,
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", pg.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id"),
    )


def _session(*, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column("session_id", sa.UUID(), nullable=nullable)


def _prescriptions_and_orders() -> None:
    _aggregates("prescriptions")
    op.create_index("prescriptions_course", "prescriptions", ["course_id", "status"])
    op.create_index(
        "one_active_prescription",
        "prescriptions",
        ["course_id"],
        unique=True,
        postgresql_where=sa.text("status = 'active'"),
    )
    _aggregates("dose_orders", _session())
    op.create_index("dose_orders_client", "dose_orders", ["client_id"])
    op.create_index("dose_orders_course", "dose_orders", ["course_id"])
    op.create_index("dose_orders_session", "dose_orders", ["session_id"])
    op.create_index(
        "one_open_dose_order",
        "dose_orders",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'closed'"),
    )
    _aggregates(
        "dose_ledgers",
        sa.Column("dose_order_id", sa.UUID(), nullable=False),
        sa.UniqueConstraint("dose_order_id"),
    )
    op.create_index("dose_ledgers_course", "dose_ledgers", ["course_id"])


def _checks_and_recoveries() -> None:
    _aggregates(
        "pre_dose_checks",
        _session(),
        sa.Column("check_ids", pg.ARRAY(sa.UUID()), nullable=False),
        sa.UniqueConstraint("session_id"),
    )
    op.create_index("pre_dose_checks_course", "pre_dose_checks", ["course_id"])
    op.create_index("pre_dose_checks_ids", "pre_dose_checks", ["check_ids"], postgresql_using="gin")
    _aggregates(
        "recoveries",
        _session(),
        sa.Column("clearance_ids", pg.ARRAY(sa.UUID()), nullable=False),
        sa.UniqueConstraint("session_id"),
    )
    op.create_index("recoveries_course", "recoveries", ["course_id"])
    op.create_index(
        "recoveries_clearances", "recoveries", ["clearance_ids"], postgresql_using="gin"
    )


def _records() -> None:
    _aggregates("adverse_events", _session())
    op.create_index("adverse_events_course", "adverse_events", ["course_id", "id"])
    _aggregates("summary_reviews", _session(), sa.UniqueConstraint("session_id"))
    op.create_index("summary_reviews_course", "summary_reviews", ["course_id"])
    _aggregates("holds", _session(nullable=True), sa.Column("cause", sa.Text(), nullable=False))
    op.create_index("holds_course", "holds", ["course_id", "status"])
    op.create_index("holds_cause", "holds", ["cause"])
    op.create_index(
        "one_open_hold_per_cause",
        "holds",
        ["cause"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    _aggregates(
        "incidents",
        _session(nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.UniqueConstraint("code", "cause"),
    )
    op.create_index("incidents_course", "incidents", ["course_id", "id"])
    _aggregates(
        "review_tasks",
        _session(nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.UniqueConstraint("kind", "cause"),
    )
    op.create_index("review_tasks_course", "review_tasks", ["course_id", "id"])
