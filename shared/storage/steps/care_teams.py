"""Who is on whose care team, as this service knows it, and whom an answer was about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg


def upgrade() -> None:
    op.create_table(
        "client_relations",
        sa.Column("source", sa.UUID(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("person_ref", sa.UUID(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("source", "part"),
    )
    op.create_index("client_relations_client", "client_relations", ["client_id"])
    op.add_column(
        "answered_commands",
        sa.Column("clients", pg.ARRAY(sa.UUID()), nullable=False, server_default="{}"),
    )
    op.create_index("client_relations_person", "client_relations", ["role", "person_ref"])


def downgrade() -> None:
    op.drop_column("answered_commands", "clients")
    op.drop_table("client_relations")
