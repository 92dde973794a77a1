"""Second factors, and whose password was right while they look for their code."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _made_at() -> sa.Column[object]:
    return sa.Column(
        "made_at",
        sa.TIMESTAMP(timezone=True),
        nullable=False,
        server_default=sa.text("clock_timestamp()"),
    )


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("salt", pg.BYTEA, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        _made_at(),
    )
    op.create_table(
        "proven_passwords",
        sa.Column("id_hash", pg.BYTEA, primary_key=True),
        sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), nullable=False),
        _made_at(),
    )


def downgrade() -> None:
    op.drop_table("proven_passwords")
    op.drop_table("second_factors")
