"""A prescriber's own registration: without it no prescription of theirs becomes active (F38)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RegistrationStatus(StrEnum):
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``id`` is the prescriber's reference; it belongs to no client and no course."""

    id: UUID
    licence_valid_until: datetime
    dea_valid_until: datetime
    recorded_at: datetime
    status: RegistrationStatus = RegistrationStatus.RECORDED
    client_id: None = None
    course_id: None = None

    @property
    def valid_until(self) -> datetime:
        return min(self.licence_valid_until, self.dea_valid_until)

    def valid_at(self, at: datetime) -> bool:
        return at < self.valid_until
