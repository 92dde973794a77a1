"""What is known of a prescription, and how many of its sessions are left (ruling 18)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.people import Signature
from services.prescribing.domain.prescription_elements import DispenseMode
from services.prescribing.domain.prescription_terms import (
    HigherDose,
    PrescriptionStatus,
    Revocation,
    Terms,
    Version,
)
from services.prescribing.domain.vocabulary import EndReason, PrescriptionKind
from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionRecord:
    """Authorisations are sets of order ids, so that each is reserved, used and returned once.

    ``rewritten`` and ``reason`` say who wrote the present terms, if not the author, and why.
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    status: PrescriptionStatus
    kind: PrescriptionKind
    route: Route
    terms: Terms
    rx_version: int
    author: Signature
    pdmp_checked_at: datetime
    confirmed: Signature | None = None
    activated: Signature | None = None
    reserved: frozenset[UUID] = frozenset()
    used: frozenset[UUID] = frozenset()
    former: tuple[Version, ...] = ()
    revoked: Revocation | None = None
    ended: EndReason | None = None
    ended_at: datetime | None = None
    dispense_mode: DispenseMode = DispenseMode.IN_CLINIC
    rewritten: Signature | None = None
    reason: str | None = None
    confirmed_higher: HigherDose | None = None

    @property
    def written(self) -> Signature:
        """Who wrote the present terms, and when."""
        return self.rewritten or self.author

    @property
    def left(self) -> int:
        """Authorised minus used; below zero when a returned authorisation was used after all."""
        return self.terms.sessions_authorised - len(self.used)

    @property
    def available(self) -> int:
        """How many more orders may reserve an authorisation."""
        return self.left - len(self.reserved)

    def active_at(self, at: datetime) -> bool:
        """Activated, not revoked, not past its end, timer or no timer, at that time (INV-10)."""
        until = self.terms_at(at).valid_until
        return self._in_force(at) and until is not None and at < until

    def terms_at(self, at: datetime) -> Terms:
        """The terms as they were at a time that has passed."""
        replaced = (version.terms for version in self.former if at < version.replaced_at)
        return next(replaced, self.terms)

    def _in_force(self, at: datetime) -> bool:
        if self.activated is None:
            return self.status is PrescriptionStatus.ACTIVE
        revoked = self.revoked is not None and self.revoked.at <= at
        ended = self.ended is not None and (self.ended_at is None or self.ended_at <= at)
        return self.activated.at <= at and not revoked and not ended
