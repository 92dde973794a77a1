"""Accounts, passkeys, sign-ins and what hangs on them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

UTC_TIME = sa.TIMESTAMP(timezone=True)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, UTC_TIME, nullable=False, server_default=sa.text("clock_timestamp()"))


def _sid() -> sa.Column[object]:
    return sa.Column(
        "sid", pg.UUID, sa.ForeignKey("sign_ins.sid", ondelete="CASCADE"), nullable=False
    )


def _account() -> sa.Column[object]:
    return sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("login", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("ref", pg.UUID, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False),
        sa.Column("disabled_at", UTC_TIME),
    )
    op.create_table(
        "passkeys",
        sa.Column("credential_id", pg.BYTEA, primary_key=True),
        _account(),
        sa.Column("public_key", pg.BYTEA, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        _at("made_at"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("sid", pg.UUID, primary_key=True),
        sa.Column("id_hash", pg.BYTEA, nullable=False, unique=True),
        _account(),
        sa.Column("methods", pg.ARRAY(sa.Text), nullable=False),
        sa.Column("form_token", sa.Text, nullable=False),
        _at("began_at"),
        _at("authenticated_at"),
        _at("seen_at"),
        sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.create_table(
        "codes",
        sa.Column("code_hash", pg.BYTEA, primary_key=True),
        _sid(),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("code_challenge", sa.Text, nullable=False),
        _at("made_at"),
    )
    op.create_table(
        "refresh_tokens",
        _sid(),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("token_hash", pg.BYTEA, nullable=False, unique=True),
        sa.Column("scope", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sid", "client_id"),
    )
    op.create_table(
        "notices",
        sa.Column("id", pg.UUID, primary_key=True),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("subject", pg.UUID, nullable=False),
        sa.Column("sid", pg.UUID),
        _at("made_at"),
        _at("next_at"),
    )
    op.create_table(
        "guesses",
        sa.Column("key", pg.BYTEA, primary_key=True),
        sa.Column("left", sa.Double, nullable=False),
        sa.Column("at", UTC_TIME, nullable=False),
    )
    op.create_table(
        "challenges",
        sa.Column("id_hash", pg.BYTEA, primary_key=True),
        sa.Column("challenge", pg.BYTEA, nullable=False),
        _at("made_at"),
    )


def downgrade() -> None:
    for table in (
        "challenges",
        "guesses",
        "notices",
        "refresh_tokens",
        "codes",
        "sign_ins",
        "passkeys",
        "accounts",
    ):
        op.drop_table(table)
