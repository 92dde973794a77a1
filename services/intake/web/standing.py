"""How a course stands with intake: every rule, what it was read from, what would unblock it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.intake.domain.approval_rules import approval_decision, approval_due
from services.intake.domain.gates import CourseInFull, standing
from services.intake.domain.next_steps import shortest
from services.intake.handlers.course_in_full import course_in_full
from shared.decisions import Decision, Unblock, Verdict
from shared.web.calls import Call, calling
from shared.web.missing import MissingView, missing_views
from shared.web.problems import RefusalView, UnblockView, problems
from shared.web.telling import Teller, teller_for

router = APIRouter(prefix="/courses", tags=["standing"])


class VerdictView(BaseModel):
    """One rule, whether it holds, and what that was read from."""

    slug: str
    rule: str
    holds: bool
    facts: dict[str, Any]
    source_events: list[str]
    unblocks_with: list[UnblockView]


class DecisionView(BaseModel):
    gate: str
    allowed: bool
    missing: list[MissingView]
    verdicts: list[VerdictView]


class FreshnessView(BaseModel):
    """How old what a service told is, and what of it waits or is parked."""

    age_seconds: float | None
    waiting: int
    parked: int


class StandingView(BaseModel):
    """Why a course may go on or not; ``unblocks_with`` lists what is missing, each fact once."""

    course_id: UUID
    client_id: UUID
    status: str
    allowed: bool
    refusals: list[RefusalView]
    unblocks_with: list[UnblockView]
    decisions: list[DecisionView]
    freshness: dict[str, FreshnessView]


@router.get("/{course_id}/standing", responses=problems(404))
async def course_standing(
    course_id: UUID, call: Annotated[Call, Depends(calling("read_standing"))]
) -> StandingView:
    """Each rule of intake with its verdict, facts, source events, and what would unblock it."""

    async def read(uow: Any) -> StandingView:
        known = await course_in_full(uow, await uow.courses.get(course_id))
        tell = teller_for(call.request)
        protocol = await uow.protocol_of(course_id)
        decisions = [standing(known, protocol=protocol, now=uow.now)]
        if approval_due(known.course):
            decisions.append(approval_decision(known.course, known.circumstances, now=uow.now))
        freshness = await uow.freshness(known.course.client_id)
        return StandingView(
            course_id=known.course.id,
            client_id=known.course.client_id,
            status=_status(known, call),
            allowed=all(decision.allowed for decision in decisions),
            refusals=[_refusal(v, tell) for d in decisions for v in d.verdicts if not v.holds],
            unblocks_with=[_unblock(one) for one in shortest(decisions)],
            decisions=[_decision(decision, course_id) for decision in decisions],
            freshness={
                producer: FreshnessView(
                    age_seconds=one.age_seconds, waiting=one.waiting, parked=one.parked
                )
                for producer, one in freshness.items()
            },
        )

    return await call.read(read)


def _status(known: CourseInFull, call: Call) -> str:
    return "closing" if known.course.closing is not None else known.status(call.context.now)


def _decision(decision: Decision, course_id: UUID) -> DecisionView:
    return DecisionView(
        gate=decision.gate,
        allowed=decision.allowed,
        missing=missing_views(decision.refusals, by="intake", course_id=course_id),
        verdicts=[
            VerdictView(
                slug=verdict.slug,
                rule=verdict.rule,
                holds=verdict.holds,
                facts=dict(verdict.facts),
                source_events=list(verdict.source_events),
                unblocks_with=_unblocks(verdict),
            )
            for verdict in decision.verdicts
        ],
    )


def _refusal(verdict: Verdict, tell: Teller) -> RefusalView:
    return RefusalView(
        slug=verdict.slug,
        sentence=tell.refusal(verdict.slug, verdict.facts),
        rule=verdict.rule,
        facts=dict(verdict.facts),
        source_events=list(verdict.source_events),
        unblocks_with=_unblocks(verdict),
    )


def _unblocks(verdict: Verdict) -> list[UnblockView]:
    return [_unblock(one) for one in verdict.unblocks_with]


def _unblock(one: Unblock) -> UnblockView:
    return UnblockView(fact=one.fact, owner=one.owner, action=one.action)
