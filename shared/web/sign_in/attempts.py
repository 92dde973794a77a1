"""On the way to the issuer: what a browser set out with is in a row until it is back, once.

The row is found by the state that the issuer hands back, and only from the browser that set out,
which keeps a secret in a cookie: a code that was sent to somebody else's browser opens nothing.
"""

import secrets
from dataclasses import asdict, dataclass
from typing import Final

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.sealing import digest, opened, sealed
from shared.storage import Actor

MINUTES: Final = 15

_KEEP: Final = sa.text(
    "INSERT INTO sign_in_attempts (state_hash, browser_hash, sealed)"
    " VALUES (:state, :browser, :sealed)"
)
_TAKE: Final = sa.text(
    "DELETE FROM sign_in_attempts WHERE state_hash = :state AND browser_hash = :browser"
    " RETURNING sealed, made_at > clock_timestamp() - make_interval(mins => :minutes) AS fresh"
)
_FORGET: Final = sa.text(
    "DELETE FROM sign_in_attempts"
    " WHERE made_at <= clock_timestamp() - make_interval(mins => :minutes)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What comes back has to fit: this nonce, this verifier, an authentication of at most this age
    (seconds), and then on to a path of ours. ``whose`` screen it was: somebody else who comes back
    begins at the start page."""

    nonce: str
    verifier: str
    goes_to: str
    max_age: int | None
    whose: str | None

    def leads(self, actor: Actor) -> str:
        """Where this person goes on."""
        return self.goes_to if self.whose in {None, _of(actor)} else "/"


def new_attempt(goes_to: str, max_age: int | None, whose: Actor | None) -> Attempt:
    return Attempt(
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        goes_to=goes_to,
        max_age=max_age,
        whose=None if whose is None else _of(whose),
    )


def _of(actor: Actor) -> str:
    return f"{actor.role}:{actor.ref}"


async def keep(connection: AsyncConnection, attempt: Attempt, browser: str) -> str:
    """Remember an attempt of this browser; returns its state."""
    state = secrets.token_urlsafe(32)
    await connection.execute(_FORGET, {"minutes": MINUTES})
    await connection.execute(
        _KEEP,
        {
            "state": digest(state),
            "browser": digest(browser),
            "sealed": sealed(asdict(attempt), state),
        },
    )
    return state


async def take(connection: AsyncConnection, state: str, browser: str) -> Attempt | None:
    """The attempt with which this browser set out, once."""
    row = (
        await connection.execute(
            _TAKE,
            {"state": digest(state), "browser": digest(browser), "minutes": MINUTES},
        )
    ).one_or_none()
    found = opened(row.sealed, state) if row is not None and row.fresh else None
    return None if found is None else Attempt(**found)


def cookie_name(service: str) -> str:
    return f"__Host-ct-{service}-door"


def browser_secret(request: Request, service: str) -> str:
    """What this browser keeps while it is on its way, from now on if it does not yet."""
    return request.cookies.get(cookie_name(service)) or secrets.token_urlsafe(32)


def let_browser_keep(response: Response, service: str, secret: str) -> None:
    response.set_cookie(
        cookie_name(service),
        secret,
        max_age=MINUTES * 60,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
