"""Who opened a record in an emergency."""

import sqlalchemy as sa
from alembic import op

UTC_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "emergency_accesses",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.UUID(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("begins_at", UTC_TIME, nullable=False),
        sa.Column("ends_at", UTC_TIME, nullable=False),
        sa.Column("reviewed_at", UTC_TIME, nullable=True),
        sa.Column("reviewed_by", sa.UUID(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("emergency_accesses_person", "emergency_accesses", ["role", "person_ref"])
    op.create_index("emergency_accesses_client", "emergency_accesses", ["client_id"])


def downgrade() -> None:
    op.drop_table("emergency_accesses")
