"""A draft becomes active, if assessment, approval, author and formalities allow (section 6.2)."""

from dataclasses import dataclass
from uuid import UUID

from services.prescribing.domain.activation import ActivationFacts, activation_decision
from services.prescribing.domain.prescribing_limits import longest_validity, require_terms
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import PrescriptionStatus
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import Begin, Peers, UnitOfWork
from shared.decisions import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivatePrescription:
    prescription_id: UUID


async def activate_prescription(
    command: ActivatePrescription, begin: Begin, _peers: Peers
) -> Prescription:
    """A refusal is kept as a receipt as well, so it is committed before it is said."""
    async with begin() as uow:
        rx = await uow.prescriptions.get(command.prescription_id)
        facts = await activation_facts(uow, rx, by=clinician(uow).ref)
        decision = activation_decision(facts)
        await uow.receipts.record(
            decision,
            facts,
            subject_id=rx.id,
            client_id=rx.client_id,
            course_id=rx.course_id,
            freshness=await uow.freshness(rx.client_id),
        )
        if decision.allowed:
            active = await _activate(uow, rx)
            await uow.conclude(active)
            return active
    raise Refused(decision.refusals)


async def activation_facts(uow: UnitOfWork, rx: Prescription, *, by: UUID) -> ActivationFacts:
    """What the guard decides by: our own records, and what intake told."""
    course = await uow.course(rx.course_id)
    assessments = await uow.assessments.list_by(course_id=rx.course_id)
    written = await uow.prescriptions.list_by(course_id=rx.course_id)
    protocol = await uow.protocol_of(rx.course_id)
    active = next((o for o in written if o.status is PrescriptionStatus.ACTIVE), None)
    return ActivationFacts(
        prescription=rx,
        assessment=max(assessments, key=lambda a: (a.requested_at, str(a.id)), default=None),
        course=course,
        registration=await uow.registrations.find(rx.author.ref),
        active=active.id if active is not None and active.id != rx.id else None,
        protocol=protocol,
        by=by,
        now=uow.now,
        zone=uow.timezone,
        earlier_pdmp=max(
            (other.pdmp_checked_at for other in written if _earlier(other, rx)), default=None
        ),
        most_doses=protocol.dosing.max_doses_per_session,
    )


def _earlier(other: Prescription, rx: Prescription) -> bool:
    """One that somebody relied on; drafts of the same query are one prescription in the making."""
    return other.id != rx.id and other.activated is not None


async def _activate(uow: UnitOfWork, rx: Prescription) -> Prescription:
    protocol = await uow.protocol_of(rx.course_id)
    require_terms(
        rx.terms,
        kind=rx.kind,
        route=rx.route,
        start=uow.now,
        protocol=protocol,
        zone=uow.timezone,
        dispense_mode=rx.dispense_mode,
    )
    longest = longest_validity(uow.now, protocol.prescription, uow.timezone)
    active = await keep_prescription(
        uow,
        rx.activate(by=clinician(uow), at=uow.now, valid_until=rx.terms.valid_until or longest),
    )
    for other in await uow.prescriptions.list_by(course_id=rx.course_id, status="draft"):
        if other.status is PrescriptionStatus.DRAFT and other.id != rx.id:
            await uow.prescriptions.save(other.supersede())
    await advance_course(uow, rx.course_id, rx.client_id)
    return await uow.prescriptions.get(active.id)
