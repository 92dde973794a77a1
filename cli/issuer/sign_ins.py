"""Who is signed in at the issuer: rows, found by the hash of what the browser keeps.

A service that is in use renews its token once a minute, and that keeps a sign-in awake; one that no
service uses falls asleep after the same minutes as the services' own sessions. Then the next
service asks again, so that a screen that locked is not opened by a click on its neighbour.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.accounts import Account
from cli.issuer.tables import (
    ACCOUNTS,
    CHALLENGES,
    CODES,
    PROVEN_PASSWORDS,
    REFRESH_TOKENS,
    SIGN_INS,
)
from shared.web.pages.sessions import (
    AT_THE_DESK,
    IDLE_MINUTES,
    IDLE_MINUTES_AT_THE_DESK,
    LONGEST_HOURS,
)

COOKIE: Final = "__Host-ct-identity"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody at a browser. ``asleep``: known, but asked for their password before they go on."""

    sid: UUID
    account: Account
    methods: Sequence[str]
    form_token: str
    authenticated_at: datetime
    asleep: bool

    def get_user_id(self) -> str:
        """The subject, by Authlib's name for it."""
        return str(self.account.id)

    def age(self, now: datetime) -> float:
        """Seconds since they proved who they are."""
        return (now - self.authenticated_at).total_seconds()


async def found(connection: AsyncConnection, kept: str | None) -> SignIn | None:
    """The sign-in of the browser that keeps this, if it is still one."""
    return await _one(connection, SIGN_INS.c.id_hash == digest(kept)) if kept else None


async def of(connection: AsyncConnection, sid: UUID) -> SignIn | None:
    return await _one(connection, SIGN_INS.c.sid == sid)


async def begin(
    connection: AsyncConnection, account: Account, methods: Sequence[str], before: SignIn | None
) -> tuple[SignIn, str]:
    """Somebody has proved who they are; returns their sign-in and what their browser keeps now.

    It is another id each time (no fixation); the sign-in goes on where it is the same person's.
    """
    kept = secrets.token_urlsafe(32)
    values = {
        "id_hash": digest(kept),
        "methods": list(methods),
        "form_token": secrets.token_urlsafe(32),
        "authenticated_at": sa.func.clock_timestamp(),
        "seen_at": sa.func.clock_timestamp(),
        "locked": False,
    }
    if before is not None and before.account.id == account.id:
        sid = before.sid
        await connection.execute(sa.update(SIGN_INS).where(SIGN_INS.c.sid == sid).values(values))
    else:
        sid = uuid4()
        await connection.execute(
            sa.insert(SIGN_INS).values(sid=sid, account_id=account.id, **values)
        )
    made = await of(connection, sid)
    if made is None:
        raise RuntimeError("a sign-in was gone before it began")
    return made, kept


async def stay(connection: AsyncConnection, sid: UUID) -> None:
    """It is in use."""
    await connection.execute(
        sa.update(SIGN_INS).where(SIGN_INS.c.sid == sid).values(seen_at=sa.func.clock_timestamp())
    )


async def lock(connection: AsyncConnection, sid: UUID) -> None:
    """Nothing more is opened with it before the person has proved again who they are."""
    await connection.execute(sa.update(SIGN_INS).where(SIGN_INS.c.sid == sid).values(locked=True))


async def forget_old(connection: AsyncConnection) -> None:
    """Take away what nobody can use any more."""
    age = sa.func.clock_timestamp()
    for table, column, interval in (
        (SIGN_INS, SIGN_INS.c.began_at, sa.text(f"interval '{LONGEST_HOURS} hours'")),
        (CODES, CODES.c.made_at, sa.text("interval '10 minutes'")),
        (CHALLENGES, CHALLENGES.c.made_at, sa.text("interval '10 minutes'")),
        (PROVEN_PASSWORDS, PROVEN_PASSWORDS.c.made_at, sa.text("interval '10 minutes'")),
    ):
        await connection.execute(sa.delete(table).where(column < age - interval))


async def keep_refresh_token(
    connection: AsyncConnection, sid: UUID, client_id: str, token: str, scope: str
) -> None:
    """The one token with which this service goes on asking about this sign-in."""
    where = (REFRESH_TOKENS.c.sid == sid, REFRESH_TOKENS.c.client_id == client_id)
    await connection.execute(sa.delete(REFRESH_TOKENS).where(*where))
    await connection.execute(
        sa.insert(REFRESH_TOKENS).values(
            sid=sid, client_id=client_id, token_hash=digest(token), scope=scope
        )
    )


async def by_refresh_token(connection: AsyncConnection, token: str) -> tuple[SignIn, Any] | None:
    """The sign-in that a service's token is of, with the token's row."""
    row = (
        await connection.execute(
            sa.select(REFRESH_TOKENS).where(REFRESH_TOKENS.c.token_hash == digest(token))
        )
    ).one_or_none()
    sign_in = None if row is None else await of(connection, UUID(str(row.sid)))
    return None if sign_in is None else (sign_in, row)


def digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


async def _one(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> SignIn | None:
    now = sa.func.clock_timestamp()
    idle = sa.case((ACCOUNTS.c.role == AT_THE_DESK, IDLE_MINUTES_AT_THE_DESK), else_=IDLE_MINUTES)
    row: Any = (
        await connection.execute(
            sa.select(
                SIGN_INS,
                ACCOUNTS,
                (
                    SIGN_INS.c.locked
                    | (SIGN_INS.c.seen_at < now - sa.func.make_interval(0, 0, 0, 0, 0, idle))
                ).label("asleep"),
            )
            .join(ACCOUNTS, ACCOUNTS.c.id == SIGN_INS.c.account_id)
            .where(
                which,
                ACCOUNTS.c.disabled_at.is_(None),
                SIGN_INS.c.began_at > now - sa.text(f"interval '{LONGEST_HOURS} hours'"),
            )
        )
    ).one_or_none()
    if row is None:
        return None
    return SignIn(
        sid=UUID(str(row.sid)),
        account=Account(
            id=UUID(str(row.account_id)),
            login=row.login,
            name=row.name,
            role=row.role,
            ref=UUID(str(row.ref)),
            handed_out=row.handed_out,
        ),
        methods=tuple(row.methods),
        form_token=row.form_token,
        authenticated_at=row.authenticated_at,
        asleep=bool(row.asleep),
    )
