"""New terms for what is to come, and a second prescriber's word on high ones (section 3.6)."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.amendment import AmendmentFacts, amendment_decision
from services.prescribing.domain.prescribing_limits import require_terms
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_elements import DoseTier, DrugForm
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPrescription:
    """What stays None stays as it is; ``reason`` is for this version only."""

    prescription_id: UUID
    route: Route | None = None
    timing_profile: str | None = None
    amount_mg: float | None = None
    booster_mg: float | None = None
    dose_tier: DoseTier | None = None
    form: DrugForm | None = None
    strength_mg: float | None = None
    directions: str | None = None
    sessions_authorised: int | None = None
    valid_until: datetime | None = None
    reason: str | None = None


async def amend_prescription(command: AmendPrescription, uow: UnitOfWork) -> Prescription:
    """New terms for what is to come; never while medicine of the old ones is out."""
    rx = await uow.prescriptions.get(command.prescription_id)
    who, route = clinician(uow), command.route or rx.route
    terms = _amended(rx.terms, command)
    protocol = await uow.protocol_of(rx.course_id)
    require_terms(
        terms,
        kind=rx.kind,
        route=route,
        start=rx.activated.at if rx.activated is not None else uow.now,
        protocol=protocol,
        zone=uow.timezone,
    )
    change = rx.amend(terms, at=uow.now, by=who, route=route, reason=command.reason)
    amendment_decision(await _facts(uow, rx, terms, route)).require()
    amended = await keep_prescription(uow, change)
    await advance_course(uow, amended.course_id, amended.client_id)
    return await uow.prescriptions.get(amended.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmHigherDose:
    """Up to this much by this route; what stays None is as the prescription says it."""

    prescription_id: UUID
    route: Route | None = None
    amount_mg: float
    booster_mg: float | None = None


async def confirm_higher_dose(command: ConfirmHigherDose, uow: UnitOfWork) -> Prescription:
    """A second prescriber stands beside an amount before the first one amends to it."""
    rx = await uow.prescriptions.get(command.prescription_id)
    protocol = await uow.protocol_of(rx.course_id)
    terms = replace(
        rx.terms,
        amount_mg=command.amount_mg,
        booster_mg=rx.terms.booster_mg if command.booster_mg is None else command.booster_mg,
    )
    return await uow.prescriptions.save(
        rx.confirm_higher(
            command.route or rx.route,
            terms.session_mg(protocol.dosing.max_doses_per_session),
            by=clinician(uow),
            at=uow.now,
        )
    )


async def _facts(uow: UnitOfWork, rx: Prescription, terms: Terms, route: Route) -> AmendmentFacts:
    assessments = await uow.assessments.list_by(course_id=rx.course_id)
    orders = await uow.dose_orders.list_by(course_id=rx.course_id)
    out = [order for order in orders if order.medicine_out and order.prescription_id == rx.id]
    who = clinician(uow)
    return AmendmentFacts(
        prescription=rx,
        terms=terms,
        route=route,
        assessment=max(assessments, key=lambda a: (a.requested_at, str(a.id)), default=None),
        course=await uow.course(rx.course_id),
        registration=await uow.registrations.find(who.ref),
        medicine_out=out[0].id if out else None,
        protocol=await uow.protocol_of(rx.course_id),
        by=who,
        now=uow.now,
        zone=uow.timezone,
    )


def _amended(terms: Terms, command: AmendPrescription) -> Terms:
    said = {field.name: getattr(command, field.name, None) for field in fields(Terms)}
    if command.route is not None and command.form is None:
        terms = replace(terms, form=None)
    return replace(terms, **{name: value for name, value in said.items() if value is not None})
