"""The people of whom the other services speak, as notifications can hear it."""

from dataclasses import dataclass, field
from uuid import UUID

from careteam_contracts.base import Event
from careteam_contracts.details import Contact
from shared.runtime.ids import new_id


@dataclass
class Person:
    """A client, known by ids here, and by a contact in intake."""

    contact: Contact | None
    client_id: UUID = field(default_factory=new_id)
    course_id: UUID = field(default_factory=new_id)
    session_id: UUID = field(default_factory=new_id)
    order_id: UUID = field(default_factory=new_id)
    escort_id: UUID = field(default_factory=new_id)
    clearance_id: UUID = field(default_factory=new_id)

    def aggregate(self, event: Event) -> UUID:
        match event.aggregate_type:
            case "client":
                return self.client_id
            case "course":
                return self.course_id
            case "session":
                session_id: UUID = getattr(event, "session_id", self.session_id)
                return session_id
            case "dose_order":
                return self.order_id
        return UUID(int=self.course_id.int ^ sum(event.aggregate_type.encode()))
