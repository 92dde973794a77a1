"""A client has medicine on board, not a course: a dose of an earlier course counts as well."""

from collections.abc import Mapping
from uuid import UUID

from services.intake.domain.on_board import on_board
from services.intake.handlers.ports import UnitOfWork


async def medicine_on_board(uow: UnitOfWork, client_id: UUID) -> Mapping[str, str]:
    """The client's sessions whose medicine may still act, each with the event that told it."""
    found: dict[str, str] = {}
    for course in await uow.courses.list_by(client_id=client_id):
        found.update(on_board(await uow.facts.get(course.id, client_id), uow.now))
    return found
