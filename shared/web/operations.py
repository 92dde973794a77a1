"""What operators see and do in every service: state, journal, parked events, sandbox clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from shared.messaging import parked
from shared.serving.status import numbers
from shared.web.calls import Call, calling
from shared.web.problems import problems

OPERATORS: Final = frozenset({"operator"})
EVERYONE: Final = frozenset(
    {"therapist", "prescriber", "nurse", "front_desk", "on_call", "operator"}
)
BREAK_GLASS: Final = frozenset({"therapist", "prescriber", "nurse", "on_call"})
ACCESS: Final[Mapping[str, frozenset[str]]] = {
    "see_operations": EVERYONE,
    "see_parked": EVERYONE,
    "read_journal": OPERATORS,
    "read_receipts": EVERYONE,
    "ask_what_if": OPERATORS,
    "handle_parked": OPERATORS,
    "settle_sandbox": OPERATORS,
    "follow": EVERYONE,
    "keep_draft": EVERYONE,
    "break_glass": BREAK_GLASS,
    "review_emergency_access": OPERATORS,
}

STEP_UP: Final[Mapping[str, frozenset[str]]] = {"break_glass": BREAK_GLASS}
NO_CLIENT: Final = frozenset(
    {"see_operations", "settle_sandbox", "follow", "break_glass", "keep_draft"}
)

router = APIRouter(tags=["operations"])
sandbox = APIRouter(prefix="/sandbox", tags=["sandbox"])


class StatusView(BaseModel):
    """A service's own numbers."""

    service: str
    version: str
    clock: datetime
    sandbox: bool
    numbers: dict[str, int | float | None]
    seconds_since_acknowledged: float | None
    seconds_checkpoint_owed: float | None


class JournalEntry(BaseModel):
    """One published event, as it stands in the outbox."""

    event_id: UUID
    type: str
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    course_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    actor_role: str
    causation_id: UUID | None
    stream_sequence: int | None
    payload: dict[str, Any]


class ParkedView(BaseModel):
    """An event that was received and has not taken effect."""

    event_id: UUID
    client_id: UUID
    course_id: UUID | None
    producer: str
    type: str
    client_sequence: int
    attempts: int
    reason: str | None
    parked_at: datetime | None
    received_at: datetime


class LaneView(BaseModel):
    """The client whose lane goes on."""

    client_id: UUID


class Settled(BaseModel):
    """Whether nothing was left to do at the clinic's present time, and the numbers after it."""

    settled: bool
    clock: datetime
    numbers: dict[str, int | float | None]


@router.get("/operations/status", responses=problems())
async def status(call: Annotated[Call, Depends(calling("see_operations"))]) -> StatusView:
    """Health in numbers."""
    service = call.service
    now = service.clock.now()
    async with service.database.engine.connect() as connection:
        found = await numbers(connection, now)
    return StatusView(
        service=service.definition.name,
        version=call.request.app.version,
        clock=now,
        sandbox=service.settings.sandbox,
        numbers=dict(found),
        seconds_since_acknowledged=(
            None if service.relay is None else service.relay.seconds_since_acknowledged
        ),
        seconds_checkpoint_owed=(
            None
            if service.settings.audit_signing_key_file is None
            else service.checkpoints.owed_seconds
        ),
    )


@router.get("/operations/journal", responses=problems())
async def journal(
    call: Annotated[Call, Depends(calling("read_journal"))],
    client_id: UUID,
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    most: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> list[JournalEntry]:
    """What this service published about a client, in order."""
    query = sa.text(
        "SELECT event_id, type, aggregate_type, aggregate_id, aggregate_version, course_id,"
        " occurred_at, recorded_at, headers ->> 'ce-actorrole' AS actor_role,"
        " headers ->> 'ce-causationid' AS causation_id, stream_sequence,"
        " convert_from(payload, 'UTF8')::jsonb AS payload"
        " FROM outbox WHERE client_id = :client_id AND client_sequence > :after"
        " ORDER BY client_sequence LIMIT :most"
    )

    async def read(uow: Any) -> list[JournalEntry]:
        rows = await uow.connection.execute(
            query, {"client_id": client_id, "after": after, "most": most}
        )
        return [JournalEntry.model_validate(row, from_attributes=True) for row in rows]

    return await call.read(read)


@router.get("/operations/parked", responses=problems())
async def list_parked(
    call: Annotated[Call, Depends(calling("see_parked"))], everything: bool = False
) -> list[ParkedView]:
    """Parked events and those behind them; with ``everything`` all that wait."""

    async def read(uow: Any) -> list[ParkedView]:
        rows = await parked.list_parked(uow.connection, everything=everything)
        reached = await uow.reach.of_all({row.client_id for row in rows})
        return [
            ParkedView.model_validate(row, from_attributes=True)
            for row in rows
            if row.client_id in reached
        ]

    return await call.read(read)


@router.post("/operations/parked/{event_id}/retry", responses=problems(404, 409))
async def retry(
    event_id: UUID, call: Annotated[Call, Depends(calling("handle_parked"))]
) -> LaneView:
    """Try a parked lane again, in order."""
    lane = await call.run(parked.retry, event_id, _lane)
    call.service.lanes.wake()
    return lane


@router.post("/operations/parked/{event_id}/discard", responses=problems(404, 409))
async def discard(
    event_id: UUID, call: Annotated[Call, Depends(calling("handle_parked"))]
) -> LaneView:
    """Give up a parked event, so that those behind it go on."""
    lane = await call.run(parked.discard, event_id, _lane)
    call.service.lanes.wake()
    return lane


@sandbox.post("/settle", responses=problems())
async def settle(call: Annotated[Call, Depends(calling("settle_sandbox"))]) -> Settled:
    """Fire what fell due at the clinic's present time, and say whether anything is left."""
    service = call.service
    settled, now = await service.settle(), service.clock.now()
    async with service.database.engine.connect() as connection:
        found = await numbers(connection, now)
    return Settled(settled=settled, clock=now, numbers=dict(found))


def _lane(client_id: UUID) -> LaneView:
    return LaneView(client_id=client_id)
