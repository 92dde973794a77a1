"""The record of a session: once it is over nobody changes it, and what came later is added."""

from typing import Any, Final
from uuid import UUID

from shared.decisions.addendum import SignedRecord
from shared.web.addenda import RecordKind, add_routes


async def _session(uow: Any, session_id: UUID) -> SignedRecord:
    found = await uow.sessions.get(session_id)
    return SignedRecord(
        kind=SESSION.name,
        id=found.id,
        client_id=found.client_id,
        course_id=found.course_id,
        signed_at=found.released_at,
    )


SESSION: Final = RecordKind(
    name="sessions", read="read_sessions", sign="add_to_session", find=_session
)
KINDS: Final = (SESSION,)

router: Final = add_routes(KINDS)
