"""Whether a session's sign-in is still one: the issuer is asked about it once a minute of use.

So an account that was shut, or signed out elsewhere, opens nothing a minute later, even where the
issuer's own notice did not arrive. An issuer that does not answer takes nothing from anybody: a
person in the middle of a dosing session goes on, within the session's own limits.
"""

from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.runtime.sealing import digest, opened
from shared.web.pages import sessions
from shared.web.pages.sessions import SignedIn
from shared.web.sign_in.issuer import Issuer, IssuerAwayError, NoLongerError

EVERY_SECONDS: Final = 45.0

_MY_TURN: Final = sa.text(
    "UPDATE web_sessions SET asked_at = clock_timestamp() WHERE id_hash = :id_hash"
    " AND asked_at < clock_timestamp() - make_interval(secs => :seconds) RETURNING 1"
)

_log = structlog.get_logger()


async def goes_on(
    engine: AsyncEngine, issuer: Issuer | None, session_id: str, person: SignedIn
) -> bool:
    """Whether this session may be used; ends it where the issuer says that it is over."""
    tokens = opened(person.sealed, session_id) if person.sealed else None
    refresh_token = tokens.get("refresh_token") if isinstance(tokens, dict) else None
    if issuer is None or refresh_token is None:
        return True
    async with engine.begin() as connection:
        mine = await connection.execute(
            _MY_TURN, {"id_hash": digest(session_id), "seconds": EVERY_SECONDS}
        )
        if mine.first() is None:
            return True
    try:
        await issuer.renew(refresh_token)
    except IssuerAwayError as away:
        _log.warning("issuer_away", error=str(away))
    except NoLongerError:
        async with engine.begin() as connection:
            await sessions.sign_out(connection, session_id)
        return False
    return True
