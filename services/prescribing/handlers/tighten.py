"""Something grave was found with the dose on board: recovery is tightened (section 7.2)."""

from typing import Final
from uuid import UUID

from services.prescribing.domain.review_task import TaskKind
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from shared.protocol import HoldCategory, HoldSeverity

GRAVE: Final = frozenset(
    {HoldCategory.CONTRAINDICATION, HoldCategory.SUICIDALITY, HoldCategory.ADVERSE_EVENT}
)


async def tighten_recoveries(
    uow: UnitOfWork, course_id: UUID, category: HoldCategory, *, cause: str
) -> None:
    """A prescriber clears in person from here on, and is told to look."""
    if category not in GRAVE:
        return
    for recovery in await uow.recoveries.list_by(course_id=course_id):
        if recovery.open:
            await uow.recoveries.save(recovery.tighten())
            await raise_task(
                uow,
                TaskKind.FOUND_DURING_RECOVERY,
                client_id=recovery.client_id,
                course_id=course_id,
                session_id=recovery.session_id,
                cause=cause,
            )


async def found_grave(uow: UnitOfWork, course_id: UUID, client_id: UUID) -> bool:
    """Whether a grave hold is open or the approval lost: also as heard from behind a gap."""
    facts = await uow.facts.get(course_id, client_id)
    ours = await uow.safety_holds.list_by(course_id=course_id, status="open")
    open_now = {(hold.category, hold.severity) for hold in ours}
    open_now |= {(s.value.category, s.value.severity) for s in facts.holds.open.values()}
    revoked = bool(facts.approvals.tombstones) and facts.approval_at(uow.now) is None
    return revoked or any(c in GRAVE and s is HoldSeverity.STOP for c, s in open_now)
