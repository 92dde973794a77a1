"""Guesses at the real door: slowed down by login and by address, nobody shut out (E7)."""

import asyncio
import math
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event

from cli.issuer import accounts, guesses
from cli.issuer.guesses import Tries
from tests.integration.identity.world import Visitor, World

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


def from_here(login: str) -> Sequence[Tries]:
    """A guess from the address that every visitor of these tests has."""
    return guesses.at_the_door(login, "10.0.0.9")


async def test_a_login_is_guessed_ten_times_in_five_minutes_at_most_and_never_shut(
    visitor: Visitor, world: World
) -> None:
    door = await visitor.door()
    tried = 0
    for minute in range(5):
        while (await visitor.enter(door, "mara.lindqvist", "wrong")).status_code == 422:
            tried += 1
        refused = await visitor.enter(door, "mara.lindqvist")
        assert refused.status_code == 429, f"the right one is not taken either, minute {minute}"
        assert 0 < int(refused.headers["retry-after"]) <= guesses.OF_A_LOGIN.each
        await world.rows("UPDATE guesses SET at = at - interval '1 minute'")
    assert 5 <= tried <= 10
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    assert entered.status_code == 303, "after a minute whoever knows it is in"


async def test_of_hundreds_of_guesses_at_the_door_five_are_looked_at(
    visitor: Visitor, world: World
) -> None:
    """The rest costs neither memory nor the processor: no password is compared."""
    door = await visitor.door()
    statuses = [
        (await visitor.enter(door, "mara.lindqvist", f"guess {number}")).status_code
        for number in range(200)
    ]
    assert set(statuses) == {422, 429}
    assert statuses.count(422) <= guesses.OF_A_LOGIN.most + 5, (
        "five, and one a minute, should it take so long"
    )


async def test_nobody_learns_which_logins_there_are(visitor: Visitor, world: World) -> None:
    """The same words, the same status, the same buckets."""
    door = await visitor.door()
    for login in ("mara.lindqvist", "nobody.at.all"):
        said = [await visitor.enter(door, login, "wrong") for _ in range(6)]
        assert [one.status_code for one in said] == [422] * 5 + [429]
        texts = {one.text.replace(login, "LOGIN") for one in said[:5]}
        assert len({"do not belong together" in text for text in texts}) == 1
    await world.rows("DELETE FROM guesses")


async def test_an_address_that_sprays_is_slowed_down(visitor: Visitor, world: World) -> None:
    """A guess for each of many logins: no login's bucket is empty, the address's is."""
    door = await visitor.door()
    free = 0
    async with world.office.engine.begin() as connection:
        while await guesses.take(connection, from_here(f"somebody.{free}")) is None:
            free += 1
    assert guesses.OF_AN_ADDRESS.most <= free < 200
    assert (await visitor.enter(door, "somebody.else", "wrong")).status_code == 429
    async with world.office.engine.begin() as connection:
        elsewhere = guesses.at_the_door("somebody.else.still", "10.0.0.10")
        assert await guesses.take(connection, elsewhere) is None


async def test_a_wrong_login_is_as_much_work_as_a_wrong_password(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hash is compared, of the same cost, and none made; the same is asked of the database."""
    compared, asked, hasher, here = [], [], accounts._HASHER, asyncio.current_task()

    def compare(password: str, known: str) -> bool:
        compared.append(known)
        return hasher.verify(password, known)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if asyncio.current_task() is here:  # and not what the issuer does by itself
            asked.append(statement)

    monkeypatch.setattr(accounts, "_HASHER", SimpleNamespace(verify=compare))
    door = await visitor.door()
    engine = world.office.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for login in ("mara.lindqvist", "nobody.at.all"):
            assert (await visitor.enter(door, login, "wrong")).status_code == 422
    finally:
        event.remove(engine, "before_cursor_execute", note)
    costs = [known.rsplit("$", 2)[0] for known in compared]
    assert costs == ["$argon2id$v=19$m=65536,t=3,p=4"] * 2
    half = len(asked) // 2
    assert asked[:half] == asked[half:]
    assert half >= 5


@pytest.mark.faults
async def test_it_takes_as_long_when_nobody_has_the_login(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the door, by the clock of whoever knocks: no difference that can be measured.

    With hashes that cost little, so that a difference would not be lost in them. One sample in a
    hundred differs by chance (rank sum, p < 0.01), three in a row do not.
    """
    cheap = PasswordHash((Argon2Hasher(memory_cost=16384, time_cost=2, parallelism=1),))
    monkeypatch.setattr(accounts, "_HASHER", cheap)
    accounts._made_up_hash.cache_clear()
    people = [{"name": "Ash Gray", "role": "nurse", "ref": str(uuid4())}]
    await world.administer("", {"people": people})
    try:
        assert min([abs(await difference(visitor, world)) for _ in range(3)]) < 2.576
    finally:
        accounts._made_up_hash.cache_clear()
        await world.rows("DELETE FROM accounts WHERE name = 'Ash Gray'")


async def difference(visitor: Visitor, world: World) -> float:
    """Between the two, in standard deviations."""
    door = await visitor.door()
    took: dict[str, list[float]] = {"ash.gray": [], "nobody.at.all": []}
    for number in range(220):
        await world.rows("DELETE FROM guesses")
        for login in sorted(took, reverse=bool(number % 2)):
            began = time.perf_counter()
            assert (await visitor.enter(door, login, "wrong")).status_code == 422
            took[login].append(time.perf_counter() - began)
    known, unknown = took.values()
    return rank_sum_z(known[20:], unknown[20:])


def rank_sum_z(one: list[float], other: list[float]) -> float:
    """Mann and Whitney's statistic in standard deviations."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other)
    n, m = len(one), len(other)
    return (wins - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)


async def test_the_measure_sees_a_difference() -> None:
    assert abs(rank_sum_z([1.0 + i / 100 for i in range(20)], [i / 100 for i in range(20)])) > 2.576
