"""What people do about the course as a whole, at any moment: the disturbances come from here."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from services.intake.domain.screening import StatedFinding
from services.intake.domain.vocabulary import CourseOutcome, EvaluationOutcome, ReviewDecision
from services.intake.domain.wishes import StatedWishes
from services.intake.handlers.change_contact import ChangeContactPreferences
from services.intake.handlers.close_course import CloseCourse
from services.intake.handlers.evaluate_client import EvaluateClient
from services.intake.handlers.offer_consent import OfferConsent
from services.intake.handlers.review_course import ReviewCourse
from services.intake.handlers.revoke_approval import RevokeApproval
from services.intake.handlers.sign_consent import SignConsent
from services.intake.handlers.staff_holds import PlaceHold, SignLift
from services.intake.handlers.submit_screening import SubmitScreening
from services.intake.handlers.update_preferences import UpdatePreferences
from services.intake.handlers.withdraw_consent import WithdrawConsent
from services.prescribing.domain.vocabulary import AssessmentOutcome
from services.prescribing.handlers.activate_prescription import ActivatePrescription
from services.prescribing.handlers.amend_prescription import AmendPrescription
from services.prescribing.handlers.complete_assessment import CompleteAssessment
from services.prescribing.handlers.hold_course import HoldCourse, LiftHold
from services.prescribing.handlers.revoke_prescription import RevokePrescription
from services.scheduling.handlers.keep_holds import LiftHold as LiftOwnHold
from services.scheduling.handlers.keep_holds import PlaceHold as PlaceOwnHold
from shared.protocol import ConsentScope, Indication, Programme
from shared.protocol.holds import HoldCategory
from shared.protocol.screening import FindingCode
from shared.protocol.vocabulary import Touch
from tests.simulation.cast import DESK, PRESCRIBER, THERAPIST, Person
from tests.simulation.clinic import Clinic
from tests.simulation.course_of_care import dosing_booking, drafted
from tests.simulation.wishes import Wish


def wishes(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    yield from _intake(clinic, person, chance)
    yield from _consent(clinic, person, chance)
    yield from _holds(clinic, person, chance)
    yield from _prescribing(clinic, person, chance)
    yield from _booking(clinic, person, chance)


def _intake(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    course_id = person.course_id
    revoke = RevokeApproval(course_id=course_id)
    yield Wish(0.12, "intake", "revoke_approval", revoke, chance.choice((THERAPIST, PRESCRIBER)))
    code = chance.choice((FindingCode.MANIA_CURRENT, FindingCode.SUICIDALITY_HIGH))
    found = SubmitScreening(
        client_id=person.client_id,
        programme=Programme.MOOD,
        indications=(Indication.DEPRESSION,),
        findings=(StatedFinding(code=code),),
    )
    yield Wish(0.06, "intake", "submit_screening", found, THERAPIST)
    again = EvaluateClient(
        course_id=course_id, outcome=EvaluationOutcome.SUITABLE, planned_sessions=3, goals="sleep"
    )
    approved = any(c.ever_approved for c in clinic.states("intake", "courses"))
    yield Wish(0.3 if approved else 4, "intake", "evaluate_client", again, THERAPIST)
    close = CloseCourse(course_id=course_id, outcome=CourseOutcome.CLIENT_STOPPED)
    yield Wish(0.15, "intake", "close_course", close, THERAPIST)
    review = ReviewCourse(course_id=course_id, decision=ReviewDecision.CONTINUE)
    yield Wish(0.3, "intake", "review_course", review, chance.choice((THERAPIST, PRESCRIBER)))
    touch = UpdatePreferences(
        course_id=course_id, stated=StatedWishes(touch=chance.choice(tuple(Touch)))
    )
    yield Wish(0.3, "intake", "update_preferences", touch, THERAPIST)
    channels = ChangeContactPreferences(client_id=person.client_id, sms=chance.random() < 0.5)
    yield Wish(0.15, "intake", "change_contact_preferences", channels, DESK)


def _consent(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    scopes = chance.choice((tuple(ConsentScope), (ConsentScope.TREATMENT,)))
    sign = SignConsent(course_id=person.course_id, scopes=scopes, material_version=1)
    yield Wish(0.4, "intake", "sign_consent", sign, THERAPIST)
    offer = OfferConsent(course_id=person.course_id, scopes=scopes, clients_initiative=True)
    yield Wish(0.4, "intake", "offer_consent", offer, THERAPIST)
    for consent in clinic.states("intake", "consents"):
        if consent.course_id == person.course_id and consent.signatures:
            back = WithdrawConsent(
                consent_id=chance.choice(consent.signatures).consent_id,
                scopes=chance.choice((None, scopes)),
                pauses=chance.random() < 0.3,
            )
            yield Wish(0.15, "intake", "withdraw_consent", back, DESK)


def _holds(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    course_id = person.course_id
    place = PlaceHold(course_id=course_id, category=HoldCategory.CONTRAINDICATION)
    yield Wish(0.06, "intake", "place_hold", place, THERAPIST)
    theirs = HoldCourse(course_id=course_id, category=HoldCategory.MEDICAL)
    yield Wish(0.06, "prescribing", "hold_course", theirs, PRESCRIBER)
    own = PlaceOwnHold(course_id=course_id, category=HoldCategory.LOGISTICS)
    yield Wish(0.06, "scheduling", "place_hold", own, DESK)
    by = chance.choice((THERAPIST, PRESCRIBER))
    for service, name, make in (
        ("intake", "sign_hold_lift", lambda i: SignLift(hold_id=i, safety_plan="called")),
        ("prescribing", "lift_hold", lambda i: LiftHold(hold_id=i, safety_plan_recorded=True)),
        ("scheduling", "lift_hold", lambda i: LiftOwnHold(hold_id=i)),
    ):
        for hold in clinic.states(service, "holds"):
            if hold.course_id == course_id and hold.status == "open":
                yield Wish(1.2, service, name, make(hold.id), by)


def _prescribing(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    course_id = person.course_id
    written = [p for p in clinic.states("prescribing", "prescriptions") if p.course_id == course_id]
    for rx in written:
        if rx.status == "active":
            revoke = RevokePrescription(prescription_id=rx.id)
            yield Wish(0.15, "prescribing", "revoke_prescription", revoke, PRESCRIBER)
            fewer = AmendPrescription(
                prescription_id=rx.id, sessions_authorised=chance.choice((1, 2, 4))
            )
            yield Wish(0.1, "prescribing", "amend_prescription", fewer, PRESCRIBER)
        if rx.status == "draft":
            active = ActivatePrescription(prescription_id=rx.id)
            yield Wish(1, "prescribing", "activate_prescription", active, PRESCRIBER)
    if not any(rx.status in {"active", "draft"} for rx in written):
        draft = drafted(clinic, person, 2)
        yield Wish(0.6, "prescribing", "draft_prescription", draft, PRESCRIBER)
    for assessment in clinic.states("prescribing", "assessments"):
        if assessment.course_id == course_id and assessment.status == "open":
            outcome = chance.choice((AssessmentOutcome.CLEARED, *AssessmentOutcome))
            done = CompleteAssessment(request_id=assessment.id, outcome=outcome)
            yield Wish(3, "prescribing", "complete_assessment", done, PRESCRIBER)


def _booking(clinic: Clinic, person: Person, chance: Random) -> Iterator[Wish]:
    sessions = clinic.states("scheduling", "sessions")
    open_ones = [s for s in sessions if s.dosing and not s.over and s.course_id == person.course_id]
    if len(open_ones) < 2:
        starts = clinic.now + timedelta(hours=chance.choice((1, 10, 24, 48, 96)))
        name = chance.choice(("Cedar", "Alder"))
        booking: Any = dosing_booking(clinic, person, starts, name)
        yield Wish(0.4, "scheduling", "book_session", booking, DESK)
