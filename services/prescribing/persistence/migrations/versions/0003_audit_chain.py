"""The audit chain, in place of the table of details told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_chain",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("clients", pg.ARRAY(pg.UUID()), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", pg.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("audit_chain_clients", "audit_chain", ["clients"], postgresql_using="gin")
    op.drop_table("detail_audit")


def downgrade() -> None:
    op.create_table(
        "detail_audit",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("told_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("actor_role", sa.Text(), nullable=False),
        sa.Column("actor_ref", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("detail_audit_client", "detail_audit", ["client_id", "id"])
    op.drop_table("audit_chain")
