"""Erasing a client: the one way in which what is known of them is deleted."""

import sqlalchemy as sa
from alembic import op

from shared.storage.steps import erasing

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_CLIENTS = (
    "addenda",
    "client_relations",
    "clients",
    "consents",
    "course_facts",
    "course_protocols",
    "courses",
    "erasures",
    "holds",
    "incidents",
    "lane_events",
    "protocol_changes",
    "questions",
    "receipts",
    "reviews",
    "screenings",
    "timers",
)


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("course_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("erasures_by_status", "erasures", ["status", "id"])
    op.create_index(
        "one_erasure_under_way",
        "erasures",
        ["subject_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'erasing')"),
    )
    erasing.upgrade(OF_CLIENTS)


def downgrade() -> None:
    erasing.downgrade()
    op.drop_table("erasures")
