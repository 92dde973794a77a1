"""The issuer's rows. What a browser or a program keeps is found here by its hash alone."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.storage.tables import audit_chain_table

METADATA: Final = sa.MetaData()
UTC_TIME: Final = sa.TIMESTAMP(timezone=True)


def _now() -> sa.TextClause:
    return sa.text("clock_timestamp()")


def _sid() -> sa.Column[object]:
    return sa.Column(
        "sid", pg.UUID, sa.ForeignKey("sign_ins.sid", ondelete="CASCADE"), nullable=False
    )


ACCOUNTS: Final = sa.Table(
    "accounts",
    METADATA,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("ref", pg.UUID, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("demo", sa.Boolean, nullable=False),
    sa.Column("disabled_at", UTC_TIME),
    sa.Column("handed_out", sa.Boolean, nullable=False, server_default=sa.text("false")),
)

PROGRAMS: Final = sa.Table(
    "programs",
    METADATA,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("secret_hash", pg.BYTEA, nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
    sa.Column("ended_at", UTC_TIME),
)

PASSKEYS: Final = sa.Table(
    "passkeys",
    METADATA,
    sa.Column("credential_id", pg.BYTEA, primary_key=True),
    sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("public_key", pg.BYTEA, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
)

SECOND_FACTORS: Final = sa.Table(
    "second_factors",
    METADATA,
    sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("salt", pg.BYTEA, nullable=False),
    sa.Column("last_step", sa.BigInteger, nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
)

PROVEN_PASSWORDS: Final = sa.Table(
    "proven_passwords",
    METADATA,
    sa.Column("id_hash", pg.BYTEA, primary_key=True),
    sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
)

SIGN_INS: Final = sa.Table(
    "sign_ins",
    METADATA,
    sa.Column("sid", pg.UUID, primary_key=True),
    sa.Column("id_hash", pg.BYTEA, nullable=False, unique=True),
    sa.Column("account_id", pg.UUID, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("methods", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("began_at", UTC_TIME, nullable=False, server_default=_now()),
    sa.Column("authenticated_at", UTC_TIME, nullable=False, server_default=_now()),
    sa.Column("seen_at", UTC_TIME, nullable=False, server_default=_now()),
    sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.text("false")),
)

CODES: Final = sa.Table(
    "codes",
    METADATA,
    sa.Column("code_hash", pg.BYTEA, primary_key=True),
    _sid(),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("redirect_uri", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),
    sa.Column("nonce", sa.Text, nullable=False),
    sa.Column("code_challenge", sa.Text, nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
)

REFRESH_TOKENS: Final = sa.Table(
    "refresh_tokens",
    METADATA,
    _sid(),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("token_hash", pg.BYTEA, nullable=False, unique=True),
    sa.Column("scope", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint("sid", "client_id"),
)

NOTICES: Final = sa.Table(
    "notices",
    METADATA,
    sa.Column("id", pg.UUID, primary_key=True),
    sa.Column("client_id", sa.Text, nullable=False),
    sa.Column("subject", pg.UUID, nullable=False),
    sa.Column("sid", pg.UUID),
    sa.Column("but_sid", pg.UUID),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
    sa.Column("next_at", UTC_TIME, nullable=False, server_default=_now()),
)

GUESSES: Final = sa.Table(
    "guesses",
    METADATA,
    sa.Column("key", pg.BYTEA, primary_key=True),
    sa.Column("left", sa.Double, nullable=False),
    sa.Column("at", UTC_TIME, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False, server_default=sa.text("false")),
)

CHALLENGES: Final = sa.Table(
    "challenges",
    METADATA,
    sa.Column("id_hash", pg.BYTEA, primary_key=True),
    sa.Column("challenge", pg.BYTEA, nullable=False),
    sa.Column("made_at", UTC_TIME, nullable=False, server_default=_now()),
)

audit_chain_table(METADATA)
