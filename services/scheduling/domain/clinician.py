"""Clinicians and what entitles them: training and licence, with their ends (F28 to F30)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.scheduling.domain.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    id: UUID
    name: str
    role: Role
    license_valid_until: datetime | None
    kap_training_valid_until: datetime | None
    client_id: None = None
    course_id: None = None

    def renewed(
        self, *, license_until: datetime | None, training_until: datetime | None
    ) -> "Clinician":
        """New ends for what entitles; what is left out stays as it is."""
        return replace(
            self,
            license_valid_until=license_until or self.license_valid_until,
            kap_training_valid_until=training_until or self.kap_training_valid_until,
        )

    def missing_for(self, *, dosing: bool, at: datetime) -> Iterator[str]:
        """What this clinician lacks at a moment to hold a session alone."""
        if self.role is not Role.THERAPIST:
            yield "therapist_role"
        if not _lasts(self.license_valid_until, at):
            yield "license"
        if dosing and not _lasts(self.kap_training_valid_until, at):
            yield "kap_training"


def _lasts(valid_until: datetime | None, at: datetime) -> bool:
    return valid_until is not None and at < valid_until
