"""The audit chain, and whether a bucket of tries has said no."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
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
    op.add_column(
        "guesses",
        sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )


def downgrade() -> None:
    op.drop_column("guesses", "refused")
    op.drop_table("audit_chain")
