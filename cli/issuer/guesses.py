"""How often somebody may guess: a bucket of tries for each login and for each address.

A bucket fills up again by itself, so nobody is ever shut out for good, and a login that nobody has
is counted as one that somebody has. Within five minutes a login gets ten tries at most (E7): the
five in its bucket, and one more each minute.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.tables import GUESSES


@dataclass(frozen=True, slots=True)
class Level:
    """How many tries are ``left`` in a bucket, as of then; ``refused``: the last was not given."""

    left: float
    at: datetime
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """``most`` tries at once, and another one every ``each`` seconds, for one word of a kind."""

    kind: str
    most: float
    each: float

    def of(self, word: str) -> "Tries":
        return Tries(self, word)

    def full(self, now: datetime) -> Level:
        return Level(self.most, now)

    def filled(self, level: Level, now: datetime) -> float:
        """How many tries there are by now. A clock that was put back takes none away."""
        passed = max(0.0, (now - level.at).total_seconds())
        return min(self.most, level.left + passed / self.each)

    def take(self, level: Level, now: datetime) -> Level:
        """The level after somebody tried: one less, or the same and refused."""
        left = self.filled(level, now)
        return Level(left - 1, now) if left >= 1 else Level(left, now, refused=True)

    def wait(self, level: Level) -> float:
        """Seconds until there is a try again."""
        return max(0.0, (1 - level.left) * self.each)


@dataclass(frozen=True, slots=True)
class Tries:
    """A bucket of somebody's; only a digest of whose it is is kept."""

    bucket: Bucket
    word: str

    @property
    def key(self) -> bytes:
        return hashlib.sha256(f"{self.bucket.kind}:{self.word}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Wait:
    """It may not be tried for so many ``seconds``. ``first``: nobody was told so just before."""

    seconds: int
    first: bool


OF_A_LOGIN: Final = Bucket("login", 5, 60)
OF_AN_ADDRESS: Final = Bucket("address", 30, 5)
OF_A_CODE: Final = Bucket("code", 5, 300)
"""Whoever knows a password has three codes in a million at each try: one in a thousand a day."""

OF_THE_OFFICE: Final = Bucket("administration", 5, 60)
"""Of those alone who come without the clinic's secret."""

_FORGET: Final = sa.text("DELETE FROM guesses WHERE at < clock_timestamp() - interval '1 day'")


def at_the_door(login: str, address: str) -> Sequence[Tries]:
    """What a name and a password that are typed somewhere take from."""
    return (OF_AN_ADDRESS.of(address), OF_A_LOGIN.of(login))


async def take(connection: AsyncConnection, tries: Sequence[Tries]) -> Wait | None:
    """One try of each bucket; None when it may be tried."""
    await connection.execute(_FORGET)
    now, waits = datetime.now(UTC), []
    for one in tries:
        before = await _level(connection, one, now)
        after = one.bucket.take(before, now)
        await _keep(connection, one, after)
        if after.refused:
            waits.append((one.bucket.wait(after), not before.refused))
    if not waits:
        return None
    return Wait(max(1, math.ceil(max(waits)[0])), any(first for _, first in waits))


async def give_back(connection: AsyncConnection, tries: Sequence[Tries]) -> None:
    """A right password was no guess."""
    for one in tries:
        await connection.execute(
            sa.update(GUESSES).where(GUESSES.c.key == one.key).values(left=GUESSES.c.left + 1)
        )


async def _level(connection: AsyncConnection, tries: Tries, now: datetime) -> Level:
    full = tries.bucket.full(now)
    await connection.execute(
        insert(GUESSES).values(key=tries.key, left=full.left, at=full.at).on_conflict_do_nothing()
    )
    row = (
        await connection.execute(
            sa.select(GUESSES).where(GUESSES.c.key == tries.key).with_for_update()
        )
    ).one()
    return Level(row.left, row.at, row.refused)


async def _keep(connection: AsyncConnection, tries: Tries, level: Level) -> None:
    await connection.execute(
        sa.update(GUESSES)
        .where(GUESSES.c.key == tries.key)
        .values(left=level.left, at=level.at, refused=level.refused)
    )
