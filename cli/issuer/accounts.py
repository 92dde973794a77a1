"""People who may sign in: a password's argon2id hash, whether they still may, and who they are."""

import asyncio
import secrets
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.clinic.tokens import login_of
from cli.issuer.passwords import normal
from cli.issuer.tables import ACCOUNTS

_HASHER: Final = PasswordHash((Argon2Hasher(memory_cost=65536, time_cost=3, parallelism=4),))
_AT_ONCE: Final = asyncio.Semaphore(2)
"""A hash takes 64 MiB: whoever tries many passwords at once fills a queue, not the memory."""
_PASSWORD_BYTES: Final = 15
"""Twenty letters: more than the fifteen that a single factor needs (NIST 800-63B-4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody of the clinic. ``id`` is the subject of their tokens, ``ref`` what events name."""

    id: UUID
    login: str
    name: str
    role: str
    ref: UUID
    disabled: bool = False
    handed_out: bool = False
    """Whether their password is still the one that somebody printed for them."""


async def add(
    connection: AsyncConnection, *, name: str, role: str, ref: UUID, demo: bool
) -> tuple[str, str] | None:
    """A new account with a random password; returns its login and password, once. None where the
    person has an account already."""
    if (await connection.execute(sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.ref == ref))).first():
        return None
    login, password = await _free_login(connection, name), new_password()
    row = {
        "id": uuid4(),
        "login": login,
        "name": name,
        "role": role,
        "ref": ref,
        "demo": demo,
        "password_hash": await hashed(password),
        "handed_out": not demo,
    }
    await connection.execute(sa.insert(ACCOUNTS).values(row))
    return login, password


async def _free_login(connection: AsyncConnection, name: str) -> str:
    """The login of this name; with a number, where somebody of the same name was here before."""
    plain = login_of(name)
    like = ACCOUNTS.c.login.like(f"{plain}%")
    taken = set((await connection.execute(sa.select(ACCOUNTS.c.login).where(like))).scalars())
    numbered = (plain if number == 1 else f"{plain}{number}" for number in count(1))
    return next(login for login in numbered if login not in taken)


async def renew_password(connection: AsyncConnection, login: str) -> str:
    """A new random password in place of the old one."""
    password = new_password()
    await connection.execute(
        sa.update(ACCOUNTS)
        .where(ACCOUNTS.c.login == login)
        .values(password_hash=await hashed(password), handed_out=~ACCOUNTS.c.demo)
    )
    return password


async def keep_password(connection: AsyncConnection, account_id: UUID, password: str) -> None:
    """The one that its owner has chosen."""
    await connection.execute(
        sa.update(ACCOUNTS)
        .where(ACCOUNTS.c.id == account_id)
        .values(password_hash=await hashed(password), handed_out=False)
    )


async def have_nobodys_password() -> None:
    """Ready before anybody comes: it would show in the first guess at a login that nobody has."""
    await asyncio.to_thread(_made_up_hash)


async def who(connection: AsyncConnection, login: str, password: str) -> Account | None:
    """Whose login and password these are. Takes as long when there is no such login."""
    row = await _by_login(connection, login)
    right = await _matches(password, row.password_hash if row else None)
    return _account(row) if right and row is not None and row.disabled_at is None else None


async def by_login(connection: AsyncConnection, login: str) -> Account | None:
    """Whose login this is, whether or not they may come in."""
    row = await _by_login(connection, login)
    return None if row is None else _account(row)


async def _by_login(connection: AsyncConnection, login: str) -> Any:
    found = await connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.login == login))
    return found.one_or_none()


async def by_id(connection: AsyncConnection, account_id: UUID) -> Account | None:
    """The account, unless it was disabled."""
    row = (
        await connection.execute(
            sa.select(ACCOUNTS).where(ACCOUNTS.c.id == account_id, ACCOUNTS.c.disabled_at.is_(None))
        )
    ).one_or_none()
    return None if row is None else _account(row)


async def ref_of(connection: AsyncConnection, account_id: UUID) -> UUID:
    """Who the account is of, also when it was disabled."""
    found = await connection.execute(sa.select(ACCOUNTS.c.ref).where(ACCOUNTS.c.id == account_id))
    return UUID(str(found.scalar_one()))


async def everybody(connection: AsyncConnection) -> list[Account]:
    rows = await connection.execute(sa.select(ACCOUNTS).order_by(ACCOUNTS.c.login))
    return [_account(row) for row in rows]


async def set_disabled(connection: AsyncConnection, login: str, *, disabled: bool) -> None:
    """Shut or open an account."""
    await connection.execute(
        sa.update(ACCOUNTS)
        .where(ACCOUNTS.c.login == login)
        .values(disabled_at=sa.func.clock_timestamp() if disabled else None)
    )


async def there_are_demo_accounts(connection: AsyncConnection) -> bool:
    found = await connection.execute(sa.select(sa.exists().where(ACCOUNTS.c.demo)))
    return bool(found.scalar())


def new_password() -> str:
    return secrets.token_urlsafe(_PASSWORD_BYTES)


async def hashed(password: str) -> str:
    async with _AT_ONCE:
        return await asyncio.to_thread(_HASHER.hash, normal(password))


async def _matches(password: str, kept: str | None) -> bool:
    async with _AT_ONCE:
        return await asyncio.to_thread(_verified, password, kept)


def _verified(password: str, kept: str | None) -> bool:
    """Whether it is this hash's; where nobody has the login, as much work for nothing."""
    try:
        return _HASHER.verify(normal(password), kept or _made_up_hash()) and kept is not None
    except UnknownHashError:
        return False


@cache
def _made_up_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def _account(row: Any) -> Account:
    return Account(
        id=UUID(str(row.id)),
        login=row.login,
        name=row.name,
        role=row.role,
        ref=UUID(str(row.ref)),
        disabled=row.disabled_at is not None,
        handed_out=row.handed_out,
    )
