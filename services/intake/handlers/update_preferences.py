"""What the client wants a session to be like."""

from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.course import TreatmentCourse
from services.intake.domain.wishes import StatedWishes, update_wishes
from services.intake.handlers.medicine_on_board import medicine_on_board
from services.intake.handlers.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePreferences:
    course_id: UUID
    stated: StatedWishes


async def update_preferences(command: UpdatePreferences, uow: UnitOfWork) -> TreatmentCourse:
    course = await uow.courses.get(command.course_id)
    acting = await medicine_on_board(uow, course.client_id)
    return await uow.courses.save(
        update_wishes(
            course,
            stated=command.stated,
            on_board_sessions=tuple(sorted(acting)),
            now=uow.now,
        )
    )
