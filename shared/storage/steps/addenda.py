"""Addenda to signed records: added beneath, never edited."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.create_table(
        "addenda",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=False),
        sa.Column("author_role", sa.Text(), nullable=False),
        sa.Column("author_ref", sa.UUID(), nullable=False),
        sa.Column("signed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("addenda_of_record", "addenda", ["record_kind", "record_id"])


def downgrade() -> None:
    op.drop_table("addenda")
