"""How far a course is: derived from facts, and looked at again whenever one of them changes.

Guards are conditions, not moments (ruling 20). Nothing here depends on the order in which the
facts became known.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.intake.domain.approval import Approval, MedicalRequest
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.events import ClientApproved, DomainEvent
from services.intake.domain.transitions import Trigger, move
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Change, Decision, Unblock, Verdict, holds, violated


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the guards read beside the course itself."""

    preparation_begun: bool = False
    preparation_met: bool = False
    treatment_consent: bool = False
    dosed_count: int = 0
    open_holds: tuple[str, ...] = ()


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


def approval_due(course: TreatmentCourse) -> bool:
    """Whether prescribing cleared the newest request and no approval came of it yet."""
    request = course.request
    waits = course.under_way or course.status is CourseStatus.AWAITING_MEDICAL
    return waits and request is not None and request.cleared_and_unused


def approval_decision(
    course: TreatmentCourse, circumstances: Circumstances, *, now: datetime
) -> Decision:
    """Both evaluations, a team of two, a plan, and no open hold (6.1, F14, F17, F24)."""
    return Decision.of(
        "approval",
        (
            _medically_cleared(course.request, now),
            _team_complete(course),
            _plan_agreed(course),
            _no_open_hold(circumstances),
            _not_closing(course),
        ),
    )


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


def _medically_cleared(request: MedicalRequest | None, now: datetime) -> Verdict:
    slug, rule = "medically-cleared", "INV-2"
    if request is None or not request.cleared_and_unused:
        return violated(
            slug,
            rule,
            unblocks_with=(
                Unblock(
                    fact="MedicalAssessmentCompleted",
                    owner="prescribing",
                    action="complete the medical assessment",
                ),
            ),
        )
    told = (request.source_event,) if request.source_event else ()
    if request.valid_until is None or request.valid_until <= now:
        return violated(
            slug,
            rule,
            *told,
            unblocks_with=(
                Unblock(
                    fact="psychological_evaluation",
                    owner="intake",
                    action="evaluate again, so that prescribing assesses again",
                ),
            ),
            valid_until=request.valid_until.isoformat() if request.valid_until else None,
        )
    return holds(slug, rule, *told, request_id=str(request.request_id))


def _team_complete(course: TreatmentCourse) -> Verdict:
    if course.care_team.complete:
        return holds("care-team-complete", "F14")
    return violated(
        "care-team-complete",
        "F14",
        unblocks_with=(
            Unblock(fact="care_team", owner="intake", action="name therapist and prescriber"),
        ),
    )


def _plan_agreed(course: TreatmentCourse) -> Verdict:
    if course.plan is not None:
        return holds("plan-agreed", "F24", plan_version=course.plan.version)
    return violated(
        "plan-agreed",
        "F24",
        unblocks_with=(
            Unblock(fact="plan", owner="intake", action="record the psychological evaluation"),
        ),
    )


def _no_open_hold(circumstances: Circumstances) -> Verdict:
    if not circumstances.open_holds:
        return holds("no-open-hold", "6.1")
    return violated(
        "no-open-hold",
        "6.1",
        unblocks_with=(
            Unblock(fact="SafetyHoldLifted", owner="intake", action="have the hold lifted"),
        ),
        open_holds=circumstances.open_holds,
    )


def _not_closing(course: TreatmentCourse) -> Verdict:
    if course.closing is None:
        return holds("not-closing", "ruling 7")
    return violated("not-closing", "ruling 7", cause=course.closing.cause.value)
