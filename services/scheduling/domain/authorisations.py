"""How many dosing sessions the prescriptions still authorise, as far as scheduling can tell."""

from collections.abc import Iterable
from datetime import datetime

from services.scheduling.domain.course_facts import CourseFacts
from services.scheduling.domain.prescription_facts import PrescriptionTerms
from services.scheduling.domain.session import Session


def terms_in_force(facts: CourseFacts, at: datetime) -> tuple[PrescriptionTerms, ...]:
    """The terms of every prescription that is active at a moment."""
    terms = (prescription.current(at) for prescription in facts.prescriptions.values())
    return tuple(t for t in terms if t is not None)


def authorised_order(facts: CourseFacts, session: Session) -> str | None:
    """The order that is bound to the session and still of use (ruling 18)."""
    usable = [
        order_id
        for order_id, order in facts.orders_of(str(session.id)).items()
        if order.authorised and not _revoked(facts, order_id)
    ]
    return max(usable, default=None)


def _revoked(facts: CourseFacts, order_id: str) -> bool:
    prescription = facts.orders[order_id].prescription_id
    known = facts.prescriptions.get(prescription.value) if prescription else None
    return known is not None and known.revoked is not None


def left_of(facts: CourseFacts, at: datetime) -> int:
    """Authorised minus used: an order that was closed with a dose has used one (ruling 18)."""
    active = _active(facts, at)
    used = sum(
        1
        for order in facts.orders.values()
        if order.prescription_id
        and order.prescription_id.value in active
        and order.closed.told is not None
        and order.closed.told.value > 0
    )
    return sum(terms.sessions_authorised for terms in terms_in_force(facts, at)) - used


def left_for(session: Session, others: Iterable[Session], facts: CourseFacts, at: datetime) -> int:
    """Authorisations in force at a moment that no dose used and no earlier booking waits for."""
    active = _active(facts, at)
    authorised = sum(terms.sessions_authorised for terms in terms_in_force(facts, at))
    used = sum(
        1
        for order in facts.orders.values()
        if order.prescription_id and order.prescription_id.value in active and order.count
    )
    waiting = sum(
        1
        for other in others
        if other.dosing
        and other.id != session.id
        and not other.over
        and not other.doses.count
        and not facts.dose_count(str(other.id))
        and (other.starts_at, other.id) < (session.starts_at, session.id)
    )
    return authorised - used - waiting


def prescription_lost(facts: CourseFacts, session: Session) -> bool:
    """Whether the prescription behind this session was revoked (ruling 17)."""
    bound = [
        order.prescription_id.value
        for order_id, order in facts.orders_of(str(session.id)).items()
        if order.prescription_id is not None
        and (session.dose_order_id is None or order_id == str(session.dose_order_id))
    ]
    if bound:
        return all(_is_revoked(facts, rx_id) for rx_id in bound)
    known = facts.prescriptions.values()
    revoked = any(rx.revoked is not None for rx in known)
    return revoked and all(rx.revoked is not None for rx in known)


def _active(facts: CourseFacts, at: datetime) -> set[str]:
    return {rx_id for rx_id, known in facts.prescriptions.items() if known.current(at) is not None}


def _is_revoked(facts: CourseFacts, rx_id: str) -> bool:
    known = facts.prescriptions.get(rx_id)
    return known is not None and known.revoked is not None
