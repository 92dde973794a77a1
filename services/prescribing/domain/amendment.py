"""When new terms may replace the present ones (sections 3.6, 3.11 and 6.2).

Whoever signs new terms has to be allowed to prescribe today. Terms that give more than the present
ones are prescribed anew: the client has to be assessed, and seen as the law asks, today. Less is
never kept waiting for that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.people import Clinician
from services.prescribing.domain.prescribing_limits import above_ceiling
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.prescription_terms import Terms
from services.prescribing.domain.registration import Registration, registered
from services.prescribing.domain.seeing_the_client import seen_as_the_law_asks
from services.prescribing.domain.verdicts import rule
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import ClinicProtocol, Route, protocol_known

AMENDMENT: Final = "AMENDMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentFacts:
    """``assessment`` is the course's newest; ``medicine_out`` an order of the present terms."""

    prescription: Prescription
    terms: Terms
    route: Route
    assessment: MedicalAssessment | None
    course: CourseFacts
    registration: Registration | None
    medicine_out: UUID | None
    protocol: ClinicProtocol
    by: Clinician
    now: datetime
    zone: ZoneInfo


def amendment_decision(facts: AmendmentFacts) -> Decision:
    """Every condition beside the limits of the terms themselves."""
    return Decision.of(AMENDMENT, _rules(facts))


def _rules(facts: AmendmentFacts) -> Iterator[Verdict]:
    protocol, assessment = facts.protocol, facts.assessment
    yield protocol_known(protocol, "prescribing")
    team = facts.course.care_team.told
    yield rule(
        "author-not-care-team-prescriber",
        "section 6.2",
        team is not None and team.value.prescriber_ref == facts.by.ref,
        source=team.event_id if team else None,
        unblocks=(
            Unblock(
                fact="the care team's prescriber", owner="intake", action="assign the prescriber"
            ),
        ),
        author=str(facts.by.ref),
    )
    yield rule(
        "medicine-out",
        "section 6.2",
        facts.medicine_out is None,
        unblocks=(
            Unblock(
                fact="the released medicine given or returned",
                owner="prescribing",
                action="give or return it first",
            ),
        ),
        dose_order_id=str(facts.medicine_out) if facts.medicine_out else None,
    )
    yield from registered(facts.registration, facts.prescription.kind, facts.now)
    more = _more(facts)
    yield rule(
        "assessment-not-valid",
        "section 6.2",
        not more or (assessment is not None and assessment.clears_at(facts.now)),
        unblocks=(
            Unblock(
                fact="a medical assessment that clears the client",
                owner="prescribing",
                action="complete the assessment",
            ),
        ),
        request_id=str(assessment.id) if assessment else None,
        more=more,
    )
    yield seen_as_the_law_asks(
        assessment.visit if assessment and more else None,
        protocol.prescription,
        at=facts.now,
        zone=facts.zone,
    )
    yield _confirmed(facts)


def _more(facts: AmendmentFacts) -> bool:
    """More medicine, more sessions, a longer time, or another way of taking it."""
    rx, new = facts.prescription, facts.terms
    doses = facts.protocol.dosing.max_doses_per_session
    until, had_until = new.valid_until, rx.terms.valid_until
    return (
        facts.route is not rx.route
        or new.timing_profile != rx.terms.timing_profile
        or new.session_mg(doses) > rx.terms.session_mg(doses)
        or new.sessions_authorised > rx.terms.sessions_authorised
        or (until is not None and had_until is not None and until > had_until)
    )


def _confirmed(facts: AmendmentFacts) -> Verdict:
    """More than before and above the ceiling: a second prescriber has to have confirmed it."""
    rx, doses = facts.prescription, facts.protocol.dosing.max_doses_per_session
    session_mg = facts.terms.session_mg(doses)
    more = facts.route is not rx.route or session_mg > rx.terms.session_mg(doses)
    high = more and above_ceiling(
        facts.terms, facts.route, facts.protocol.prescription, most_doses=doses
    )
    word = rx.confirmed_higher
    return rule(
        "second-prescriber-not-confirmed",
        "section 3.6",
        not high
        or (word is not None and word.covers(facts.route, session_mg, amended_by=facts.by.ref)),
        unblocks=(
            Unblock(
                fact="a second prescriber's confirmation of the amount",
                owner="prescribing",
                action="let another prescriber confirm the amount, then amend",
            ),
        ),
        confirmed=word is not None,
    )
