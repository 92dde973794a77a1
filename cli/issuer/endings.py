"""The end of sign-ins, and the notices by which each service that was used hears of it.

A notice is a row, written with the end that it tells of and gone when the service has confirmed it
(OpenID Connect Back-Channel Logout 1.0). A service that is down hears of it when it is back.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cli.issuer.clients import Client
from cli.issuer.keys import ALGORITHM
from cli.issuer.tables import NOTICES, REFRESH_TOKENS, SIGN_INS
from shared.web.sign_in.claims import EXCEPT, LOGOUT_EVENT

TOKEN_SECONDS: Final = 120
AGAIN_SECONDS: Final = 5
LOOK_SECONDS: Final = 1.0

_log = structlog.get_logger()


async def end(connection: AsyncConnection, sid: UUID, subject: UUID) -> None:
    """End one sign-in, here and at every service that was opened with it."""
    rows = await connection.execute(
        sa.select(REFRESH_TOKENS.c.client_id).where(REFRESH_TOKENS.c.sid == sid)
    )
    for client_id in rows.scalars().all():
        await _notice(connection, client_id, subject, sid=sid)
    await connection.execute(sa.delete(SIGN_INS).where(SIGN_INS.c.sid == sid))


async def end_others_of(
    connection: AsyncConnection, subject: UUID, but: UUID, clients: Mapping[str, Client]
) -> None:
    """End whatever else this person is signed in with, and every token that programs have of them:
    those of the sign-in that goes on too."""
    for client_id in clients:
        await _notice(connection, client_id, subject, but=but)
    others = (SIGN_INS.c.account_id == subject, SIGN_INS.c.sid != but)
    await connection.execute(sa.delete(SIGN_INS).where(*others))


async def end_all_of(
    connection: AsyncConnection, subject: UUID, clients: Mapping[str, Client]
) -> None:
    """End everything that this person is signed in with, programs' tokens included."""
    for client_id in clients:
        await _notice(connection, client_id, subject)
    await connection.execute(sa.delete(SIGN_INS).where(SIGN_INS.c.account_id == subject))


async def _notice(
    connection: AsyncConnection,
    client_id: str,
    subject: UUID,
    *,
    sid: UUID | None = None,
    but: UUID | None = None,
) -> None:
    values = {"client_id": client_id, "subject": subject, "sid": sid, "but_sid": but}
    await connection.execute(sa.insert(NOTICES).values(id=uuid4(), **values))


async def untold(connection: AsyncConnection) -> int:
    """How many ends a service has not confirmed yet."""
    count = sa.select(sa.func.count()).select_from(NOTICES)
    return int((await connection.execute(count)).scalar_one())


class Notices:
    """Delivers them, again and again until they are confirmed."""

    def __init__(
        self,
        engine: AsyncEngine,
        clients: Mapping[str, Client],
        issuer: str,
        key: ECKey,
        *,
        http: Callable[[], httpx.AsyncClient] = lambda: httpx.AsyncClient(timeout=3),
    ) -> None:
        self._engine = engine
        self._clients = clients
        self._issuer = issuer
        self._key = key
        self._http = http
        self._told = asyncio.Event()

    def hurry(self) -> None:
        """Something was just written."""
        self._told.set()

    async def deliver_for_ever(self) -> None:
        async with self._http() as http:
            while True:
                try:
                    await self.deliver(http)
                except (OSError, sa.exc.SQLAlchemyError) as away:
                    _log.warning("notices_wait", error=type(away).__name__)
                self._told.clear()
                try:
                    await asyncio.wait_for(self._told.wait(), LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def deliver(self, http: httpx.AsyncClient) -> None:
        """Send what is due; what is not confirmed is due again a little later."""
        async with self._engine.begin() as connection:
            due = (
                await connection.execute(
                    sa.update(NOTICES)
                    .where(NOTICES.c.next_at <= sa.func.clock_timestamp())
                    .values(
                        next_at=sa.func.clock_timestamp()
                        + sa.text(f"interval '{AGAIN_SECONDS} seconds'")
                    )
                    .returning(NOTICES)
                )
            ).all()
        await asyncio.gather(*(self._send(http, row) for row in due))

    async def _send(self, http: httpx.AsyncClient, row: Any) -> None:
        client = self._clients.get(row.client_id)
        if client is not None:
            try:
                answer = await http.post(
                    client.back_channel_uri, data={"logout_token": self._token(row)}
                )
            except httpx.HTTPError as away:
                _log.warning("notice_not_delivered", error=type(away).__name__)
                return
            if answer.status_code >= HTTPStatus.BAD_REQUEST:
                _log.warning("notice_not_taken", status=answer.status_code)
                return
        async with self._engine.begin() as connection:
            await connection.execute(sa.delete(NOTICES).where(NOTICES.c.id == row.id))

    def _token(self, row: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": row.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(row.id),
            "sub": str(row.subject),
            "events": {LOGOUT_EVENT: {EXCEPT: str(row.but_sid)} if row.but_sid else {}},
            **({} if row.sid is None else {"sid": str(row.sid)}),
        }
        header = {"alg": ALGORITHM, "typ": "logout+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, [ALGORITHM])
