"""How the amount went over a course: what was prescribed, by whom and why, and what was given.

Read from prescriptions, orders and their ledgers; it decides nothing (F59, section 6.2).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.dose_ledger import DoseLedger
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.people import Signature
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescribedTerms:
    """One version of a prescription; ``replaced_at`` is None for the present one."""

    prescription_id: UUID
    rx_version: int
    terms: Terms
    written: Signature | None
    reason: str | None
    replaced_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """A dose of the course. ``amount_mg`` is None where nobody knows how much was taken."""

    session_id: UUID
    dose_order_id: UUID
    dose_seq: int
    administered_at: datetime
    amount_mg: float | None
    given_by: UUID | None
    witness_ref: UUID | None
    deviation: bool
    under: PrescribedTerms | None

    @property
    def prescribed_mg(self) -> float | None:
        return self.under.terms.dose_mg(self.dose_seq) if self.under is not None else None


def prescribed_terms(written: Iterable[Prescription]) -> tuple[PrescribedTerms, ...]:
    """Every version of every prescription that became active, in the order of writing."""
    versions = [one for rx in written if rx.activated is not None for one in _versions(rx)]
    return tuple(sorted(versions, key=lambda v: (str(v.prescription_id), v.rx_version)))


def given_doses(
    orders: Iterable[DoseOrder],
    ledgers: Iterable[DoseLedger],
    prescribed: Iterable[PrescribedTerms],
) -> tuple[GivenDose, ...]:
    """Every dose of the course, in the order in which they were taken."""
    books = {ledger.dose_order_id: ledger for ledger in ledgers}
    terms = {(one.prescription_id, one.rx_version): one for one in prescribed}
    doses = [dose for order in orders for dose in _doses(order, books.get(order.id), terms)]
    return tuple(sorted(doses, key=lambda d: (d.administered_at, d.dose_seq)))


def _versions(rx: Prescription) -> Iterator[PrescribedTerms]:
    for former in rx.former:
        yield PrescribedTerms(
            prescription_id=rx.id,
            rx_version=former.rx_version,
            terms=former.terms,
            written=former.written,
            reason=former.reason,
            replaced_at=former.replaced_at,
        )
    yield PrescribedTerms(
        prescription_id=rx.id,
        rx_version=rx.rx_version,
        terms=rx.terms,
        written=rx.written,
        reason=rx.reason,
        replaced_at=None,
    )


def _doses(
    order: DoseOrder,
    book: DoseLedger | None,
    terms: dict[tuple[UUID, int], PrescribedTerms],
) -> Iterator[GivenDose]:
    for dose in order.doses:
        entry = book.given(dose.seq) if book is not None else None
        version = entry.rx_version if entry is not None else None
        rx_id = order.prescription_id
        known = rx_id is not None and version is not None
        yield GivenDose(
            session_id=order.session_id,
            dose_order_id=order.id,
            dose_seq=dose.seq,
            administered_at=dose.administered_at,
            amount_mg=entry.amount_mg if entry is not None else None,
            given_by=entry.by if entry is not None else None,
            witness_ref=dose.witness_ref,
            deviation=dose.deviation,
            under=terms.get((rx_id, version)) if known else None,  # type: ignore[arg-type]
        )
