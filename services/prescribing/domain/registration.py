"""A prescriber's own registration: without it no prescription of theirs becomes active (F38)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.prescribing.domain.verdicts import rule
from services.prescribing.domain.vocabulary import PrescriptionKind
from shared.decisions import Unblock, Verdict


class RegistrationStatus(StrEnum):
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``id`` is the prescriber's reference; it belongs to no client and no course.

    ``dea_number`` is an element that a prescription has to carry; an order that is given in the
    clinic needs the registration only (section 3.11).
    """

    id: UUID
    licence_valid_until: datetime
    dea_valid_until: datetime
    recorded_at: datetime
    status: RegistrationStatus = RegistrationStatus.RECORDED
    dea_number: str | None = None
    licence_number: str | None = None
    licence_state: str | None = None
    client_id: None = None
    course_id: None = None

    @property
    def valid_until(self) -> datetime:
        return min(self.licence_valid_until, self.dea_valid_until)

    def valid_at(self, at: datetime) -> bool:
        return at < self.valid_until


def dea_number_adds_up(number: str) -> bool:
    """Two letters and seven digits, of which the last checks the others."""
    letters, digits = number[:2], number[2:]
    if not (len(number) == 9 and letters.isalpha() and digits.isdecimal()):
        return False
    d = [int(digit) for digit in digits]
    return (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6]


def registered(
    registration: Registration | None, kind: PrescriptionKind, now: datetime
) -> Iterator[Verdict]:
    """Licence and registration are valid, and a prescription can carry the number it has to."""
    yield rule(
        "registration-not-valid",
        "F38",
        registration is not None and registration.valid_at(now),
        unblocks=(
            Unblock(
                fact="licence and DEA registration of the prescriber",
                owner="prescribing",
                action="record the prescriber's registration",
            ),
        ),
        valid_until=registration.valid_until.isoformat() if registration else None,
    )
    yield rule(
        "dea-number-missing",
        "section 3.11",
        kind is not PrescriptionKind.PRESCRIPTION
        or (registration is not None and registration.dea_number is not None),
        unblocks=(
            Unblock(
                fact="the DEA number of the prescriber",
                owner="prescribing",
                action="record it with the prescriber's registration",
            ),
        ),
        kind=kind,
    )
