"""What a booking, or a changed one, is asked with."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.scheduling.domain.session_states import SessionKind, Setting
from services.scheduling.handlers.book_session import BookSession
from services.scheduling.handlers.move_session import RescheduleSession
from services.scheduling.web.api.escorts import EscortBody, new_escort
from services.scheduling.web.api.fields import Body, Moment


class BookingBody(Body):
    """Without a therapist the course's own is meant, without a length the protocol's."""

    course_id: UUID
    kind: SessionKind
    starts_at: Moment
    setting: Setting = Setting.IN_CLINIC
    block_minutes: Annotated[int | None, Field(ge=1, le=600)] = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    supervisor_ref: UUID | None = None
    attendant_ref: UUID | None = None
    escort: EscortBody | None = None

    def command(self) -> BookSession:
        given = self.model_dump(exclude={"escort"})
        return BookSession(**given, escort=new_escort(self.escort) if self.escort else None)


class RescheduleBody(Body):
    """What is left out stays as it is; another room alone is no new booking."""

    starts_at: Moment | None = None
    block_minutes: Annotated[int | None, Field(ge=1, le=600)] = None
    room_id: UUID | None = None
    therapist_ref: UUID | None = None
    supervisor_ref: UUID | None = None
    attendant_ref: UUID | None = None

    def command(self, session_id: UUID) -> RescheduleSession:
        return RescheduleSession(session_id=session_id, **self.model_dump())
