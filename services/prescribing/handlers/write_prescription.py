"""Writing, confirming and amending a prescription (sections 3.6, 3.11 and 6.2)."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescribing_limits import above_ceiling, require_terms
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_elements import DispenseMode, DoseTier, DrugForm
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.vocabulary import PrescriptionKind
from services.prescribing.handlers.acting import clinician
from services.prescribing.handlers.advance_course import advance_course
from services.prescribing.handlers.order_consequences import keep_prescription
from services.prescribing.handlers.ports import UnitOfWork
from shared.decisions import Unblock, refuse
from shared.protocol import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPrescription:
    course_id: UUID
    kind: PrescriptionKind
    route: Route
    terms: Terms
    pdmp_checked_at: datetime
    dispense_mode: DispenseMode = DispenseMode.IN_CLINIC
    reason: str | None = None


async def draft_prescription(command: DraftPrescription, uow: UnitOfWork) -> Prescription:
    """A draft binds nobody; it is held to the limits all the same."""
    course = await uow.course(command.course_id)
    protocol = await uow.protocol_of(course.course_id)
    require_terms(
        command.terms,
        kind=command.kind,
        route=command.route,
        start=uow.now,
        protocol=protocol,
        zone=uow.timezone,
        dispense_mode=command.dispense_mode,
    )
    return await uow.prescriptions.save(
        Prescription.draft(
            uow.new_id(),
            client_id=course.client_id,
            course_id=course.course_id,
            kind=command.kind,
            route=command.route,
            terms=command.terms,
            pdmp_checked_at=command.pdmp_checked_at,
            by=clinician(uow),
            at=uow.now,
            dispense_mode=command.dispense_mode,
            reason=command.reason,
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPrescription:
    prescription_id: UUID


async def confirm_prescription(command: ConfirmPrescription, uow: UnitOfWork) -> Prescription:
    """A second prescriber stands beside an amount above the ceiling."""
    rx = await uow.prescriptions.get(command.prescription_id)
    return await uow.prescriptions.save(rx.confirm(clinician(uow), uow.now))


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
    await _need_responsible_prescriber(uow, rx, who)
    await _need_no_medicine_out(uow, rx)
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
    doses = protocol.dosing.max_doses_per_session
    more = route is not rx.route or terms.session_mg(doses) > rx.terms.session_mg(doses)
    if more and above_ceiling(terms, route, protocol.prescription, most_doses=doses):
        refuse(
            "second-prescriber-not-confirmed",
            "section 3.6",
            Unblock(
                fact="a new prescription that a second prescriber confirms",
                owner="prescribing",
                action="revoke this one and write it anew",
            ),
        )
    amended = await keep_prescription(
        uow, rx.amend(terms, at=uow.now, by=who, route=route, reason=command.reason)
    )
    await advance_course(uow, amended.course_id, amended.client_id)
    return await uow.prescriptions.get(amended.id)


def _amended(terms: Terms, command: AmendPrescription) -> Terms:
    said = {field.name: getattr(command, field.name, None) for field in fields(Terms)}
    if command.route is not None and command.form is None:
        terms = replace(terms, form=None)
    return replace(terms, **{name: value for name, value in said.items() if value is not None})


async def _need_responsible_prescriber(uow: UnitOfWork, rx: Prescription, who: Clinician) -> None:
    course = await uow.course(rx.course_id)
    team = course.care_team.told
    if team is None or team.value.prescriber_ref != who.ref:
        refuse(
            "author-not-care-team-prescriber",
            "section 6.2",
            Unblock(
                fact="the care team's prescriber", owner="intake", action="assign the prescriber"
            ),
            author=str(who.ref),
        )


async def _need_no_medicine_out(uow: UnitOfWork, rx: Prescription) -> None:
    orders = await uow.dose_orders.list_by(course_id=rx.course_id)
    out = [order for order in orders if order.medicine_out and order.prescription_id == rx.id]
    if out:
        refuse(
            "medicine-out",
            "section 6.2",
            Unblock(
                fact="the released medicine given or returned",
                owner="prescribing",
                action="give or return it first",
            ),
            dose_order_id=str(out[0].id),
        )
