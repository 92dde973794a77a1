"""Who is signed in: rows in the service's database, found by the hash of a random id.

Rows end by themselves: after some minutes in which nothing was asked for, and after half a day in
any case. Times are the database's, not the clinic's clock: a sandbox that jumps signs nobody out.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.runtime.sealing import digest, sealed
from shared.storage import Actor

IDLE_MINUTES: Final = 15
IDLE_MINUTES_AT_THE_DESK: Final = 5
"""A desk in the hall is left more often than a consulting room (45 CFR 164.312 (a)(2)(iii))."""
AT_THE_DESK: Final = "front_desk"
LONGEST_HOURS: Final = 12

LANGUAGES: Final = ("en", "es")
THEMES: Final = ("light", "dim")

_OPEN: Final = sa.text(
    "INSERT INTO web_sessions (id_hash, role, ref, name, language, theme, form_token,"
    " authenticated_at, methods, subject, issuer_sid, sealed)"
    " VALUES (:id_hash, :role, :ref, :name, :language, :theme, :form_token,"
    " coalesce(to_timestamp(:authenticated_at), clock_timestamp()),"
    " :methods, :subject, :issuer_sid, :sealed)"
)
_LASTS: Final = " AND signed_in_at > clock_timestamp() - make_interval(hours => :hours)"
_STILL_OPEN: Final = (
    " WHERE id_hash = :id_hash AND locked_at IS NULL"
    " AND seen_at > clock_timestamp() - make_interval(mins =>"
    "   CASE role WHEN :desk THEN CAST(:few AS integer) ELSE CAST(:usual AS integer) END)"
    f"{_LASTS}"
)
_COLUMNS: Final = (
    "role, ref, name, language, theme, form_token, methods, subject, sealed,"
    " extract(epoch FROM clock_timestamp() - authenticated_at) AS authentication_age"
)
_FIND: Final = sa.text(f"SELECT {_COLUMNS} FROM web_sessions{_STILL_OPEN}")  # noqa: S608 - constants
_STAY: Final = sa.text(
    f"UPDATE web_sessions SET seen_at = clock_timestamp(){_STILL_OPEN} RETURNING {_COLUMNS}"  # noqa: S608
)
_REMEMBERED: Final = sa.text(
    f"SELECT {_COLUMNS} FROM web_sessions WHERE id_hash = :id_hash{_LASTS}"  # noqa: S608
)
_LOCK: Final = sa.text(
    "UPDATE web_sessions SET locked_at = clock_timestamp() WHERE id_hash = :id_hash"
)
_CLOSE: Final = sa.text("DELETE FROM web_sessions WHERE id_hash = :id_hash")
_FORGET: Final = sa.text(
    "DELETE FROM web_sessions"
    " WHERE signed_in_at <= clock_timestamp() - make_interval(hours => :hours)"
)
_PREFER: Final = sa.text(
    "UPDATE web_sessions SET language = :language, theme = :theme WHERE id_hash = :id_hash"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person at a screen. ``form_token`` proves that a form came from a page of ours;
    ``authentication_age`` is how long ago they proved who they are, in seconds."""

    actor: Actor
    name: str
    language: str
    theme: str
    form_token: str
    authentication_age: float = 0.0
    methods: tuple[str, ...] = ()
    subject: str | None = None
    sealed: str | None = field(default=None, repr=False)

    @property
    def shelf(self) -> str:
        """A name for what this person's browser keeps: the same each time, and says not who."""
        return digest(f"{self.actor.role}:{self.actor.ref}").hex()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What an issuer vouched for: whom, when (seconds since 1970), how, and in which sitting.

    ``tokens`` are what may be asked of it later; they are kept sealed.
    """

    subject: str
    sid: str | None = None
    at: float | None = None
    methods: tuple[str, ...] = ()
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)


def idle_minutes(role: str) -> int:
    """After how many minutes in which nothing is done a session of this role falls asleep."""
    return IDLE_MINUTES_AT_THE_DESK if role == AT_THE_DESK else IDLE_MINUTES


def cookie_name(service: str) -> str:
    """Cookies do not know ports: each service has a name of its own on the same host."""
    return f"__Host-ct-{service}"


async def sign_in(
    connection: AsyncConnection,
    actor: Actor,
    name: str,
    *,
    language: str,
    theme: str,
    proven: Proven | None = None,
) -> str:
    """Open a session; returns the id that only the browser keeps."""
    session_id = secrets.token_urlsafe(32)
    await connection.execute(_FORGET, {"hours": LONGEST_HOURS})
    await connection.execute(
        _OPEN,
        {
            "id_hash": digest(session_id),
            "role": actor.role,
            "ref": actor.ref,
            "name": name,
            "language": language,
            "theme": theme,
            "form_token": secrets.token_urlsafe(32),
            "authenticated_at": proven.at if proven else None,
            "methods": " ".join(proven.methods) if proven else "",
            "subject": proven.subject if proven else None,
            "issuer_sid": proven.sid if proven else None,
            "sealed": sealed(dict(proven.tokens), session_id) if proven else None,
        },
    )
    return session_id


async def signed_in(
    connection: AsyncConnection, session_id: str, *, stays: bool = True
) -> SignedIn | None:
    """Whose session this is, if it is still open. It ``stays`` so when a person asked, and not
    when a page that nobody looks at read itself again."""
    row = (
        await connection.execute(
            _STAY if stays else _FIND,
            {
                "id_hash": digest(session_id),
                "desk": AT_THE_DESK,
                "few": IDLE_MINUTES_AT_THE_DESK,
                "usual": IDLE_MINUTES,
                "hours": LONGEST_HOURS,
            },
        )
    ).one_or_none()
    return None if row is None else _person(row)


async def remembered(connection: AsyncConnection, session_id: str) -> SignedIn | None:
    """Whose session this is, also when it is locked or was left alone. It opens nothing."""
    row = (
        await connection.execute(
            _REMEMBERED, {"id_hash": digest(session_id), "hours": LONGEST_HOURS}
        )
    ).one_or_none()
    return None if row is None else _person(row)


async def lock(connection: AsyncConnection, session_id: str) -> None:
    """Open nothing more with it; who it is of and what they had typed is kept."""
    await connection.execute(_LOCK, {"id_hash": digest(session_id)})


async def prefer(
    connection: AsyncConnection, session_id: str, *, language: str, theme: str
) -> None:
    """Remember how this person wants to see pages."""
    await connection.execute(
        _PREFER, {"id_hash": digest(session_id), "language": language, "theme": theme}
    )


async def sign_out(connection: AsyncConnection, session_id: str) -> None:
    """End a session at once."""
    await connection.execute(_CLOSE, {"id_hash": digest(session_id)})


def session_id_of(request: Request) -> str | None:
    """What the browser sent as its session, whether or not there is one."""
    return request.cookies.get(cookie_name(request.app.state.service.definition.name))


def keep(response: Response, service: str, session_id: str) -> None:
    """Give the browser its session: this host only, no script, no other site."""
    response.set_cookie(
        cookie_name(service),
        session_id,
        max_age=LONGEST_HOURS * 3600,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, service: str) -> None:
    """Take the session from the browser."""
    response.delete_cookie(cookie_name(service), path="/", secure=True, httponly=True)


def _person(row: Any) -> SignedIn:
    return SignedIn(
        actor=Actor(row.role, UUID(str(row.ref))),
        name=row.name,
        language=row.language,
        theme=row.theme,
        form_token=row.form_token,
        authentication_age=float(row.authentication_age),
        methods=tuple(row.methods.split()),
        subject=row.subject,
        sealed=row.sealed,
    )
