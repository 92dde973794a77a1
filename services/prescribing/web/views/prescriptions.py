"""Prescriptions, and how the amount went over a course."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from services.prescribing.domain.people import Signature
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_elements import (
    DispenseMode,
    DoseTier,
    Drug,
    DrugForm,
    drug_of,
    units_for,
    usual_form,
)
from services.prescribing.domain.prescription_terms import (
    HigherDose,
    PrescriptionStatus,
    Terms,
    Version,
)
from services.prescribing.domain.titration import GivenDose, PrescribedTerms
from services.prescribing.domain.vocabulary import EndReason, PrescriptionKind
from services.prescribing.web.views.people import SignatureView, signature_view
from shared.protocol import HoldCategory, Route


class TermsView(BaseModel):
    """One version: what it says, who wrote it when, and why. Amounts in milligrams."""

    rx_version: int
    timing_profile: str
    amount_mg: float
    booster_mg: float | None
    dose_tier: DoseTier | None
    sessions_authorised: int
    valid_until: datetime | None
    written: SignatureView | None
    reason: str | None


class FormerTermsView(TermsView):
    replaced_at: datetime


class HigherDoseView(BaseModel):
    """Up to how many milligrams in a session a second prescriber has confirmed, and for which."""

    route: Route
    session_mg: float
    signed: SignatureView | None


class PrescriptionView(BaseModel):
    """``left`` = authorised - used; ``available`` is what no order has reserved.

    ``quantity`` counts whole units over all sessions; none of them leaves the clinic (F13).
    """

    id: UUID
    client_id: UUID
    course_id: UUID
    status: PrescriptionStatus
    kind: PrescriptionKind
    route: Route
    rx_version: int
    drug: Drug
    form: DrugForm
    strength_mg: float
    quantity: int
    directions: str
    dispense_mode: DispenseMode
    timing_profile: str
    amount_mg: float
    booster_mg: float | None
    dose_tier: DoseTier | None
    weight_kg: float | None
    sessions_authorised: int
    used: int
    reserved: int
    left: int
    available: int
    valid_from: datetime | None
    valid_until: datetime | None
    pdmp_checked_at: datetime
    author: SignatureView | None
    written: SignatureView | None
    reason: str | None
    confirmed: SignatureView | None
    confirmed_higher: HigherDoseView | None
    revoked_for: HoldCategory | None
    ended: EndReason | None
    former: list[FormerTermsView]


def prescription_view(rx: Prescription) -> PrescriptionView:
    terms = rx.terms
    strength = terms.strength_mg or terms.amount_mg
    units = units_for(terms.amount_mg, strength)
    units += units_for(terms.booster_mg, strength) if terms.booster_mg else 0
    return PrescriptionView(
        id=rx.id,
        client_id=rx.client_id,
        course_id=rx.course_id,
        status=rx.status,
        kind=rx.kind,
        route=rx.route,
        rx_version=rx.rx_version,
        drug=drug_of(terms.timing_profile),
        form=terms.form or usual_form(rx.route),
        strength_mg=strength,
        quantity=units * terms.sessions_authorised,
        directions=terms.directions,
        dispense_mode=rx.dispense_mode,
        timing_profile=terms.timing_profile,
        amount_mg=terms.amount_mg,
        booster_mg=terms.booster_mg,
        dose_tier=terms.dose_tier,
        weight_kg=terms.weight_kg,
        sessions_authorised=rx.terms.sessions_authorised,
        used=len(rx.used),
        reserved=len(rx.reserved),
        left=rx.left,
        available=rx.available,
        valid_from=rx.activated.at if rx.activated else None,
        valid_until=rx.terms.valid_until,
        pdmp_checked_at=rx.pdmp_checked_at,
        author=signature_view(rx.author),
        written=signature_view(rx.written),
        reason=rx.reason,
        confirmed=signature_view(rx.confirmed),
        confirmed_higher=_higher(rx.confirmed_higher),
        revoked_for=rx.revoked.category if rx.revoked else None,
        ended=rx.ended,
        former=[
            FormerTermsView(**_terms(version).model_dump(), replaced_at=version.replaced_at)
            for version in rx.former
        ],
    )


def _terms(version: Version) -> TermsView:
    return terms_view(version.rx_version, version.terms, version.written, version.reason)


def terms_view(
    rx_version: int, terms: Terms, written: Signature | None, reason: str | None
) -> TermsView:
    return TermsView(
        rx_version=rx_version,
        timing_profile=terms.timing_profile,
        amount_mg=terms.amount_mg,
        booster_mg=terms.booster_mg,
        dose_tier=terms.dose_tier,
        sessions_authorised=terms.sessions_authorised,
        valid_until=terms.valid_until,
        written=signature_view(written),
        reason=reason,
    )


class GivenDoseView(BaseModel):
    """A dose: how much, how much was prescribed for it, under which version, given by whom."""

    session_id: UUID
    dose_order_id: UUID
    dose_seq: int
    administered_at: datetime
    amount_mg: float | None
    prescribed_mg: float | None
    prescription_id: UUID | None
    rx_version: int | None
    given_by: UUID | None
    witness_ref: UUID | None
    deviation: bool


class PrescribedTermsView(TermsView):
    prescription_id: UUID
    replaced_at: datetime | None


class TitrationView(BaseModel):
    """``prescribed``: every version with who, when and why; ``given``: every dose, in order."""

    course_id: UUID
    prescribed: list[PrescribedTermsView]
    given: list[GivenDoseView]


def titration_view(
    course_id: UUID, prescribed: tuple[PrescribedTerms, ...], given: tuple[GivenDose, ...]
) -> TitrationView:
    return TitrationView(
        course_id=course_id,
        prescribed=[
            PrescribedTermsView(
                **terms_view(one.rx_version, one.terms, one.written, one.reason).model_dump(),
                prescription_id=one.prescription_id,
                replaced_at=one.replaced_at,
            )
            for one in prescribed
        ],
        given=[
            GivenDoseView(
                session_id=dose.session_id,
                dose_order_id=dose.dose_order_id,
                dose_seq=dose.dose_seq,
                administered_at=dose.administered_at,
                amount_mg=dose.amount_mg,
                prescribed_mg=dose.prescribed_mg,
                prescription_id=dose.under.prescription_id if dose.under else None,
                rx_version=dose.under.rx_version if dose.under else None,
                given_by=dose.given_by,
                witness_ref=dose.witness_ref,
                deviation=dose.deviation,
            )
            for dose in given
        ],
    )


def _higher(word: HigherDose | None) -> HigherDoseView | None:
    if word is None:
        return None
    return HigherDoseView(
        route=word.route, session_mg=word.session_mg, signed=signature_view(word.signed)
    )
