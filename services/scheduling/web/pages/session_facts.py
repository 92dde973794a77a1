"""What the pages of one session show: the session, how its course stands, and what is due."""

from typing import Any, Final
from uuid import UUID

from services.scheduling.domain.session_states import (
    BEFORE_START,
    SessionKind,
    SessionStatus,
    table_of,
)
from services.scheduling.web.api import calendar, courses, leaving, roster, sessions
from services.scheduling.web.api import gates as gates_api
from services.scheduling.web.api.records import SESSION
from services.scheduling.web.board_views import OccupantView
from services.scheduling.web.pages.about import banner_of
from services.scheduling.web.pages.colleagues import MOST, colleagues_of
from services.scheduling.web.pages.naming import names_of
from services.scheduling.web.pages.readying import Ways
from services.scheduling.web.session_views import SessionView
from shared.web.addenda import beneath
from shared.web.calls import Call
from shared.web.pages.standing import Standing

AWAITED: Final = frozenset({SessionStatus.SCHEDULED, SessionStatus.BLOCKED})
UNDOSED_END: Final = frozenset(
    {SessionStatus.ABORTED, SessionStatus.CLOSED, SessionStatus.CANCELLED, SessionStatus.MISSED}
)
"""Nobody has to be observed, cleared or fetched after it (F88)."""
STOPPABLE: Final = frozenset({SessionStatus.READY, SessionStatus.IN_PROGRESS, SessionStatus.DOSED})
"""While a start is decided, and while a session runs (F41)."""


async def session_facts(session_id: UUID, call: Call) -> dict[str, Any]:
    """The banner's part: who, what, when, and what anybody can do about it now."""
    shown = await sessions.session(session_id, call)
    names = await names_of(call, [shown.client_id])
    standing = await courses.standing(shown.course_id, call)
    return {
        "session": shown,
        "names": names,
        "standing": standing,
        "banner": await banner_of(call, standing, f"/sessions/{session_id}"),
        "can": {trigger.value for trigger in table_of(shown.kind)[shown.status]},
        "before_start": shown.status in BEFORE_START,
        "owes_discharge": shown.kind is SessionKind.DOSING
        and shown.status not in BEFORE_START | UNDOSED_END,
        "stoppable": shown.status in STOPPABLE,
        "rooms": {room.id: room.name for room in (await roster.rooms(call, MOST)).items},
        "name_of": (await colleagues_of(call)).name_of,
    }


async def gates_now(session_id: UUID, call: Call) -> Standing:
    """Every gate of the session by what is known here."""
    shown = await sessions.session(session_id, call)
    gates = await gates_api.gates(session_id, call)
    return Standing(course_id=shown.course_id, decisions=gates.gates, freshness=gates.freshness)


async def screen_facts(session_id: UUID, call: Call) -> dict[str, Any]:
    """Everything of the session screen."""
    facts = await session_facts(session_id, call)
    gates = await gates_api.gates(session_id, call)
    awaited = facts["session"].status in AWAITED
    return {
        **facts,
        "line": await gates_api.readiness_of(session_id, call) if awaited else None,
        "way_to": Ways(call).to,
        "gates": {gate.gate: gate for gate in gates.gates},
        "freshness": gates.freshness,
        "checklist": (await leaving.checklist(session_id, call)).items,
        "addenda": await beneath(SESSION, [session_id], call),
        "occupant": await _occupant(facts["session"], call),
    }


async def _occupant(session: SessionView, call: Call) -> OccupantView | None:
    board = await calendar.safety_board(call)
    here = (one for room in board.rooms for one in room.occupants)
    return next((one for one in here if one.session_id == session.id), None)
