"""Ask the other services whether anything of a client is not over, and erase or let it be.

The flag was committed before anybody is asked. All are asked at once, with no transaction open;
what they answer serves this one decision and is thrown away (rulings 6 and 7).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from services.intake.domain.erasure import (
    Erasure,
    ErasureStatus,
    Keeps,
    erasure_decision,
    settle,
)
from services.intake.domain.hold import HoldStatus
from services.intake.handlers.medicine_on_board import medicine_on_board
from services.intake.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Decision
from shared.storage.ports import Due

ERASING: Final = "erasing"
ASK_AGAIN_AFTER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The erasure afterwards; no decision where nothing was left to decide."""

    erasure: Erasure
    decision: Decision | None = None

    @property
    def refused(self) -> bool:
        """Whether the flag came down and the client is still there."""
        return self.decision is not None and self.erasure.status is ErasureStatus.REQUESTED


async def erasing_begun(uow: UnitOfWork, erasure: Erasure) -> None:
    """Make sure that a raised flag is looked after, whatever becomes of this process."""
    await uow.timers.set(
        ERASING, erasure.id, uow.now + ASK_AGAIN_AFTER, client_id=erasure.subject_id
    )


async def erasing_over(uow: UnitOfWork, erasure: Erasure) -> None:
    """Nobody has to be asked any more."""
    await uow.timers.cancel(ERASING, erasure.id)


async def kept_here(uow: UnitOfWork, client_id: UUID) -> tuple[Keeps, ...]:
    """What keeps the client with intake itself, by its own committed facts."""
    courses = await uow.courses.list_by(client_id=client_id)
    open_holds = await uow.safety_holds.list_by(client_id=client_id, status=HoldStatus.OPEN.value)
    freshness = await uow.freshness(client_id)
    found = {
        Keeps.COURSE: any(not course.terminal for course in courses),
        Keeps.RESTRICTION: bool(await medicine_on_board(uow, client_id)),
        Keeps.HOLD: bool(open_holds),
        Keeps.EMERGENCY_ACCESS: await uow.emergencies.unsettled(client_id),
        Keeps.PARKED_EVENT: any(one.parked for one in freshness.values()),
    }
    return tuple(kind for kind, keeps in found.items() if keeps)


async def settle_erasing(
    erasure_id: UUID,
    subject_id: UUID,
    begin: Begin,
    peers: Peers,
    *,
    conclusion: Callable[[Erasure], Any] | None = None,
) -> Settlement:
    """Settle the flag, if it is up. ``conclusion`` makes what the calling command answers."""
    async with begin() as uow:
        asking_for = await uow.erasures.get(erasure_id)
    told = await peers.keep_client(subject_id) if _is_up(asking_for) else {}
    async with begin() as uow:
        await uow.lock_for_erasing(subject_id)
        erasure, decision = await uow.erasures.get(erasure_id), None
        if asking_for.confirmed_at is not None and _is_up(asking_for) and _is_up(erasure):
            answers = {
                "intake": await kept_here(uow, subject_id),
                **{owner: None if one is None else one.usable for owner, one in told.items()},
            }
            decision = erasure_decision(answers)
            change = settle(
                erasure, confirmed_at=asking_for.confirmed_at, answers=answers, now=uow.now
            )
            erasure = await uow.erasures.save(change)
            await (erasing_begun if _is_up(erasure) else erasing_over)(uow, erasure)
        settlement = Settlement(erasure=erasure, decision=decision)
        if conclusion is not None and not settlement.refused:
            await uow.conclude(conclusion(erasure))
    return settlement


async def when_erasing_is_due(due: Due, begin: Begin, peers: Peers) -> None:
    """The timer's policy: ask again, until the client is erased or the flag has come down."""
    await settle_erasing(due.key, due.client_id, begin, peers)


def _is_up(erasure: Erasure) -> bool:
    return erasure.status is ErasureStatus.ERASING
