"""How a course stands: every rule that intake answers for, each with its verdict.

This is what a peer's gate hears of intake, and what a person reads when asking why not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.approval_rules import Circumstances
from services.intake.domain.consent import Consent, ScopeState
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import dosed_count, foreign_holds
from services.intake.domain.facts import CourseFacts
from services.intake.domain.hold import Hold, who_unblocks
from services.intake.domain.next_steps import next_step
from services.intake.domain.progress import status_now
from services.intake.domain.vocabulary import CourseStatus
from shared.decisions import Decision, Unblock, Verdict, holds, violated
from shared.protocol import ClinicProtocol, ConsentScope, HoldBlock, protocol_known

_SIGNING = {
    ScopeState.NOT_ASKED: "offer {0} to the client, who signs it",
    ScopeState.OFFERED: "the client signs {0}",
    ScopeState.GRANTED: "the client signs {0}",
    ScopeState.RECONFIRM_NEEDED: "the client confirms {0} with the newer material",
    ScopeState.WITHDRAWN: "if the client asks for it: offer {0} again, and the client signs",
    ScopeState.EXPIRED: "the client signs {0} again",
}
_GATES_OF_A_DOSE = frozenset({HoldBlock.START, HoldBlock.DOSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseInFull:
    """Everything that intake knows of one course at one moment."""

    course: TreatmentCourse
    circumstances: Circumstances
    consent: Consent
    facts: CourseFacts
    own_holds: tuple[Hold, ...]

    def status(self, now: datetime) -> CourseStatus:
        return status_now(self.course, self.circumstances, now=now)


def standing(known: CourseInFull, *, protocol: ClinicProtocol, now: datetime) -> Decision:
    """Whether, as far as intake decides, the next dosing session may start."""
    return Decision.of(
        "standing",
        (
            protocol_known(protocol, "intake"),
            _course_active(known, now),
            _not_closing(known.course),
            _not_changing(known.course),
            _approval_current(known, now),
            *(
                _consent_active(known.consent, scope, now)
                for scope in protocol.consent.required_scopes
            ),
            _review_covers(known),
            *_no_blocking_hold(known),
        ),
    )


def _course_active(known: CourseInFull, now: datetime) -> Verdict:
    status = known.status(now)
    if status is CourseStatus.ACTIVE:
        return holds("course-active", "INV-1", status=status.value)
    return violated(
        "course-active",
        "INV-1",
        unblocks_with=next_step(known.course, status, known.circumstances, now),
        status=status.value,
    )


def _not_closing(course: TreatmentCourse) -> Verdict:
    if course.closing is None:
        return holds("course-not-closing", "ruling 7")
    return violated(
        "course-not-closing",
        "ruling 7",
        unblocks_with=(
            Unblock(fact="closing", owner="intake", action="wait until the closing is settled"),
        ),
        cause=course.closing.cause.value,
        obstacles=tuple(map(str, course.closing.obstacles)),
    )


def _not_changing(course: TreatmentCourse) -> Verdict:
    facts = {"protocol_version": course.protocol_version}
    if course.changing_protocol is None:
        return holds("protocol-not-changing", "ruling 7", **facts)
    return violated(
        "protocol-not-changing",
        "ruling 7",
        unblocks_with=(
            Unblock(fact="protocol", owner="intake", action="wait until the change is settled"),
        ),
        **facts,
    )


def _approval_current(known: CourseInFull, now: datetime) -> Verdict:
    """What is missing is the next step on the way to an approval: the same as for the course."""
    course = known.course
    approval = course.current_approval(now)
    if approval is not None:
        return holds(
            "approval-current",
            "INV-1",
            approval_id=str(approval.approval_id),
            valid_until=approval.valid_until.isoformat(),
        )
    newest = course.approval
    return violated(
        "approval-current",
        "INV-1",
        unblocks_with=next_step(course, known.status(now), known.circumstances, now),
        approved_before=newest is not None,
        revoked=newest is not None and newest.revoked_at is not None,
        valid_until=None if newest is None else newest.valid_until.isoformat(),
    )


def _consent_active(consent: Consent, scope: ConsentScope, now: datetime) -> Verdict:
    slug = f"consent-{scope.value.replace('_', '-')}-active"
    state = consent.state(scope, now)
    signature = consent.speaking(scope, now)
    facts = {
        "state": state.value,
        "consent_id": None if signature is None else str(signature.consent_id),
        "valid_until": None if signature is None else signature.valid_until.isoformat(),
    }
    if consent.active(scope, now):
        return holds(slug, "INV-3", **facts)
    return violated(
        slug,
        "INV-3",
        unblocks_with=(
            Unblock(
                fact="ConsentGranted", owner="intake", action=_SIGNING[state].format(scope.value)
            ),
        ),
        **facts,
    )


def _review_covers(known: CourseInFull) -> Verdict:
    given, covered = dosed_count(known.facts), known.course.covers_until_session_no
    if given < covered:
        return holds("review-covers-next-session", "INV-18", dosed_count=given, covered=covered)
    return violated(
        "review-covers-next-session",
        "INV-18",
        unblocks_with=(
            Unblock(fact="CourseReviewed", owner="intake", action="both roles review the course"),
        ),
        dosed_count=given,
        covered=covered,
    )


def _no_blocking_hold(known: CourseInFull) -> Iterable[Verdict]:
    """One verdict for each open hold, so that each says who lifts it."""
    found = False
    for hold in known.own_holds:
        if hold.open and _GATES_OF_A_DOSE & set(hold.blocks):
            found = True
            yield violated(
                "no-blocking-hold",
                "INV-9",
                unblocks_with=who_unblocks(hold),
                hold_id=str(hold.id),
                category=hold.category.value,
                owner="intake",
                blocks=tuple(block.value for block in hold.blocks),
            )
    for told in foreign_holds(known.facts):
        foreign = told.value
        if _GATES_OF_A_DOSE & set(foreign.blocks):
            found = True
            yield violated(
                "no-blocking-hold",
                "INV-9",
                told.event_id,
                unblocks_with=(
                    Unblock(
                        fact="SafetyHoldLifted", owner=foreign.owner, action="have the hold lifted"
                    ),
                ),
                hold_id=str(foreign.hold_id),
                category=foreign.category.value,
                owner=foreign.owner,
                blocks=tuple(block.value for block in foreign.blocks),
            )
    if not found:
        yield holds("no-blocking-hold", "INV-9")
