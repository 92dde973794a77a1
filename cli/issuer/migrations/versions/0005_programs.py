"""Programs that act by themselves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UTC_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "programs",
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("secret_hash", pg.BYTEA, nullable=False),
        sa.Column("made_at", UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()")),
        sa.Column("ended_at", UTC_TIME),
    )


def downgrade() -> None:
    op.drop_table("programs")
