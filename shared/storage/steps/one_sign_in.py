"""One sign-in for all services: how a session came to be, attempts on the way, forms that wait."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

UTC_TIME = sa.TIMESTAMP(timezone=True)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()"))


def upgrade() -> None:
    for column in (
        _at("authenticated_at"),
        sa.Column("methods", sa.Text, nullable=False, server_default=""),
        sa.Column("subject", sa.Text),
        sa.Column("issuer_sid", sa.Text),
        sa.Column("sealed", sa.Text),
        _at("asked_at"),
        sa.Column("locked_at", UTC_TIME),
    ):
        op.add_column("web_sessions", column)
    op.create_index("web_sessions_by_subject", "web_sessions", ["subject"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("state_hash", pg.BYTEA, primary_key=True),
        sa.Column("browser_hash", pg.BYTEA, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        _at("made_at"),
    )
    op.create_table(
        "kept_forms",
        sa.Column("id_hash", pg.BYTEA, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("ref", pg.UUID, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        _at("made_at"),
    )
    op.create_table(
        "ended_subjects",
        sa.Column("subject", sa.Text, primary_key=True),
        _at("ended_at"),
    )


def downgrade() -> None:
    for table in ("ended_subjects", "kept_forms", "sign_in_attempts"):
        op.drop_table(table)
    op.drop_index("web_sessions_by_subject", "web_sessions")
    for column in (
        "locked_at",
        "asked_at",
        "sealed",
        "issuer_sid",
        "subject",
        "methods",
        "authenticated_at",
    ):
        op.drop_column("web_sessions", column)
