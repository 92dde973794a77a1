"""When a draft may become active (section 6.2, C-20, F38)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.enrolment import enrolled
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.prescribing_limits import above_ceiling
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.registration import Registration, registered
from services.prescribing.domain.seeing_the_client import seen_as_the_law_asks
from services.prescribing.domain.verdicts import rule
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import ClinicProtocol, protocol_known

ACTIVATION = "ACTIVATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationFacts:
    """``assessment`` is the course's newest; ``active`` another prescription in force.

    ``earlier_pdmp``: the newest query that an earlier prescription of the course rests on.
    """

    prescription: Prescription
    assessment: MedicalAssessment | None
    course: CourseFacts
    registration: Registration | None
    active: UUID | None
    protocol: ClinicProtocol
    by: UUID
    now: datetime
    zone: ZoneInfo
    earlier_pdmp: datetime | None = None
    most_doses: int = 1


def activation_decision(facts: ActivationFacts) -> Decision:
    """Every condition of the activation guard."""
    return Decision.of(ACTIVATION, (*_foundations(facts), *_formalities(facts)))


def _foundations(facts: ActivationFacts) -> Iterator[Verdict]:
    assessment = facts.assessment
    yield protocol_known(facts.protocol, "prescribing")
    yield rule(
        "assessment-not-valid",
        "section 6.2",
        assessment is not None and assessment.clears_at(facts.now),
        unblocks=(
            Unblock(
                fact="a medical assessment that clears the client",
                owner="prescribing",
                action="complete the assessment",
            ),
        ),
        request_id=str(assessment.id) if assessment else None,
        outcome=assessment.outcome if assessment else None,
        valid_until=_time(assessment.valid_until if assessment else None),
    )
    yield seen_as_the_law_asks(
        assessment.visit if assessment else None,
        facts.protocol.prescription,
        at=facts.now,
        zone=facts.zone,
    )
    yield enrolled(facts.protocol, done=assessment is not None and assessment.enrolled is not None)
    approval = facts.course.approval_at(facts.now)
    yield rule(
        "approval-not-current",
        "C-20",
        approval is not None,
        source=approval.event_id if approval else None,
        unblocks=(
            Unblock(fact="the team's approval", owner="intake", action="approve the client"),
        ),
        valid_until=_time(approval.value if approval else None),
    )
    closed = facts.course.closed
    yield rule(
        "course-ended",
        "section 6.1",
        closed is None,
        source=closed.event_id if closed else None,
        unblocks=(
            Unblock(fact="a course that goes on", owner="intake", action="begin a new course"),
        ),
        ended_at=_time(closed.value if closed else None),
    )
    yield rule(
        "another-prescription-active",
        "section 6.2",
        facts.active is None,
        unblocks=(
            Unblock(
                fact="one active prescription",
                owner="prescribing",
                action="amend the active prescription, or revoke it",
            ),
        ),
        active=str(facts.active) if facts.active else None,
    )


def _formalities(facts: ActivationFacts) -> Iterator[Verdict]:
    rx, rules, registration = facts.prescription, facts.protocol.prescription, facts.registration
    team = facts.course.care_team.told
    yield rule(
        "author-not-care-team-prescriber",
        "section 6.2",
        team is not None and team.value.prescriber_ref == rx.author.ref == facts.by,
        source=team.event_id if team else None,
        unblocks=(
            Unblock(
                fact="the care team's prescriber as author",
                owner="intake",
                action="assign the prescriber, or let the care team's prescriber write it",
            ),
        ),
        author=str(rx.author.ref),
        activated_by=str(facts.by),
    )
    yield from registered(registration, rx.kind, facts.now)
    age = facts.now - rx.pdmp_checked_at
    yield rule(
        "pdmp-check-not-fresh",
        "section 3.11",
        timedelta(0) <= age <= timedelta(days=rules.pdmp_max_age_days),
        unblocks=(
            Unblock(
                fact="a PDMP query", owner="prescribing", action="query the PDMP and write anew"
            ),
        ),
        checked_at=rx.pdmp_checked_at.isoformat(),
        max_age_days=rules.pdmp_max_age_days,
    )
    yield rule(
        "pdmp-check-of-an-earlier-prescription",
        "section 3.11",
        facts.earlier_pdmp is None or rx.pdmp_checked_at > facts.earlier_pdmp,
        unblocks=(
            Unblock(
                fact="a PDMP query", owner="prescribing", action="query the PDMP and write anew"
            ),
        ),
        checked_at=rx.pdmp_checked_at.isoformat(),
        earlier_checked_at=_time(facts.earlier_pdmp),
    )
    confirmed = rx.confirmed is not None or not above_ceiling(
        rx.terms, rx.route, rules, most_doses=facts.most_doses
    )
    yield rule(
        "second-prescriber-not-confirmed",
        "section 3.6",
        confirmed,
        unblocks=(
            Unblock(
                fact="a second prescriber's confirmation",
                owner="prescribing",
                action="let another prescriber confirm the amount",
            ),
        ),
        confirmed=rx.confirmed is not None,
    )


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
