"""Something grave was found with the dose on board: recovery is tightened (section 7.2)."""

from typing import Final
from uuid import UUID

from services.prescribing.domain.review_task import TaskKind
from services.prescribing.handlers.ports import UnitOfWork
from services.prescribing.handlers.tasks import raise_task
from shared.protocol import HoldCategory

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
