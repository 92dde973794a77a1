"""What an approval needs (6.1, INV-2): both evaluations, by two people, and nothing against it."""

from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.approval import MedicalRequest
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.vocabulary import CourseStatus, EvaluationOutcome
from shared.decisions import Decision, Unblock, Verdict, holds, violated


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the guards read beside the course itself."""

    preparation_begun: bool = False
    preparation_met: bool = False
    treatment_consent: bool = False
    dosed_count: int = 0
    open_holds: tuple[str, ...] = ()
    holds_lifted_by: tuple[str, ...] = ("intake",)


def approval_due(course: TreatmentCourse) -> bool:
    """Whether prescribing cleared the newest request and no approval came of it yet."""
    request = course.request
    waits = course.under_way or course.status is CourseStatus.AWAITING_MEDICAL
    return waits and request is not None and request.cleared_and_unused


def approval_decision(
    course: TreatmentCourse, circumstances: Circumstances, *, now: datetime
) -> Decision:
    """Both evaluations by two people, a team of two, a plan, no hold (6.1, F01, F14 to F24)."""
    return Decision.of(
        "approval",
        (
            _psychologically_suitable(course),
            _medically_cleared(course.request, now),
            _by_two_people(course),
            _team_complete(course),
            _plan_agreed(course),
            _no_open_hold(circumstances),
            _not_closing(course),
        ),
    )


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


def _psychologically_suitable(course: TreatmentCourse) -> Verdict:
    evaluation = course.evaluation
    if evaluation is not None and evaluation.outcome is EvaluationOutcome.SUITABLE:
        return holds("psychologically-suitable", "F19", evaluated_at=evaluation.at.isoformat())
    return violated(
        "psychologically-suitable",
        "F19",
        unblocks_with=(
            Unblock(
                fact="psychological_evaluation",
                owner="intake",
                action="record the psychological evaluation",
            ),
        ),
        outcome=None if evaluation is None else evaluation.outcome.value,
    )


def _by_two_people(course: TreatmentCourse) -> Verdict:
    """F19, C-14: two authors. Whom nobody can name has not been shown to be another."""
    slug, rule = "evaluated-by-two-people", "C-14"
    request = course.request
    if request is None or request.pending or course.evaluation is None:
        return holds(slug, rule)
    told = (request.source_event,) if request.source_event else ()
    authors = (course.evaluation.author_ref, request.assessed_by)
    if None not in authors and authors[0] != authors[1]:
        return holds(slug, rule, *told)
    return violated(
        slug,
        rule,
        *told,
        unblocks_with=(
            Unblock(
                fact="psychological_evaluation",
                owner="intake",
                action="evaluate again, so that another person assesses",
            ),
        ),
        both_named=None not in authors,
    )


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
        unblocks_with=tuple(
            Unblock(fact="SafetyHoldLifted", owner=owner, action="have the hold lifted")
            for owner in circumstances.holds_lifted_by
        ),
        open_holds=circumstances.open_holds,
    )


def _not_closing(course: TreatmentCourse) -> Verdict:
    if course.closing is None:
        return holds("not-closing", "ruling 7")
    return violated(
        "not-closing",
        "ruling 7",
        unblocks_with=(
            Unblock(fact="closing", owner="intake", action="wait until the closing is settled"),
        ),
        cause=course.closing.cause.value,
    )
