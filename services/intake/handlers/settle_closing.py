"""Ask the peers whether a course whose flag is up may close, and decide (ruling 7).

The flag was committed before anybody is asked. Both peers are asked at once, with no transaction
open; their answers serve this one decision and are thrown away.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from services.intake.domain.close_course import settle
from services.intake.domain.closing import Obstacle
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.on_board import obstacles_on_board
from services.intake.domain.replaying import ClosingFacts, decide_closing
from services.intake.handlers.ports import Begin, PeerAnswer, Peers, UnitOfWork
from shared.decisions import Decision
from shared.storage.ports import Due

CLOSING: Final = "closing"
ASK_AGAIN_AFTER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The course afterwards; no decision where nothing was left to decide."""

    course: TreatmentCourse
    decision: Decision | None = None

    @property
    def refused(self) -> bool:
        """Whether the flag came down without the course being closed."""
        decided = self.decision is not None and not self.decision.allowed
        return decided and self.course.closing is None


async def flag_raised(uow: UnitOfWork, course: TreatmentCourse) -> None:
    """Make sure that a raised flag is looked after, whatever becomes of this process."""
    await uow.timers.set(CLOSING, course.id, uow.now + ASK_AGAIN_AFTER, client_id=course.client_id)


async def look_again_now(uow: UnitOfWork, course: TreatmentCourse) -> None:
    """Have a standing flag settled as soon as this transaction is committed."""
    if course.closing is not None:
        await uow.timers.set(CLOSING, course.id, uow.now, client_id=course.client_id)


async def settle_closing(
    course_id: UUID,
    begin: Begin,
    peers: Peers,
    *,
    conclusion: Callable[[TreatmentCourse], Any] | None = None,
) -> Settlement:
    """Settle the flag of a course, if one is up.

    ``conclusion`` makes what the calling command answers of the course afterwards.
    """
    async with begin() as uow:
        asking_for = (await uow.courses.get(course_id)).closing
    scheduling: PeerAnswer | None = None
    prescribing: PeerAnswer | None = None
    if asking_for is not None:
        scheduling, prescribing = await asyncio.gather(
            peers.scheduling_has_under_way(course_id), peers.prescribing_has_under_way(course_id)
        )
    async with begin() as uow:
        course = await uow.courses.get(course_id)
        if asking_for is None or course.closing is None:
            settlement = Settlement(course=course)
        elif course.closing.closing_id != asking_for.closing_id:
            await look_again_now(uow, course)
            settlement = Settlement(course=course)
        else:
            answers = {
                "scheduling": _told(scheduling),
                "prescribing": _told(prescribing),
            }
            settlement = await _decide(uow, course, asking_for.closing_id, answers)
        if conclusion is not None and not settlement.refused:
            await uow.conclude(conclusion(settlement.course))
    return settlement


async def when_closing_is_due(due: Due, begin: Begin, peers: Peers) -> None:
    """The timer's policy: ask again, until the course is closed or the flag has come down."""
    await settle_closing(due.key, begin, peers)


async def _decide(
    uow: UnitOfWork,
    course: TreatmentCourse,
    closing_id: UUID,
    answers: dict[str, tuple[Obstacle, ...] | None],
) -> Settlement:
    on_board = obstacles_on_board(await uow.facts.get(course.id, course.client_id))
    facts = ClosingFacts(answers=answers, on_board=on_board)
    decision = decide_closing(facts)
    change = settle(
        course,
        closing_id=closing_id,
        answers=answers,
        on_board=on_board,
        decision_id=uow.new_id(),
        now=uow.now,
    )
    if decision.allowed or change.state != course:
        await uow.receipts.record(
            decision,
            facts,
            subject_id=course.id,
            client_id=course.client_id,
            course_id=course.id,
            freshness=await uow.freshness(course.client_id),
        )
    after = await uow.courses.save(change)
    if after.closing is None:
        await uow.timers.cancel(CLOSING, course.id)
    else:
        await flag_raised(uow, after)
    return Settlement(course=after, decision=decision)


def _told(answer: PeerAnswer | None) -> tuple[Obstacle, ...] | None:
    """An answer that is too old to decide by counts as none (ruling 6)."""
    return answer.obstacles if answer is not None and answer.is_usable() else None
