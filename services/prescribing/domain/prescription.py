"""A prescription and what it still authorises (section 6.2, ruling 18)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from services.prescribing.domain.events import (
    DomainEvent,
    DosePrescribed,
    PrescriptionAmended,
    PrescriptionEnded,
    PrescriptionRevoked,
)
from services.prescribing.domain.people import Clinician, Signature
from services.prescribing.domain.prescription_elements import DispenseMode
from services.prescribing.domain.prescription_record import PrescriptionRecord
from services.prescribing.domain.prescription_terms import (
    ENDED_AS,
    TRANSITIONS,
    HigherDose,
    PrescriptionStatus,
    Revocation,
    RxTrigger,
    Terms,
    Version,
)
from services.prescribing.domain.vocabulary import EndReason, PrescriptionKind
from shared.decisions import Change, Unblock, refuse
from shared.protocol import HoldCategory, Role, Route

RxChange: TypeAlias = "Change[Prescription, DomainEvent]"

SESSION_LEFT: Final = Unblock(
    fact="a prescription with a session left",
    owner="prescribing",
    action="write or amend a prescription",
)
ANOTHER_PRESCRIBER: Final = Unblock(
    fact="a second prescriber", owner="prescribing", action="let another prescriber confirm"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription(PrescriptionRecord):
    """What may become of it. Authorisations are reserved, used and returned once each."""

    @classmethod
    def draft(
        cls,
        prescription_id: UUID,
        *,
        client_id: UUID,
        course_id: UUID,
        kind: PrescriptionKind,
        route: Route,
        terms: Terms,
        pdmp_checked_at: datetime,
        by: Clinician,
        at: datetime,
        dispense_mode: DispenseMode = DispenseMode.IN_CLINIC,
        reason: str | None = None,
    ) -> RxChange:
        return Change(
            cls(
                id=prescription_id,
                client_id=client_id,
                course_id=course_id,
                status=PrescriptionStatus.DRAFT,
                kind=kind,
                route=route,
                terms=terms,
                rx_version=1,
                author=Signature.of(by, at),
                pdmp_checked_at=pdmp_checked_at,
                dispense_mode=dispense_mode,
                reason=reason,
            )
        )

    def confirm(self, by: Clinician, at: datetime) -> RxChange:
        """A second prescriber confirms an amount above the ceiling (section 3.6)."""
        self._need(RxTrigger.CONFIRM)
        _need_second_prescriber(by, self.author)
        return Change(replace(self, confirmed=Signature.of(by, at)))

    def confirm_higher(
        self, route: Route, session_mg: float, *, by: Clinician, at: datetime
    ) -> RxChange:
        """The same word for an amendment to come: up to this much in a session (section 3.6)."""
        self._need(RxTrigger.CONFIRM_HIGHER)
        _need_second_prescriber(by, self.written)
        word = HigherDose(route=route, session_mg=session_mg, signed=Signature.of(by, at))
        return Change(replace(self, confirmed_higher=word))

    def activate(self, *, by: Clinician, at: datetime, valid_until: datetime) -> RxChange:
        """Becomes active for this long; the guard of section 6.2 has decided before."""
        self._need(RxTrigger.ACTIVATE)
        active = replace(
            self,
            status=PrescriptionStatus.ACTIVE,
            activated=Signature.of(by, at),
            terms=replace(self.terms, valid_until=valid_until),
        )
        return Change(
            active,
            (
                DosePrescribed(
                    at=at,
                    prescription_id=self.id,
                    rx_version=self.rx_version,
                    timing_profile=self.terms.timing_profile,
                    sessions_authorised=self.terms.sessions_authorised,
                    valid_from=at,
                    valid_until=valid_until,
                ),
            ),
        )

    def amend(
        self,
        terms: Terms,
        *,
        at: datetime,
        by: Clinician,
        route: Route | None = None,
        reason: str | None = None,
    ) -> RxChange:
        """New terms replace the present ones; what was reserved or used stays."""
        self._need(RxTrigger.AMEND)
        taken = len(self.used | self.reserved)
        if terms.valid_until is None or terms.sessions_authorised < taken:
            refuse(
                "authorisations-already-taken",
                "INV-13",
                Unblock(
                    fact="at least as many sessions as are reserved or used",
                    owner="prescribing",
                    action="authorise more sessions, or cancel a booked one first",
                ),
                sessions_authorised=terms.sessions_authorised,
                taken=taken,
            )
        amended = replace(
            self,
            terms=terms,
            route=route or self.route,
            rx_version=self.rx_version + 1,
            rewritten=Signature.of(by, at),
            reason=reason,
            former=(*self.former, self._version(at)),
        )
        event = PrescriptionAmended(
            at=at,
            prescription_id=self.id,
            rx_version=amended.rx_version,
            supersedes=self.rx_version,
            timing_profile=terms.timing_profile,
            sessions_authorised=terms.sessions_authorised,
            valid_until=terms.valid_until,
        )
        change: RxChange = Change(amended, (event,))
        return change.then(lambda rx: rx.settle(at))

    def supersede(self) -> RxChange:
        """Another draft became the course's prescription; nobody ever relied on this one."""
        self._need(RxTrigger.SUPERSEDE)
        return Change(replace(self, status=PrescriptionStatus.SUPERSEDED))

    def revoke(self, category: HoldCategory, *, at: datetime, by: Clinician | None) -> RxChange:
        """Final, and stronger than any other end. Nobody heard of a draft, so nobody is told."""
        self._need(RxTrigger.REVOKE)
        revoked = replace(
            self,
            status=PrescriptionStatus.REVOKED,
            revoked=Revocation(
                category=category, at=at, by=Signature.of(by, at) if by is not None else None
            ),
        )
        if self.activated is None:
            return Change(revoked)
        event = PrescriptionRevoked(at=at, prescription_id=self.id, rx_version=self.rx_version)
        return Change(revoked, (event,))

    def end(self, reason: EndReason, at: datetime) -> RxChange:
        """Out of date, used up, or its course is closed."""
        self._need(RxTrigger.END)
        return Change(
            replace(self, status=ENDED_AS[reason], ended=reason, ended_at=at),
            (PrescriptionEnded(at=at, prescription_id=self.id, reason=reason),),
        )

    def reserve(self, order_id: UUID) -> RxChange:
        """An order takes one authorisation; never more than the prescription has (INV-13)."""
        if order_id in self.reserved:
            return Change(self)
        TRANSITIONS.need(self.status, RxTrigger.RESERVE, SESSION_LEFT, prescription_id=str(self.id))
        if self.available < 1:
            refuse("no-authorisation-left", "INV-13", SESSION_LEFT, available=self.available)
        return Change(replace(self, reserved=self.reserved | {order_id}))

    def give_back(self, order_id: UUID, at: datetime) -> RxChange:
        """The order closed with no dose: its authorisation returns, once."""
        self._need(RxTrigger.GIVE_BACK)
        return replace(self, reserved=self.reserved - {order_id}).settle(at)

    def use(self, order_id: UUID, at: datetime) -> RxChange:
        """The order closed with a dose. A returned authorisation is taken back, below zero too."""
        self._need(RxTrigger.USE)
        used = replace(self, reserved=self.reserved - {order_id}, used=self.used | {order_id})
        return used.settle(at)

    def settle(self, at: datetime) -> RxChange:
        """Exhausted when everything is used and nothing reserved (ruling 18)."""
        if self.status is not PrescriptionStatus.ACTIVE or self.left > 0 or self.reserved:
            return Change(self)
        return self.end(EndReason.EXHAUSTED, at)

    def _version(self, replaced_at: datetime) -> Version:
        return Version(
            rx_version=self.rx_version,
            terms=self.terms,
            replaced_at=replaced_at,
            written=self.written,
            reason=self.reason,
        )

    def _need(self, trigger: RxTrigger) -> None:
        TRANSITIONS.need(self.status, trigger, prescription_id=str(self.id))


def _need_second_prescriber(by: Clinician, author: Signature) -> None:
    if by.role is not Role.PRESCRIBER or by.ref == author.ref:
        refuse("second-prescriber-needed", "section 3.6", ANOTHER_PRESCRIBER, role=by.role)
