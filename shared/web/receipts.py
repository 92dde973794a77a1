"""Decision receipts: why a gate said what it said, and what it would say under other rules."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from shared.protocol import ClinicProtocol
from shared.protocol.loader import parse_protocol
from shared.storage import NotFound, RecordedGates
from shared.storage.receipts import opened
from shared.storage.replaying import Kept, Replayed, events_relied_on, kept_decisions, replay
from shared.web.calls import Call, calling
from shared.web.problems import problems

router = APIRouter(tags=["decisions"])

_LONGEST_FILE: Final = 200_000
_MOST: Final = 500
_AT_A_TIME: Final = 20
_SHOWN: Final = (
    "SELECT id, gate, subject_id, client_id, course_id, allowed, decided_at, actor_role,"
    " protocol_version, protocol_name, verdicts, freshness, aggregates FROM receipts"
)
_OF = sa.text(
    _SHOWN + " WHERE subject_id = :subject_id OR course_id = :course_id ORDER BY id DESC LIMIT 200"
)
_ONE = sa.text(_SHOWN + " WHERE id = :id")


class ReliedOn(BaseModel):
    """An event behind a verdict: its type, and its place among its aggregate's events."""

    type: str
    version: int | None


class ReceiptView(BaseModel):
    """Why a gate said what it said.

    ``events`` are those that the verdicts name, ``aggregates`` the versions of the service's own
    records, ``freshness`` how well each producer's events were known then.
    """

    id: UUID
    gate: str
    subject_id: UUID
    course_id: UUID | None
    allowed: bool
    decided_at: datetime
    actor_role: str
    protocol_version: int
    protocol_name: str
    verdicts: list[dict[str, Any]]
    events: dict[str, ReliedOn]
    aggregates: dict[str, int]
    freshness: dict[str, Any]


class WhatIfQuestion(BaseModel):
    """A protocol, and which decisions to ask again; without a choice all, a page at a time."""

    protocol: str = Field(max_length=_LONGEST_FILE, description="The clinic's file, as YAML")
    name: str = Field(default="protocol", max_length=200, description="What errors call the file")
    course_id: UUID | None = None
    gates: list[str] | None = Field(default=None, max_length=50)
    since: datetime | None = None
    after: UUID | None = Field(default=None, description="``next_after`` of the page before")
    most: int = Field(default=200, ge=1, le=_MOST)


class RuleView(BaseModel):
    """A rule that refuses, with the values that it read."""

    slug: str
    rule: str
    facts: dict[str, Any]


class ReplayedView(BaseModel):
    """One past decision, before and after.

    ``to_the_letter``: every rule says the same of the same values. ``allowed_after`` is null when
    the receipt cannot be read by this release.
    """

    receipt_id: UUID
    gate: str
    subject_id: UUID
    course_id: UUID | None
    decided_at: datetime
    protocol_version: int
    allowed_before: bool
    allowed_after: bool | None
    appear: list[RuleView]
    disappear: list[RuleView]
    to_the_letter: bool


class WhatIfAnswer(BaseModel):
    """A page of decisions; ``next_after`` is null when there are no more."""

    protocol_version: int
    decisions: list[ReplayedView]
    next_after: UUID | None


@router.get("/receipts", responses=problems())
async def receipts(
    call: Annotated[Call, Depends(calling("read_receipts"))],
    subject_id: UUID | None = None,
    course_id: UUID | None = None,
) -> list[ReceiptView]:
    """The decision receipts of a session or a course, the latest first."""

    async def read(uow: Any) -> list[ReceiptView]:
        asked = {"subject_id": subject_id, "course_id": course_id}
        return await _reached(uow, (await uow.connection.execute(_OF, asked)).mappings().all())

    return await call.read(read)


@router.get("/receipts/{receipt_id}", responses=problems(404))
async def receipt(
    receipt_id: UUID, call: Annotated[Call, Depends(calling("read_receipts"))]
) -> ReceiptView:
    """One decision receipt; 404 also where its client is out of reach."""

    async def read(uow: Any) -> ReceiptView:
        rows = (await uow.connection.execute(_ONE, {"id": receipt_id})).mappings().all()
        if not await uow.reach.of_named({row["client_id"] for row in rows}):
            raise NotFound("receipt", receipt_id)
        found = await _reached(uow, rows)
        if not found:
            raise NotFound("receipt", receipt_id)
        return found[0]

    return await call.read(read)


@router.post("/operations/what-if", responses=problems())
async def what_if(
    question: WhatIfQuestion, call: Annotated[Call, Depends(calling("ask_what_if"))]
) -> WhatIfAnswer:
    """Past decisions, decided again under this protocol. Nothing is changed by it."""
    protocol = parse_protocol(question.protocol, question.name)

    async def read(uow: Any) -> list[Kept]:
        return await kept_decisions(
            uow.connection,
            uow.seals,
            most=question.most + 1,
            after=question.after,
            course_id=question.course_id,
            gates=question.gates,
            since=question.since,
        )

    kept = await call.read(read)
    page = kept[: question.most]
    gates = call.service.definition.unit_of_work.recorded_gates
    return WhatIfAnswer(
        protocol_version=protocol.protocol_version,
        decisions=await _replayed(page, gates, protocol),
        next_after=page[-1].id if len(kept) > len(page) else None,
    )


async def _reached(uow: Any, found: Sequence[sa.RowMapping]) -> list[ReceiptView]:
    """Those of clients in this person's reach, with the events behind their verdicts."""
    reached = await uow.reach.of_all({row["client_id"] for row in found})
    rows = opened((row for row in found if row["client_id"] in reached), uow.seals)
    verdicts = [verdict for row in rows for verdict in row["verdicts"]]
    known = await events_relied_on(uow.connection, verdicts)
    return [ReceiptView(**row, events=_behind(row["verdicts"], known)) for row in rows]


async def _replayed(
    kept: list[Kept], gates: RecordedGates, protocol: ClinicProtocol
) -> list[ReplayedView]:
    """A few at a time, so that a gate that is asked meanwhile does not wait for a whole page."""
    views = []
    for start in range(0, len(kept), _AT_A_TIME):
        some = kept[start : start + _AT_A_TIME]
        views += [_view(one, replay(one, gates, protocol)) for one in some]
        await asyncio.sleep(0)
    return views


def _view(kept: Kept, replayed: Replayed) -> ReplayedView:
    return ReplayedView(
        receipt_id=kept.id,
        gate=kept.gate,
        subject_id=kept.subject_id,
        course_id=kept.course_id,
        decided_at=kept.decided_at,
        protocol_version=kept.protocol_version,
        allowed_before=kept.allowed,
        allowed_after=replayed.allowed_after,
        appear=[RuleView.model_validate(verdict) for verdict in replayed.appear],
        disappear=[RuleView.model_validate(verdict) for verdict in replayed.disappear],
        to_the_letter=replayed.to_the_letter,
    )


def _behind(
    verdicts: list[dict[str, Any]], known: dict[str, tuple[str, int | None]]
) -> dict[str, ReliedOn]:
    named = {event_id for verdict in verdicts for event_id in verdict["source_events"]}
    return {
        event_id: ReliedOn(type=known[event_id][0], version=known[event_id][1])
        for event_id in sorted(named & known.keys())
    }
