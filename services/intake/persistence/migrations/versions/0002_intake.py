"""Clients, courses, consent, holds and what intake knows of the others."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UTC_TIME = sa.TIMESTAMP(timezone=True)


def _aggregate() -> list[sa.Column[Any]]:
    """The columns of an aggregate stored whole."""
    return [
        sa.Column("id", sa.UUID(), primary_key=True),
        sa.Column("client_id", sa.UUID()),
        sa.Column("course_id", sa.UUID()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTC_TIME, nullable=False),
        sa.Column("body", pg.JSONB(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "clients",
        *_aggregate(),
        sa.Column("name", sa.Text(), nullable=False),
    )
    op.create_table(
        "consents",
        *_aggregate(),
        sa.Column("signatures", pg.ARRAY(sa.UUID()), nullable=False),
        sa.UniqueConstraint("course_id", name="consent_of_course"),
    )
    op.create_index(
        "consents_by_signature", "consents", ["signatures"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "course_facts",
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("body", pg.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "courses",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closing", sa.Boolean(), nullable=False),
        sa.Column("therapist_ref", sa.UUID(), nullable=True),
        sa.Column("prescriber_ref", sa.UUID(), nullable=True),
    )
    op.create_index("courses_by_status", "courses", ["status", "id"], unique=False)
    op.create_index("courses_of_client", "courses", ["client_id"], unique=False)
    op.create_index("courses_of_therapist", "courses", ["therapist_ref", "id"], unique=False)
    op.create_index("courses_of_prescriber", "courses", ["prescriber_ref", "id"], unique=False)
    op.create_table(
        "holds",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
    )
    op.create_index("holds_by_status", "holds", ["status", "id"], unique=False)
    op.create_index("holds_of_course", "holds", ["course_id", "status"], unique=False)
    op.create_table(
        "incidents",
        *_aggregate(),
    )
    op.create_table(
        "protocol_changes",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_open_protocol_change",
        "protocol_changes",
        ["course_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('awaiting_signature', 'asking')"),
    )
    op.create_index(
        "protocol_changes_of_course", "protocol_changes", ["course_id", "status"], unique=False
    )
    op.create_table(
        "questions",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
    )
    op.create_index("questions_of_course", "questions", ["course_id", "status"], unique=False)
    op.create_table(
        "reviews",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
    )
    op.create_index(
        "one_waiting_review",
        "reviews",
        ["course_id"],
        unique=True,
        postgresql_where=sa.text("status = 'awaiting_signature'"),
    )
    op.create_index("reviews_of_course", "reviews", ["course_id", "status"], unique=False)
    op.create_table(
        "screenings",
        *_aggregate(),
        sa.Column("status", sa.Text(), nullable=False),
        sa.UniqueConstraint("course_id", name="screening_of_course"),
    )


def downgrade() -> None:
    for table in (
        "screenings",
        "reviews",
        "questions",
        "protocol_changes",
        "incidents",
        "holds",
        "courses",
        "course_facts",
        "consents",
        "clients",
    ):
        op.drop_table(table)
