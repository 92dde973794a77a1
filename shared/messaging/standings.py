"""How a course stands with those who own its facts, for whoever looks at a page now.

The questions are those of the gates, but nothing is decided by what is answered here: it is shown
with its age, and kept nowhere.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from careteam_contracts.enums import ConsentScope
from careteam_contracts.questions import INTAKE_STANDING, PRESCRIBING_STANDING, Question
from careteam_contracts.standing import StandingAsk
from shared.messaging.asking import Answer, Asker
from shared.messaging.people import PATIENCE_SECONDS

A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeSays:
    """``open_questions`` of the client are None where intake does not tell. ``told_at`` is of the
    monotonic clock."""

    consented: bool
    approved_until: datetime | None
    open_questions: int | None
    told_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribingSays:
    """The prescription in force; ``valid_until`` is None where there is none."""

    valid_until: datetime | None
    sessions: int
    left: int
    told_at: float


class Standings:
    """Asks intake and prescribing. None: no answer as soon as a page needs it."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def intake(self, course_id: UUID) -> IntakeSays | None:
        """Consent, approval, and how many questions of the client are open."""
        answer = await self._soon(INTAKE_STANDING, course_id)
        if answer is None:
            return None
        told = answer.value
        return IntakeSays(
            consented=told.consents_active(ConsentScope.TREATMENT),
            approved_until=told.approval.valid_until
            if told.approval and told.approval.active
            else None,
            open_questions=told.open_questions,
            told_at=answer.asked_at,
        )

    async def prescribing(self, course_id: UUID) -> PrescribingSays | None:
        """What is prescribed, and what of it is left."""
        answer = await self._soon(PRESCRIBING_STANDING, course_id)
        if answer is None:
            return None
        rx = answer.value.prescription
        active = rx if rx and rx.active else None
        return PrescribingSays(
            valid_until=active.valid_until if active else None,
            sessions=active.sessions_authorised if active else 0,
            left=active.left if active else 0,
            told_at=answer.asked_at,
        )

    async def _soon(self, question: Question[StandingAsk, A], course_id: UUID) -> Answer[A] | None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._asker.ask(question, StandingAsk(course_id=course_id))
        except TimeoutError:
            return None
