"""What the issuer says has ended, ends here: sessions, and programs' tokens of a shut account."""

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.web.sign_in.claims import EXCEPT, LOGOUT_EVENT

_OF_SITTING: Final = sa.text("DELETE FROM web_sessions WHERE issuer_sid = :sid")
_OF_SUBJECT: Final = sa.text(
    "DELETE FROM web_sessions WHERE subject = :subject"
    " AND (CAST(:but AS text) IS NULL OR issuer_sid IS DISTINCT FROM :but)"
)
_REMEMBER: Final = sa.text(
    "INSERT INTO ended_subjects (subject) VALUES (:subject)"
    " ON CONFLICT (subject) DO UPDATE SET ended_at = clock_timestamp()"
)
_ENDED_SINCE: Final = sa.text(
    "SELECT 1 FROM ended_subjects WHERE subject = :subject AND ended_at >= to_timestamp(:issued)"
)


async def end(connection: AsyncConnection, claims: Mapping[str, Any]) -> None:
    """End one sitting at the issuer, or everything of a person but the one that may go on: tokens
    that programs have of them end in any case."""
    if claims.get("sid"):
        await connection.execute(_OF_SITTING, {"sid": str(claims["sid"])})
    else:
        but = claims["events"][LOGOUT_EVENT].get(EXCEPT)
        await connection.execute(_OF_SUBJECT, {"subject": str(claims["sub"]), "but": but})
        await connection.execute(_REMEMBER, {"subject": str(claims["sub"])})


async def ended_since(connection: AsyncConnection, subject: str, issued: float) -> bool:
    """Whether everything of this person was ended after a token was issued to them."""
    values = {"subject": subject, "issued": issued}
    return (await connection.execute(_ENDED_SINCE, values)).first() is not None
