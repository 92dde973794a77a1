"""Programs that act by themselves: registered by whoever runs the clinic, each with one role.

A program proves itself with its own secret and gets a token for the JSON API in its own name
(RFC 6749, section 4.4). It is nobody's assistant: its token tells no time at which a person proved
who they are, so that it signs nothing for anybody.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from authlib.oauth2.rfc6749 import ClientMixin
from sqlalchemy.ext.asyncio import AsyncConnection

from cli.issuer.sign_ins import digest
from cli.issuer.tables import PROGRAMS

METHOD: Final = "program"
"""How it proves itself, by Authlib's name for it: HTTP Basic, as the services do."""
ROLES: Final = frozenset({"front_desk", "on_call", "operator"})
"""What a program may be. The others answer for a client with their own judgement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(ClientMixin):  # type: ignore[misc]
    """``id`` is the subject of its tokens, and the reference under which it acts."""

    id: UUID
    name: str
    role: str
    ended: bool
    secret_hash: bytes = field(repr=False)

    @property
    def ref(self) -> UUID:
        """What the audit and the services name it by."""
        return self.id

    def get_client_id(self) -> str:
        return str(self.id)

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """Its role, whether it says so or not."""
        return self.role

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return False

    def check_client_secret(self, client_secret: str) -> bool:
        right = hmac.compare_digest(digest(client_secret), self.secret_hash)
        return right and not self.ended

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == METHOD and endpoint == "token"

    def check_response_type(self, response_type: str) -> bool:
        return False

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "client_credentials"


async def add(connection: AsyncConnection, name: str, role: str) -> tuple[UUID, str]:
    """A new program; returns its id and its secret, once."""
    made, secret = uuid4(), secrets.token_urlsafe(32)
    await connection.execute(
        sa.insert(PROGRAMS).values(id=made, name=name, role=role, secret_hash=digest(secret))
    )
    return made, secret


async def renew_secret(connection: AsyncConnection, program_id: UUID) -> str:
    """Another secret in place of the old one."""
    secret = secrets.token_urlsafe(32)
    await connection.execute(
        sa.update(PROGRAMS).where(PROGRAMS.c.id == program_id).values(secret_hash=digest(secret))
    )
    return secret


async def end(connection: AsyncConnection, program_id: UUID) -> None:
    """It gets no token any more. Its row stays: the audit names it."""
    await connection.execute(
        sa.update(PROGRAMS)
        .where(PROGRAMS.c.id == program_id)
        .values(ended_at=sa.func.clock_timestamp())
    )


async def by_id(connection: AsyncConnection, program_id: str) -> Program | None:
    try:
        which = PROGRAMS.c.id == UUID(program_id)
    except ValueError:
        return None
    row = (await connection.execute(sa.select(PROGRAMS).where(which))).one_or_none()
    return None if row is None else _program(row)


async def everyone(connection: AsyncConnection) -> list[Program]:
    rows = await connection.execute(sa.select(PROGRAMS).order_by(PROGRAMS.c.made_at))
    return [_program(row) for row in rows]


def _program(row: Any) -> Program:
    return Program(
        id=UUID(str(row.id)),
        name=row.name,
        role=row.role,
        ended=row.ended_at is not None,
        secret_hash=bytes(row.secret_hash),
    )
