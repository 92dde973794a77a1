"""Beside a dosing session: integration declined, safety plan gone through, summary signed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.accompanying import (
    confirm_safety_plan,
    decline_integration,
    share_summary,
)
from services.scheduling.domain.session import Session
from services.scheduling.domain.stated_time import stated_time
from services.scheduling.domain.summary import Summary
from services.scheduling.handlers.keeping import keep
from services.scheduling.handlers.ports import UnitOfWork
from shared.decisions import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineIntegration:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSafetyPlan:
    session_id: UUID
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSummary:
    session_id: UUID
    text: str


async def record_integration_decline(command: DeclineIntegration, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    at = stated_time(command.at, uow.now, what="decline", not_before=session.started_at)
    return await keep(uow, decline_integration(session, at=at))


async def record_safety_plan(command: ConfirmSafetyPlan, uow: UnitOfWork) -> Session:
    session = await uow.sessions.get(command.session_id)
    at = stated_time(command.at, uow.now, what="safety-plan", not_before=session.started_at)
    return await keep(uow, confirm_safety_plan(session, at=at))


async def sign_summary(command: ShareSummary, uow: UnitOfWork) -> Session:
    """Signed is locked: another signing is an addendum to the one before, never an edit."""
    session = await uow.sessions.get(command.session_id)
    summary_ref = uow.new_id()
    kept = await keep(uow, share_summary(session, summary_ref=summary_ref, at=uow.now))
    summary = Summary(
        id=summary_ref,
        client_id=session.client_id,
        course_id=session.course_id,
        session_id=session.id,
        author_ref=uow.actor.ref,
        signed_at=uow.now,
        text=command.text,
        addendum_to=session.summary_ref,
    )
    await uow.summaries.save(Change(summary))
    return kept
