"""Clinicians: what entitles them, with its ends (F28 to F30), and when they are there."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.scheduling.domain.availability import Absence, WorkingHours
from services.scheduling.domain.roles import Role
from shared.decisions import refuse

ATTENDING: Final = frozenset({Role.THERAPIST, Role.NURSE, Role.PRESCRIBER})
"""Who may stay with a client through a dosing session beside the therapist (C-11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Licence and training, each with its number or certificate and its end."""

    license_valid_until: datetime | None = None
    license_number: str | None = None
    license_state: str | None = None
    kap_training_valid_until: datetime | None = None
    kap_certificate: str | None = None

    def renewed(self, newer: "Credentials") -> "Credentials":
        """What is left out stays as it is."""
        return Credentials(
            license_valid_until=newer.license_valid_until or self.license_valid_until,
            license_number=newer.license_number or self.license_number,
            license_state=newer.license_state or self.license_state,
            kap_training_valid_until=newer.kap_training_valid_until
            or self.kap_training_valid_until,
            kap_certificate=newer.kap_certificate or self.kap_certificate,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinician:
    id: UUID
    name: str
    role: Role
    credentials: Credentials
    hours: tuple[WorkingHours, ...] = ()
    absences: tuple[Absence, ...] = ()
    client_id: None = None
    course_id: None = None

    def renewed(self, newer: Credentials) -> "Clinician":
        return replace(self, credentials=self.credentials.renewed(newer))

    def missing_for(self, *, dosing: bool, at: datetime) -> Iterator[str]:
        """What this clinician lacks at a moment to hold a session alone."""
        if self.role is not Role.THERAPIST:
            yield "therapist_role"
        if not self.licensed(at):
            yield "license"
        if dosing and not _lasts(self.credentials.kap_training_valid_until, at):
            yield "kap_training"

    def licensed(self, at: datetime) -> bool:
        return _lasts(self.credentials.license_valid_until, at)

    def may_attend(self, at: datetime) -> bool:
        """Whether this clinician may be the one who stays throughout (C-11)."""
        return self.role in ATTENDING and self.licensed(at)

    def absent(self, since: datetime, until: datetime) -> Absence | None:
        """The first absence that meets a stretch of time."""
        met = [absence for absence in self.absences if absence.meets(since, until)]
        return min(met, key=lambda absence: absence.since, default=None)


def record_absence(clinician: Clinician, absence: Absence) -> Clinician:
    """Away for a time. Bookings within it are blocked, not moved: people decide who stands in."""
    if absence.until <= absence.since:
        refuse(
            "absence-ends-before-it-begins",
            "F30",
            since=absence.since.isoformat(),
            until=absence.until.isoformat(),
        )
    return replace(clinician, absences=(*clinician.absences, absence))


def withdraw_absence(clinician: Clinician, absence_id: UUID) -> Clinician:
    """There after all."""
    kept = tuple(absence for absence in clinician.absences if absence.id != absence_id)
    if len(kept) == len(clinician.absences):
        refuse("absence-not-known", "F30", absence_id=str(absence_id))
    return replace(clinician, absences=kept)


def _lasts(valid_until: datetime | None, at: datetime) -> bool:
    return valid_until is not None and at < valid_until
