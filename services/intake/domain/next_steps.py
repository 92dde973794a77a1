"""What would unblock a course: the next step on its way, and the shortest list of what is missing.

Each entry names the fact that is missing and who can supply it. What several rules wait for is
listed once.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from services.intake.domain.approval_rules import Circumstances, approval_decision, approval_due
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Decision, Unblock

STEPS: Final = {
    CourseStatus.INQUIRY: ("screening", "intake", "record the screening"),
    CourseStatus.SCREENING: (
        "psychological_evaluation",
        "intake",
        "record the psychological evaluation",
    ),
    CourseStatus.AWAITING_MEDICAL: (
        "MedicalAssessmentCompleted",
        "prescribing",
        "complete the medical assessment",
    ),
    CourseStatus.APPROVED: ("SessionCompleted", "scheduling", "hold a preparation session"),
    CourseStatus.PREPARING: ("PreparationCompleted", "scheduling", "sign the preparation"),
    CourseStatus.IN_REVIEW: ("CourseReviewed", "intake", "both roles review the course"),
    CourseStatus.COMPLETED: ("course", "intake", "open another course for the client"),
    CourseStatus.DECLINED: ("course", "intake", "open another course for the client"),
    CourseStatus.STOPPED: ("course", "intake", "open another course for the client"),
}


def next_step(
    course: TreatmentCourse, status: CourseStatus, circumstances: Circumstances, now: datetime
) -> tuple[Unblock, ...]:
    """What brings a course of this status further; nothing where it already is active.

    A course that is cleared and not approved waits for what its approval lacks.
    """
    if status is CourseStatus.AWAITING_MEDICAL and approval_due(course):
        return shortest([approval_decision(course, circumstances, now=now)])
    if status is CourseStatus.AWAITING_MEDICAL and _asked_for_more(course):
        status = CourseStatus.SCREENING
    if status not in STEPS:
        return ()
    fact, owner, action = STEPS[status]
    return (Unblock(fact=fact, owner=owner, action=action),)


def shortest(decisions: Iterable[Decision]) -> tuple[Unblock, ...]:
    """Every missing fact of these decisions once, in the order in which it is first asked for."""
    return tuple(
        dict.fromkeys(
            unblock
            for decision in decisions
            for refusal in decision.refusals
            for unblock in refusal.unblocks_with
        )
    )


def _asked_for_more(course: TreatmentCourse) -> bool:
    request = course.request
    return request is not None and not request.pending
