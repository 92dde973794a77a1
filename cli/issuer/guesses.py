"""How often somebody may guess: a bucket of tries for each login and for each address.

A bucket fills up again by itself, so nobody is ever shut out for good, and a login that nobody has
is counted as one that somebody has. Within five minutes a login gets ten tries at most (E7): the
five in its bucket, and one more each minute.
"""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Bucket:
    """``most`` tries at once, and another one every ``each`` seconds."""

    most: float
    each: float


OF_A_LOGIN: Final = Bucket(5, 60)
OF_AN_ADDRESS: Final = Bucket(30, 5)

_FILLED: Final = (
    'least(CAST(:most AS float8), "left"'
    " + extract(epoch FROM clock_timestamp() - at) / CAST(:each AS float8))"
)
_BEGIN: Final = sa.text(
    'INSERT INTO guesses (key, "left", at) VALUES (:key, :most, clock_timestamp())'
    " ON CONFLICT (key) DO NOTHING"
)
_TAKE: Final = sa.text(
    f'UPDATE guesses SET "left" = {_FILLED} - 1, at = clock_timestamp()'  # noqa: S608 - constants
    f" WHERE key = :key AND {_FILLED} >= 1 RETURNING 1"
)
_WAIT: Final = sa.text(
    f"SELECT (1 - {_FILLED}) * CAST(:each AS float8) FROM guesses WHERE key = :key"  # noqa: S608
)
_GIVE_BACK: Final = sa.text('UPDATE guesses SET "left" = "left" + 1 WHERE key = :key')
_FORGET: Final = sa.text("DELETE FROM guesses WHERE at < clock_timestamp() - interval '1 day'")


async def take(connection: AsyncConnection, login: str, address: str) -> int | None:
    """One try of each bucket; None when it may be tried, otherwise the seconds to wait."""
    await connection.execute(_FORGET)
    waits = [
        await _take(connection, _key("address", address), OF_AN_ADDRESS),
        await _take(connection, _key("login", login), OF_A_LOGIN),
    ]
    longest = max(waits)
    return math.ceil(longest) if longest > 0 else None


async def give_back(connection: AsyncConnection, login: str, address: str) -> None:
    """A right password was no guess."""
    for key in (_key("address", address), _key("login", login)):
        await connection.execute(_GIVE_BACK, {"key": key})


async def _take(connection: AsyncConnection, key: bytes, bucket: Bucket) -> float:
    values = {"key": key, "most": bucket.most, "each": bucket.each}
    await connection.execute(_BEGIN, {"key": key, "most": bucket.most})
    if (await connection.execute(_TAKE, values)).first():
        return 0.0
    return max(0.001, float((await connection.execute(_WAIT, values)).scalar_one()))


def _key(kind: str, word: str) -> bytes:
    return hashlib.sha256(f"{kind}:{word}".encode()).digest()
