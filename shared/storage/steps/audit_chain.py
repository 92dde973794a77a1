"""The audit chain: who did, saw or was denied what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg


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


def downgrade() -> None:
    op.drop_table("audit_chain")
