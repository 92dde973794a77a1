"""Passkeys: public keys of people's devices. A challenge is used once and lives for minutes.

The library is imported where it is first needed: most starts of an issuer never need it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.sign_ins import digest
from cli.issuer.tables import CHALLENGES, PASSKEYS

MINUTES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    credential_id: bytes
    account_id: UUID
    public_key: bytes
    sign_count: int
    made_at: datetime


async def of(connection: AsyncConnection, account_id: UUID) -> Sequence[Passkey]:
    """Somebody's passkeys, oldest first."""
    rows = await connection.execute(
        sa.select(PASSKEYS).where(PASSKEYS.c.account_id == account_id).order_by(PASSKEYS.c.made_at)
    )
    return [_passkey(row) for row in rows]


async def by_id(connection: AsyncConnection, credential_id: bytes) -> Passkey | None:
    row = (
        await connection.execute(
            sa.select(PASSKEYS).where(PASSKEYS.c.credential_id == credential_id).with_for_update()
        )
    ).one_or_none()
    return None if row is None else _passkey(row)


async def keep(
    connection: AsyncConnection,
    account_id: UUID,
    credential_id: bytes,
    public_key: bytes,
    count: int,
) -> None:
    await connection.execute(
        sa.insert(PASSKEYS).values(
            credential_id=credential_id,
            account_id=account_id,
            public_key=public_key,
            sign_count=count,
        )
    )


async def used(connection: AsyncConnection, passkey: Passkey, count: int) -> None:
    await connection.execute(
        sa.update(PASSKEYS)
        .where(PASSKEYS.c.credential_id == passkey.credential_id)
        .values(sign_count=count)
    )


async def remove(connection: AsyncConnection, account_id: UUID, credential_id: bytes) -> None:
    await connection.execute(
        sa.delete(PASSKEYS).where(
            PASSKEYS.c.account_id == account_id, PASSKEYS.c.credential_id == credential_id
        )
    )


async def new_challenge(connection: AsyncConnection) -> tuple[str, bytes]:
    """A challenge, and the secret under which only this browser finds it again."""
    kept, challenge = secrets.token_urlsafe(32), secrets.token_bytes(32)
    await connection.execute(
        sa.insert(CHALLENGES).values(id_hash=digest(kept), challenge=challenge)
    )
    return kept, challenge


async def challenge_of(connection: AsyncConnection, kept: str) -> bytes | None:
    """The challenge, for somebody who may need another try at it."""
    fresh = sa.func.clock_timestamp() - sa.text(f"interval '{MINUTES} minutes'")
    found = await connection.execute(
        sa.select(CHALLENGES.c.challenge).where(
            CHALLENGES.c.id_hash == digest(kept), CHALLENGES.c.made_at > fresh
        )
    )
    challenge = found.scalar_one_or_none()
    return None if challenge is None else bytes(challenge)


async def take_challenge(connection: AsyncConnection, kept: str) -> bytes | None:
    """The challenge, once."""
    fresh = sa.func.clock_timestamp() - sa.text(f"interval '{MINUTES} minutes'")
    row = (
        await connection.execute(
            sa.delete(CHALLENGES)
            .where(CHALLENGES.c.id_hash == digest(kept))
            .returning(CHALLENGES.c.challenge, (CHALLENGES.c.made_at > fresh).label("fresh"))
        )
    ).one_or_none()
    return bytes(row.challenge) if row is not None and row.fresh else None


def _passkey(row: Any) -> Passkey:
    return Passkey(
        credential_id=bytes(row.credential_id),
        account_id=UUID(str(row.account_id)),
        public_key=bytes(row.public_key),
        sign_count=row.sign_count,
        made_at=row.made_at,
    )
