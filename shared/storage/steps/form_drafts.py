"""Drafts of forms: what somebody typed and has not signed yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg


def upgrade() -> None:
    op.create_table(
        "form_drafts",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ref", sa.UUID(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("fields", pg.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("role", "ref", "form"),
    )
    op.create_index("form_drafts_saved", "form_drafts", ["saved_at"])


def downgrade() -> None:
    op.drop_table("form_drafts")
