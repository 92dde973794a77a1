"""Asks intake and scheduling what only they can say (ruling 6)."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from careteam_contracts.questions import INTAKE_STANDING, SCHEDULING_STANDING
from careteam_contracts.standing import (
    IntakeStanding,
    OpenHold,
    SchedulingStanding,
    Standing,
    StandingAsk,
)
from services.prescribing.domain.answers_of_peers import (
    EscortState,
    IntakeAnswer,
    SchedulingAnswer,
)
from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.vocabulary import SessionOutcome
from shared.messaging import Answer, Asker
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity, Pin

M = TypeVar("M", bound=Standing)
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Told(Generic[M, D]):
    """An answer, put into our words with the age it has when a decision is made by it."""

    answer: Answer[M] | None
    words: Callable[[M, float], D]

    def now(self) -> D | None:
        if self.answer is None:
            return None
        return self.words(self.answer.value, time.monotonic() - self.answer.asked_at)


class NatsPeers:
    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def intake(self, course_id: UUID, session_id: UUID) -> Told[IntakeStanding, IntakeAnswer]:
        ask = StandingAsk(course_id=course_id, session_id=session_id)
        return Told(await self._asker.ask(INTAKE_STANDING, ask), intake_says)

    async def scheduling(
        self, course_id: UUID, session_id: UUID
    ) -> Told[SchedulingStanding, SchedulingAnswer]:
        ask = StandingAsk(course_id=course_id, session_id=session_id)
        return Told(await self._asker.ask(SCHEDULING_STANDING, ask), scheduling_says)


def intake_says(standing: IntakeStanding, age_seconds: float) -> IntakeAnswer:
    approval = standing.approval
    return IntakeAnswer(
        known=standing.known,
        unverifiable=standing.unverifiable,
        age_seconds=age_seconds,
        protocol=Pin(standing.protocol_version, standing.protocol_digest),
        open_holds=_holds("intake", standing.open_holds),
        course_status=standing.course_status,
        approval_id=approval.approval_id if approval else None,
        approval_active=approval is not None and approval.active,
        active_scopes=frozenset(
            ConsentScope(consent.scope) for consent in standing.consents if consent.active
        ),
    )


def scheduling_says(standing: SchedulingStanding, age_seconds: float) -> SchedulingAnswer:
    session = standing.session
    protocol = Pin(standing.protocol_version, standing.protocol_digest)
    holds = _holds("scheduling", standing.open_holds)
    if session is None:
        return SchedulingAnswer(
            known=standing.known,
            unverifiable=standing.unverifiable,
            age_seconds=age_seconds,
            protocol=protocol,
            open_holds=holds,
        )
    return SchedulingAnswer(
        known=standing.known,
        unverifiable=standing.unverifiable,
        age_seconds=age_seconds,
        protocol=protocol,
        open_holds=holds,
        session_status=session.status,
        in_progress=session.in_progress,
        stopped=session.stopped,
        therapy_ended=session.therapy_ended,
        ended_at=session.ended_at,
        outcome=SessionOutcome(session.outcome) if session.outcome else None,
        escort=EscortState(session.escort.status) if session.escort else None,
    )


def _holds(owner: str, holds: tuple[OpenHold, ...]) -> tuple[OthersHold, ...]:
    return tuple(
        OthersHold(
            hold_id=hold.hold_id,
            owner=owner,
            category=HoldCategory(hold.hold_category),
            blocks=tuple(HoldBlock(block) for block in hold.blocks),
            severity=HoldSeverity(hold.severity),
        )
        for hold in holds
    )
