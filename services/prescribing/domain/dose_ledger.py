"""The dose ledger: every milligram released is given, returned or wasted (section 4, F34)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from services.prescribing.domain.dose_ledger_states import (
    RELEASED,
    SECOND_PERSON,
    TOLERANCE_MG,
    TRANSITIONS,
    LedgerStatus,
    LedgerStep,
)
from services.prescribing.domain.events import DomainEvent
from services.prescribing.domain.people import Clinician
from shared.decisions import Change, refuse

LedgerChange: TypeAlias = "Change[DoseLedger, DomainEvent]"


class EntryKind(StrEnum):
    RELEASED = "released"
    ADMINISTERED = "administered"
    RETURNED = "returned"
    WASTED = "wasted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One movement. ``witness_ref`` where the law wants a second person.

    ``rx_version`` is the version of the prescription that a release or a dose rests on.
    """

    kind: EntryKind
    amount_mg: float
    at: datetime
    by: UUID
    witness_ref: UUID | None = None
    dose_seq: int | None = None
    rx_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLedger:
    """One per order. Overdrawn only by a dose that was taken without a release (ruling 12)."""

    id: UUID
    client_id: UUID
    course_id: UUID
    dose_order_id: UUID
    status: LedgerStatus
    entries: tuple[Entry, ...] = ()

    @classmethod
    def opened(
        cls, ledger_id: UUID, *, client_id: UUID, course_id: UUID, dose_order_id: UUID
    ) -> "DoseLedger":
        return cls(
            id=ledger_id,
            client_id=client_id,
            course_id=course_id,
            dose_order_id=dose_order_id,
            status=LedgerStatus.BALANCED,
        )

    def total(self, kind: EntryKind) -> float:
        return sum(entry.amount_mg for entry in self.entries if entry.kind is kind)

    @property
    def outstanding_mg(self) -> float:
        """Released and not accounted for; negative when more was taken than released."""
        accounted = sum(
            self.total(kind)
            for kind in (EntryKind.ADMINISTERED, EntryKind.RETURNED, EntryKind.WASTED)
        )
        return self.total(EntryKind.RELEASED) - accounted

    @property
    def leftover(self) -> bool:
        """Whether something that was released is neither given nor returned nor wasted."""
        return self.outstanding_mg > TOLERANCE_MG

    def given(self, dose_seq: int) -> Entry | None:
        """The entry of the dose with this number."""
        return next(
            (
                entry
                for entry in self.entries
                if entry.kind is EntryKind.ADMINISTERED and entry.dose_seq == dose_seq
            ),
            None,
        )

    def release(
        self, amount_mg: float, *, by: Clinician, at: datetime, rx_version: int | None = None
    ) -> LedgerChange:
        return self._enter(
            Entry(
                kind=EntryKind.RELEASED,
                amount_mg=amount_mg,
                at=at,
                by=by.ref,
                rx_version=rx_version,
            )
        )

    def administer(
        self,
        amount_mg: float,
        *,
        dose_seq: int,
        by: Clinician,
        at: datetime,
        rx_version: int | None = None,
    ) -> LedgerChange:
        """Never more than what was released."""
        self._need_outstanding(LedgerStep.ADMINISTER, amount_mg)
        return self._enter(
            Entry(
                kind=EntryKind.ADMINISTERED,
                amount_mg=amount_mg,
                at=at,
                by=by.ref,
                dose_seq=dose_seq,
                rx_version=rx_version,
            )
        )

    def taken(
        self,
        amount_mg: float,
        *,
        dose_seq: int,
        by: Clinician,
        witness_ref: UUID,
        at: datetime,
        rx_version: int | None = None,
    ) -> LedgerChange:
        """What was taken is written down, whether or not it was released."""
        return self._enter(
            Entry(
                kind=EntryKind.ADMINISTERED,
                amount_mg=amount_mg,
                at=at,
                by=by.ref,
                witness_ref=witness_ref,
                dose_seq=dose_seq,
                rx_version=rx_version,
            )
        )

    def return_rest(self, *, by: Clinician, witness_ref: UUID, at: datetime) -> LedgerChange:
        """Everything that is outstanding goes back to the store."""
        TRANSITIONS.need(
            self.status, LedgerStep.RETURN, RELEASED, dose_order_id=str(self.dose_order_id)
        )
        self._need_witness(by, witness_ref)
        return self._enter(
            Entry(
                kind=EntryKind.RETURNED,
                amount_mg=self.outstanding_mg,
                at=at,
                by=by.ref,
                witness_ref=witness_ref,
            )
        )

    def waste(
        self, amount_mg: float, *, by: Clinician, witness_ref: UUID, at: datetime
    ) -> LedgerChange:
        self._need_witness(by, witness_ref)
        self._need_outstanding(LedgerStep.WASTE, amount_mg)
        return self._enter(
            Entry(
                kind=EntryKind.WASTED,
                amount_mg=amount_mg,
                at=at,
                by=by.ref,
                witness_ref=witness_ref,
            )
        )

    def _enter(self, entry: Entry) -> LedgerChange:
        entered = replace(self, entries=(*self.entries, entry))
        rest = entered.outstanding_mg
        if entered.leftover:
            status = LedgerStatus.OUTSTANDING
        elif rest < -TOLERANCE_MG:
            status = LedgerStatus.OVERDRAWN
        else:
            status = LedgerStatus.BALANCED
        return Change(replace(entered, status=status))

    def _need_outstanding(self, step: LedgerStep, amount_mg: float) -> None:
        order_id = str(self.dose_order_id)
        TRANSITIONS.need(self.status, step, RELEASED, dose_order_id=order_id)
        if amount_mg > self.outstanding_mg + TOLERANCE_MG:
            refuse("more-than-released", "section 4", RELEASED, dose_order_id=order_id)

    def _need_witness(self, by: Clinician, witness_ref: UUID) -> None:
        if witness_ref == by.ref:
            refuse(
                "witness-is-the-same-person",
                "INV-40",
                SECOND_PERSON,
                dose_order_id=str(self.dose_order_id),
            )
