"""A second factor: six digits that an app counts from a secret and the time (TOTP, RFC 6238).

The database keeps a random salt, and the secret follows from it and a key that is not there: a copy
of the database counts nobody's codes. A code is good for its own half minute and the ones beside
it, and once: what was used, or is older than what was used, is used no more.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.sign_ins import digest
from cli.issuer.tables import PROVEN_PASSWORDS, SECOND_FACTORS

STEP_SECONDS: Final = 30
DIGITS: Final = 6
MINUTES: Final = 5
"""How long somebody whose password was right may look for their code."""
_SECRET_BYTES: Final = 20
_BESIDE: Final = (0, -1, 1)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """Somebody's, with the last step of time that a code was taken for."""

    salt: bytes
    last_step: int
    made_at: datetime


def secret_of(key: bytes, salt: bytes) -> bytes:
    return hmac.digest(key, b"second factor" + salt, "sha256")[:_SECRET_BYTES]


def typed_in(secret: bytes) -> str:
    """As an app takes it by hand: base32, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, login: str) -> str:
    """As an app on the same device takes it: an ``otpauth`` address."""
    return _counter(secret).get_provisioning_uri(login, "careteam")


def step_of(secret: bytes, code: str, now: float, after: int) -> int | None:
    """The step that this code is of, if it is one that may be used still; ``now`` in seconds."""
    typed = "".join(code.split()).encode()
    for beside in _BESIDE:
        step = int(now // STEP_SECONDS) + beside
        counted = _counter(secret).generate(step * STEP_SECONDS)
        if hmac.compare_digest(counted, typed) and step > after:
            return step
    return None


async def of(connection: AsyncConnection, account_id: UUID) -> SecondFactor | None:
    """Somebody's second factor, and nobody else uses it meanwhile."""
    mine = SECOND_FACTORS.c.account_id == account_id
    row = (
        await connection.execute(sa.select(SECOND_FACTORS).where(mine).with_for_update())
    ).one_or_none()
    return None if row is None else SecondFactor(bytes(row.salt), row.last_step, row.made_at)


async def keep(connection: AsyncConnection, account_id: UUID, salt: bytes, step: int) -> None:
    """The code of this step has shown that their device counts as we do."""
    await remove(connection, account_id)
    await connection.execute(
        sa.insert(SECOND_FACTORS).values(account_id=account_id, salt=salt, last_step=step)
    )


async def used(connection: AsyncConnection, account_id: UUID, step: int) -> None:
    mine = SECOND_FACTORS.c.account_id == account_id
    await connection.execute(sa.update(SECOND_FACTORS).where(mine).values(last_step=step))


async def remove(connection: AsyncConnection, account_id: UUID) -> None:
    await connection.execute(
        sa.delete(SECOND_FACTORS).where(SECOND_FACTORS.c.account_id == account_id)
    )


async def password_was_right(connection: AsyncConnection, account_id: UUID, kept: str) -> None:
    """Remember it, under a secret that only this browser has."""
    await connection.execute(
        sa.insert(PROVEN_PASSWORDS).values(id_hash=digest(kept), account_id=account_id)
    )


async def whose_password_was_right(connection: AsyncConnection, kept: str) -> UUID | None:
    fresh = sa.func.clock_timestamp() - sa.text(f"interval '{MINUTES} minutes'")
    found = await connection.execute(
        sa.select(PROVEN_PASSWORDS.c.account_id).where(
            PROVEN_PASSWORDS.c.id_hash == digest(kept), PROVEN_PASSWORDS.c.made_at > fresh
        )
    )
    account_id = found.scalar_one_or_none()
    return None if account_id is None else UUID(str(account_id))


async def forget_password(connection: AsyncConnection, kept: str) -> None:
    await connection.execute(
        sa.delete(PROVEN_PASSWORDS).where(PROVEN_PASSWORDS.c.id_hash == digest(kept))
    )


def _counter(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - what apps count with
