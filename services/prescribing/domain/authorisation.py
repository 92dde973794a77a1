"""When an order may be bound to a session (section 6.2: requested to authorised, ruling 18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.prescribing.domain.course_facts import CourseFacts
from services.prescribing.domain.dose_order import DoseOrder
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.prescription import Prescription
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.domain.verdicts import rule
from services.prescribing.domain.vocabulary import CourseDecision
from shared.decisions import Decision, Unblock, Verdict
from shared.protocol import ClinicProtocol, HoldBlock, protocol_known

AUTHORISING: Final = "AUTHORISATION"
SEVEN_DAYS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """A session in which a dose was given."""

    session_id: UUID
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationFacts:
    """``dosed`` are the course's other dosed sessions, ``ahead`` its other authorised orders.

    ``dosed_elsewhere`` are those of the client's other courses: a body that had medicine last week
    does not begin anew with a course.
    """

    order: DoseOrder
    prescription: Prescription | None
    course: CourseFacts
    dosed: tuple[Dosed, ...]
    ahead: tuple[UUID, ...]
    reviews: tuple[SummaryReview, ...]
    own_holds: tuple[Hold, ...]
    protocol: ClinicProtocol
    now: datetime
    dosed_elsewhere: tuple[Dosed, ...] = ()


def authorisation_decision(facts: AuthorisationFacts) -> Decision:
    """Every condition; evaluated again whenever one of its facts changes (ruling 20)."""
    return Decision.of(
        AUTHORISING, (*_course(facts), _prescription(facts), *_after_earlier_doses(facts))
    )


def _course(facts: AuthorisationFacts) -> Iterator[Verdict]:
    course, now = facts.course, facts.now
    yield protocol_known(facts.protocol, "prescribing")
    yield rule(
        "course-ended",
        "section 6.1",
        course.closed is None,
        source=course.closed.event_id if course.closed else None,
        unblocks=(
            Unblock(fact="a course that goes on", owner="intake", action="begin a new course"),
        ),
    )
    approval = course.approval_at(now)
    yield rule(
        "approval-not-current",
        "INV-1",
        approval is not None,
        source=approval.event_id if approval else None,
        unblocks=(Unblock(fact="approval", owner="intake", action="approve the client"),),
    )
    for scope in facts.protocol.consent.required_scopes:
        consent = course.consent_at(scope, now)
        yield rule(
            f"consent-{scope.replace('_', '-')}-not-active",
            "INV-3",
            consent is not None,
            source=consent.event_id if consent else None,
            unblocks=(Unblock(fact="consent", owner="intake", action="ask the client"),),
        )
    yield rule(
        "preparation-not-completed",
        "INV-4",
        course.prepared is not None,
        source=course.prepared.event_id if course.prepared else None,
        unblocks=(
            Unblock(fact="preparation", owner="scheduling", action="hold and sign the preparation"),
        ),
    )
    others = course.open_holds(HoldBlock.START, HoldBlock.DOSE)
    own = [h for h in facts.own_holds if h.open and {HoldBlock.START, HoldBlock.DOSE} & {*h.blocks}]
    categories = {s.value.category for s in others} | {h.category for h in own}
    yield rule(
        "hold-open",
        "ruling 17",
        not categories,
        sources=tuple(s.event_id for s in others),
        unblocks=tuple(
            Unblock(fact=f"hold {category} lifted", owner=owner, action="lift the hold")
            for owner, category in sorted(
                {(s.value.owner, s.value.category.value) for s in others}
                | {("prescribing", h.category.value) for h in own}
            )
        ),
        categories=tuple(sorted(categories)),
    )


def _prescription(facts: AuthorisationFacts) -> Verdict:
    rx, order = facts.prescription, facts.order
    until = rx.terms.valid_until if rx else None
    fits = (
        rx is not None
        and rx.active_at(facts.now)
        and until is not None
        and order.planned_end_at <= until
    )
    left = rx.available if rx else 0
    return rule(
        "no-authorisation-left",
        "INV-13",
        fits and left > 0,
        unblocks=(
            Unblock(
                fact="an active prescription with a session left that covers the session's day",
                owner="prescribing",
                action="write or amend a prescription",
            ),
        ),
        prescription_id=str(rx.id) if rx else None,
        valid_until=until.isoformat() if until else None,
        left=left,
    )


def _after_earlier_doses(facts: AuthorisationFacts) -> Iterator[Verdict]:
    yield rule(
        "another-order-authorised",
        "INV-17",
        not facts.ahead,
        unblocks=(
            Unblock(fact="the earlier order closed", owner="scheduling", action="end that session"),
        ),
        orders=tuple(str(order_id) for order_id in facts.ahead),
    )
    last = max(facts.dosed, key=lambda d: d.last_at, default=None)
    reviewed = {r.session_id for r in facts.reviews if r.reviewed}
    yield rule(
        "summary-not-reviewed",
        "INV-17",
        last is None or last.session_id in reviewed,
        unblocks=(
            Unblock(
                fact="the last session's summary, shared and reviewed",
                owner="prescribing",
                action="review the summary",
            ),
        ),
        session_id=str(last.session_id) if last else None,
    )
    needed = facts.protocol.aftercare.integration_between_doses
    held = facts.course.integration_since(last.last_at) if last else ()
    yield rule(
        "integration-missing",
        "F95",
        last is None or len(held) >= needed,
        source=held[0].event_id if held else None,
        unblocks=(
            Unblock(
                fact="an integration session since the last dose, or its decline",
                owner="scheduling",
                action="hold the integration session, or record that the client declines",
            ),
        ),
        held=len(held),
        needed=needed,
    )
    yield _spacing(facts)
    yield _cover(facts)


def _spacing(facts: AuthorisationFacts) -> Verdict:
    """INV-16: over all the client's courses, back from the planned start, the strictest moment."""
    most = facts.protocol.dosing.max_in_7_days
    since = facts.order.starts_at - SEVEN_DAYS
    recent = sorted(
        d.first_at for d in (*facts.dosed, *facts.dosed_elsewhere) if d.first_at > since
    )
    free_from = recent[-most] + SEVEN_DAYS if len(recent) >= most else None
    return rule(
        "too-many-doses-in-seven-days",
        "INV-16",
        len(recent) < most,
        unblocks=(
            Unblock(fact="a later day", owner="scheduling", action="reschedule the session"),
        ),
        dosed=len(recent),
        max_in_7_days=most,
        free_from=free_from.isoformat() if free_from else None,
    )


def _cover(facts: AuthorisationFacts) -> Verdict:
    """C-04, INV-18: the number is soft, the review is not."""
    review = facts.course.review_cover()
    stopped = review is not None and review.value.decision is CourseDecision.STOP
    reviewed_until = review.value.covers_until_session_no if review else 0
    cover = max(reviewed_until, facts.protocol.course.review_every)
    return rule(
        "course-review-due",
        "INV-18",
        not stopped and len(facts.dosed) < cover,
        source=review.event_id if review else None,
        unblocks=(Unblock(fact="a course review", owner="intake", action="review the course"),),
        dosed=len(facts.dosed),
        covers_until_session_no=cover,
        stopped=stopped,
    )
