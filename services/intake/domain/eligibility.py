"""Becoming and staying eligible: screened, evaluated, assessed, and losing an approval again.

Two people evaluate, each for themselves (F19, C-14). Only the answer to the newest request counts,
and a finding that came after the request asks anew, so that nobody clears what they did not see.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.intake.domain.approval import Evaluation, MedicalRequest
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import (
    ApprovalRevoked,
    CareTeamAssigned,
    DomainEvent,
    MedicalAssessmentRequested,
)
from services.intake.domain.plan import CareTeam, TreatmentPlan
from services.intake.domain.transitions import (
    Trigger,
    move,
    refuse_over,
    require,
    require_row,
)
from services.intake.domain.vocabulary import (
    AssessmentOutcome,
    CourseStatus,
    EvaluationOutcome,
)
from shared.decisions import Change, Unblock, refuse
from shared.protocol import Programme, Route


def assign_care_team(
    course: TreatmentCourse,
    *,
    therapist_ref: UUID | None,
    prescriber_ref: UUID | None,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Name one or both; who is not named stays. One person cannot be both (F14, F19)."""
    if course.terminal:
        refuse_over(course)
    team = CareTeam(
        therapist_ref=therapist_ref or course.care_team.therapist_ref,
        prescriber_ref=prescriber_ref or course.care_team.prescriber_ref,
        version=course.care_team.version,
    )
    if team.therapist_ref is not None and team.therapist_ref == team.prescriber_ref:
        refuse(
            "one-person-in-both-roles",
            "F14",
            Unblock(fact="care_team", owner="intake", action="name two different people"),
        )
    if team == course.care_team:
        return Change(course)
    team = replace(team, version=team.version + 1)
    told = CareTeamAssigned(
        at=now,
        therapist_ref=team.therapist_ref,
        prescriber_ref=team.prescriber_ref,
        team_version=team.version,
    )
    return Change(replace(course, care_team=team), (told,))


def screened(
    course: TreatmentCourse,
    *,
    review_flags: int,
    request_id: UUID,
    now: datetime,
    programme: Programme | None = None,
) -> Change[TreatmentCourse, DomainEvent]:
    """The intake form came in. Findings that an open request did not mention are asked anew.

    What was found is kept while the course is closing too: the flag may come down again.
    """
    require_row(course, Trigger.SCREENED)
    course = replace(course, programme=programme or course.programme)
    if course.status is CourseStatus.INQUIRY:
        return Change(move(course, Trigger.SCREENED, CourseStatus.SCREENING))
    request = course.request
    if course.status is not CourseStatus.AWAITING_MEDICAL or request is None:
        return Change(course)
    if review_flags <= request.review_flags:
        return Change(course)
    return _request_assessment(course, review_flags=review_flags, request_id=request_id, now=now)


def evaluate(
    course: TreatmentCourse,
    *,
    outcome: EvaluationOutcome,
    author_ref: UUID | None,
    planned_sessions: int,
    goals: str,
    review_flags: int,
    request_id: UUID,
    now: datetime,
    route_preference: Route | None = None,
) -> Change[TreatmentCourse, DomainEvent]:
    """Record the psychological evaluation; a suitable client is handed to the prescriber (F20).

    Not suitable: an approval is lost, and neither an open request nor a raised flag keeps that
    word out. Whether the course ends is for the caller to decide, because that needs the other
    services (ruling 7).
    """
    suitable = outcome is EvaluationOutcome.SUITABLE
    (require if suitable else require_row)(course, Trigger.EVALUATED)
    if course.care_team.therapist_ref is None:
        refuse(
            "therapist-not-assigned",
            "6.1",
            Unblock(fact="therapist_ref", owner="intake", action="assign the care team"),
        )
    pending = course.request is not None and course.request.pending and _awaits_answer(course)
    if suitable and pending and course.request is not None:
        refuse(
            "assessment-pending",
            "ruling 20",
            Unblock(
                fact="MedicalAssessmentCompleted",
                owner="prescribing",
                action="complete the medical assessment",
            ),
            request_id=str(course.request.request_id),
        )
    evaluated = replace(
        course, evaluation=Evaluation(outcome=outcome, author_ref=author_ref, at=now)
    )
    if not suitable:
        return lose_approval(evaluated, now=now)
    plan = TreatmentPlan(
        version=1 if course.plan is None else course.plan.version + 1,
        planned_sessions=planned_sessions,
        goals=goals,
        agreed_at=now,
        route_preference=route_preference,
    )
    if not evaluated.under_way:
        evaluated = move(evaluated, Trigger.EVALUATED, CourseStatus.AWAITING_MEDICAL)
    return _request_assessment(
        replace(evaluated, plans=(*course.plans, plan)),
        review_flags=review_flags,
        request_id=request_id,
        now=now,
    )


def assessed(
    course: TreatmentCourse,
    *,
    request_id: UUID,
    outcome: AssessmentOutcome,
    valid_until: datetime | None,
    source_event: str,
    at: datetime,
    assessed_by: UUID | None = None,
) -> Change[TreatmentCourse, DomainEvent]:
    """Keep prescribing's answer to the newest request; any other changes nothing (INV-2).

    A negative answer takes an approval back. A positive one approves nothing by itself:
    that is a condition, looked at again whenever one of its facts changes.
    """
    if not answers_newest_request(course, request_id):
        return Change(course)
    answered = replace(
        course.requests[-1],
        outcome=outcome,
        completed_at=at,
        assessed_by=assessed_by,
        valid_until=valid_until,
        source_event=source_event,
    )
    known = replace(course, requests=(*course.requests[:-1], answered))
    if outcome is AssessmentOutcome.NOT_CLEARED:
        return lose_approval(known, now=at)
    return Change(known)


def answers_newest_request(course: TreatmentCourse, request_id: UUID) -> bool:
    """Whether the course still waits for an answer to exactly this request."""
    request = course.request
    return request is not None and request.request_id == request_id and _awaits_answer(course)


def lose_approval(
    course: TreatmentCourse, *, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    """Take back every approval that could still count; the course goes back to screening.

    A course that was never approved stays where it is, except that a request loses its meaning.
    """
    lost = tuple(approval for approval in course.approvals if approval.current(now))
    revoked = replace(
        course,
        approvals=tuple(
            replace(approval, revoked_at=now) if approval in lost else approval
            for approval in course.approvals
        ),
    )
    if course.under_way or course.status is CourseStatus.AWAITING_MEDICAL:
        revoked = move(revoked, Trigger.APPROVAL_LOST, CourseStatus.SCREENING)
    return Change(
        revoked,
        tuple(ApprovalRevoked(at=now, approval_id=approval.approval_id) for approval in lost),
    )


def revoke_approval(
    course: TreatmentCourse, *, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    """A clinician sees that eligibility is lost (F26). Accepted while the course is closing too."""
    if course.terminal:
        refuse_over(course)
    if course.current_approval(now) is None:
        refuse("no-approval-to-revoke", "F26", status=course.status.value)
    return lose_approval(course, now=now)


def _awaits_answer(course: TreatmentCourse) -> bool:
    return course.under_way or course.status is CourseStatus.AWAITING_MEDICAL


def _request_assessment(
    course: TreatmentCourse, *, review_flags: int, request_id: UUID, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    request = MedicalRequest(request_id=request_id, requested_at=now, review_flags=review_flags)
    return Change(
        replace(course, requests=(*course.requests, request)),
        (MedicalAssessmentRequested(at=now, request_id=request_id, review_flags=review_flags),),
    )
