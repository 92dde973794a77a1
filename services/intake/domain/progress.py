"""How far a course is: derived from facts, and looked at again whenever one of them changes.

Guards are conditions, not moments (ruling 20). Nothing here depends on the order in which the
facts became known.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.intake.domain.approval import Approval
from services.intake.domain.approval_rules import (
    Circumstances,
    approval_decision,
    approval_due,
)
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ClientApproved, DomainEvent
from services.intake.domain.transitions import Trigger, move
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Change


def advance(
    course: TreatmentCourse,
    circumstances: Circumstances,
    *,
    approval_id: UUID,
    now: datetime,
) -> Change[TreatmentCourse, DomainEvent]:
    """Approve if everything for it is there, then go to the state that the facts describe."""
    if course.terminal:
        return Change(course)
    if approval_due(course) and approval_decision(course, circumstances, now=now).allowed:
        return _approve(course, approval_id=approval_id, now=now).then(
            lambda approved: Change(_settled(approved, circumstances, now))
        )
    return Change(_settled(course, circumstances, now))


def status_now(
    course: TreatmentCourse, circumstances: Circumstances, *, now: datetime
) -> CourseStatus:
    """The state that the facts describe at this moment, whatever was written last."""
    if not course.under_way:
        return course.status
    if course.current_approval(now) is None:
        return CourseStatus.SCREENING
    if circumstances.dosed_count >= course.covers_until_session_no:
        return CourseStatus.IN_REVIEW
    if circumstances.preparation_met:
        return CourseStatus.ACTIVE
    if circumstances.preparation_begun and circumstances.treatment_consent:
        return CourseStatus.PREPARING
    return CourseStatus.APPROVED


def _approve(
    course: TreatmentCourse, *, approval_id: UUID, now: datetime
) -> Change[TreatmentCourse, DomainEvent]:
    request, plan = course.requests[-1], course.plan
    if plan is None or request.valid_until is None:
        raise AssertionError("unreachable: the approval decision asks for both")
    approval = Approval(
        approval_id=approval_id,
        plan_version=plan.version,
        granted_at=now,
        valid_until=request.valid_until,
    )
    approved = replace(
        course,
        approvals=(*course.approvals, approval),
        requests=(*course.requests[:-1], replace(request, approval_id=approval_id)),
    )
    if not approved.under_way:
        approved = move(approved, Trigger.ASSESSED, CourseStatus.APPROVED)
    return Change(
        approved,
        (
            ClientApproved(
                at=now,
                approval_id=approval_id,
                plan_version=plan.version,
                valid_until=request.valid_until,
            ),
        ),
    )


def _settled(
    course: TreatmentCourse, circumstances: Circumstances, now: datetime
) -> TreatmentCourse:
    status = status_now(course, circumstances, now=now)
    return course if status is course.status else move(course, Trigger.FACTS_CHANGED, status)
