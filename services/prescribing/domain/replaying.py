"""The gates of prescribing asked again: what they looked at, and how it is under other rules.

What an earlier step derived from the protocol (a check's outcome, the end of observation, a
clearance's end) is derived anew; what people and peers said stays as they said it.
"""

from dataclasses import replace
from datetime import timedelta

from services.prescribing.domain.activation import ActivationFacts
from services.prescribing.domain.authorisation import AuthorisationFacts
from services.prescribing.domain.clearance import ClearanceFacts
from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.gates import DoseGateFacts
from services.prescribing.domain.observing import observation
from services.prescribing.domain.pre_dose_check import Check, PreDoseCheck
from services.prescribing.domain.predose_grading import Grading, grade
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_elements import IN_THE_CLINIC
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import RecoveryCheck, outcome_of, unmet_criteria
from services.prescribing.domain.recovery_states import Clearance, DoseOnBoard
from services.prescribing.domain.vocabulary import CheckOutcome, RecoveryOutcome
from shared.protocol import ClinicProtocol, Pin, Predose
from shared.protocol import Recovery as RecoveryRules


def dose_looked_at(f: DoseGateFacts) -> DoseGateFacts:
    """Of the amount nothing: no rule of the gate reads it."""
    session_id = str(f.order.session_id)
    session = f.course.sessions.get(session_id)
    course = replace(_course(f.course), sessions={session_id: session} if session else {})
    return replace(
        f,
        prescription=f.prescription and _without_amount(f.prescription),
        check=f.check and _newest_only(f.check),
        course=course,
    )


def authorisation_looked_at(f: AuthorisationFacts) -> AuthorisationFacts:
    return replace(
        f,
        prescription=f.prescription and _without_amount(f.prescription),
        course=replace(f.course, restrictions={}, care_team=_course(f.course).care_team),
    )


def activation_looked_at(f: ActivationFacts) -> ActivationFacts:
    """The amount is read, for the ceiling of its route."""
    assessment = f.assessment and replace(f.assessment, allergies=None, notes=None)
    return replace(
        f,
        prescription=_without_words(f.prescription),
        assessment=assessment,
        course=replace(_course(f.course), sessions={}, care_team=f.course.care_team),
    )


def clearance_looked_at(f: ClearanceFacts) -> ClearanceFacts:
    newest = f.recovery.newest_check
    return replace(
        f,
        recovery=replace(
            f.recovery,
            checks=(newest,) if newest else (),
            clearances=f.recovery.clearances[-1:],
        ),
    )


def activation_under(f: ActivationFacts, protocol: ClinicProtocol) -> ActivationFacts:
    most = protocol.dosing.max_doses_per_session
    return replace(f, protocol=protocol, most_doses=most)


def dose_agreeing(f: DoseGateFacts, was: Pin, now: Pin) -> DoseGateFacts:
    """A peer that went by the same protocol would have gone by the other one as well."""
    intake, scheduling = f.intake, f.scheduling
    if intake is not None and intake.protocol == was:
        intake = replace(intake, protocol=now)
    if scheduling is not None and scheduling.protocol == was:
        scheduling = replace(scheduling, protocol=now)
    return replace(f, intake=intake, scheduling=scheduling)


def dose_under(f: DoseGateFacts, protocol: ClinicProtocol) -> DoseGateFacts:
    check = f.check and replace(
        f.check, checks=tuple(_regraded(c, protocol.predose) for c in f.check.checks)
    )
    return replace(f, check=check, protocol=protocol)


def clearance_under(f: ClearanceFacts, protocol: ClinicProtocol) -> ClearanceFacts:
    before = f.recovery
    doses = {key: _observed_under(dose, protocol) for key, dose in before.doses.items()}
    under = replace(before, doses=doses)
    rules = protocol.recovery
    return replace(
        f,
        protocol=protocol,
        recovery=replace(
            under,
            checks=tuple(_looked_again(c, before, under, rules) for c in before.checks),
            clearances=tuple(_lasting(c, rules) for c in before.clearances),
        ),
    )


def _regraded(check: Check, thresholds: Predose) -> Check:
    grading = grade(check.readings, thresholds, check.known)
    return replace(
        check,
        grading=grading,
        outcome=_outcome(check, grading),
        valid_until=check.taken.at + timedelta(minutes=thresholds.check_validity_minutes),
    )


def _outcome(check: Check, grading: Grading) -> CheckOutcome:
    """A prescriber's acceptance passes a review, whichever limit made it one; never a hold."""
    if grading.outcome is check.grading.outcome:
        return check.outcome
    accepted = check.accepted is not None and grading.outcome is CheckOutcome.REVIEW
    return CheckOutcome.PASS if accepted else grading.outcome


def _observed_under(dose: DoseOnBoard, protocol: ClinicProtocol) -> DoseOnBoard:
    minimum = observation(protocol, dose.timing_profile)
    return replace(dose, observe_until=dose.administered_at + minimum)


def _looked_again(
    check: RecoveryCheck, before: Recovery, under: Recovery, rules: RecoveryRules
) -> RecoveryCheck:
    """What the same look says by other criteria, or before another end of observation."""
    if check.seen is None or check.outcome is RecoveryOutcome.ESCALATE:
        return check
    unmet = unmet_criteria(check.seen, rules, check.baseline)
    early = check.at < under.observe_until
    if unmet == check.unmet and early == (check.at < before.observe_until):
        return check
    return replace(check, unmet=unmet, outcome=outcome_of(unmet, early=early, escalate=False))


def _lasting(clearance: Clearance, rules: RecoveryRules) -> Clearance:
    validity = timedelta(minutes=rules.clearance_validity_minutes)
    return replace(clearance, valid_until=clearance.cleared.at + validity)


def _without_amount(prescription: Prescription) -> Prescription:
    """Whether there is a booster is read, and how much it is not."""
    booster = None if prescription.terms.booster_mg is None else 0
    terms = replace(
        prescription.terms, amount_mg=0, booster_mg=booster, weight_kg=None, strength_mg=None
    )
    return _without_words(replace(prescription, terms=terms))


def _without_words(prescription: Prescription) -> Prescription:
    terms = replace(prescription.terms, directions=IN_THE_CLINIC)
    return replace(prescription, terms=terms, former=(), reason=None)


def _newest_only(check: PreDoseCheck) -> PreDoseCheck:
    return replace(
        check, checks=tuple(replace(c, acceptance_reason=None) for c in check.checks[-1:])
    )


def _course(facts: CourseFacts) -> CourseFacts:
    empty = CourseFacts(course_id=facts.course_id, client_id=facts.client_id)
    return replace(facts, care_team=empty.care_team, reviews={}, prepared=None, restrictions={})
