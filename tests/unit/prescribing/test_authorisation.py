from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.authorisation import (
    AuthorisationFacts,
    Dosed,
    authorisation_decision,
)
from services.prescribing.domain.course_facts import CourseFacts, CourseReview, OthersHold
from services.prescribing.domain.session_facts import SessionEnd
from services.prescribing.domain.summary_review import SummaryReview
from services.prescribing.domain.vocabulary import (
    CourseDecision,
    ReviewOutcome,
    SessionKind,
    SessionOutcome,
)
from shared.protocol import ConsentScope, HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    PRESCRIBER,
    PROTOCOL,
    active,
    at,
    course,
    requested,
    told,
)

LAST = UUID(int=50)
LAST_DOSE = at("10:00", day=1)


def facts(**changes: Any) -> AuthorisationFacts:
    good = AuthorisationFacts(
        order=requested(),
        prescription=active(),
        course=course(),
        dosed=(),
        ahead=(),
        reviews=(),
        own_holds=(),
        protocol=PROTOCOL,
        now=at("08:30"),
    )
    return replace(good, **changes)


def dosed(session_id: UUID = LAST, when: datetime = LAST_DOSE) -> Dosed:
    return Dosed(session_id=session_id, first_at=when, last_at=when)


def reviewed(session_id: UUID = LAST) -> SummaryReview:
    awaited = SummaryReview.awaited(
        uuid4(), client_id=CLIENT, course_id=COURSE, session_id=session_id
    )
    shared = awaited.share(uuid4(), at("14:00", day=1)).state
    return shared.review(ReviewOutcome.CONTINUE, by=PRESCRIBER, at=at("15:00", day=1)).state


def integrated(
    facts: CourseFacts, when: datetime, outcome: SessionOutcome = SessionOutcome.COMPLETED
) -> CourseFacts:
    return facts.in_session(
        uuid4(),
        lambda s: s.ended(
            told(SessionEnd(outcome=outcome, ended_at=when), when), SessionKind.INTEGRATION
        ),
    )


def after_a_dose(**changes: Any) -> AuthorisationFacts:
    good = facts(
        dosed=(dosed(),),
        reviews=(reviewed(),),
        course=integrated(course(), at("16:00", day=1)),
    )
    return replace(good, **changes)


def refusals(of: AuthorisationFacts) -> set[str]:
    return {r.slug for r in authorisation_decision(of).refusals}


def test_a_first_dose_is_authorised_when_everything_is_in_place() -> None:
    assert authorisation_decision(facts()).allowed


def test_a_next_dose_is_authorised_after_review_and_integration() -> None:
    assert authorisation_decision(after_a_dose()).allowed


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"course": course().close(told(at("08:00")))}, "course-ended"),
        ({"course": course().revoke_approval(UUID(int=20), "e")}, "approval-not-current"),
        (
            {"course": course().end_consent(UUID(int=21), (ConsentScope.TREATMENT,), "e")},
            "consent-treatment-not-active",
        ),
        ({"course": replace(course(), prepared=None)}, "preparation-not-completed"),
        ({"prescription": None}, "no-authorisation-left"),
        ({"prescription": active(sessions=1).reserve(uuid4()).state}, "no-authorisation-left"),
        ({"prescription": active(until=at("12:29"))}, "no-authorisation-left"),
        ({"ahead": (uuid4(),)}, "another-order-authorised"),
    ],
)
def test_one_missing_condition_refuses(changes: dict[str, Any], slug: str) -> None:
    assert slug in refusals(facts(**changes))


@pytest.mark.parametrize("severity", list(HoldSeverity))
def test_an_open_hold_keeps_an_order_from_being_authorised(severity: HoldSeverity) -> None:
    hold = OthersHold(
        hold_id=uuid4(),
        owner="intake",
        category=HoldCategory.AFTERCARE,
        blocks=(HoldBlock.START,),
        severity=severity,
    )
    held = course().place(told(hold))

    assert refusals(facts(course=held)) == {"hold-open"}
    assert not refusals(facts(course=held.lift("intake", hold.hold_id, "e")))


def test_the_last_summary_is_shared_and_reviewed_first() -> None:
    """INV-17."""
    waiting = SummaryReview.awaited(uuid4(), client_id=CLIENT, course_id=COURSE, session_id=LAST)
    shared = waiting.share(uuid4(), at("14:00", day=1)).state

    for reviews in ((), (waiting,), (shared,), (reviewed(uuid4()),)):
        assert refusals(after_a_dose(reviews=reviews)) == {"summary-not-reviewed"}


def test_integration_lies_between_two_doses() -> None:
    """F95."""
    assert refusals(after_a_dose(course=course())) == {"integration-missing"}
    before = integrated(course(), at("09:00", day=1))
    assert refusals(after_a_dose(course=before)) == {"integration-missing"}
    aborted = integrated(course(), at("16:00", day=1), SessionOutcome.ABORTED_BEFORE_DOSE)
    assert refusals(after_a_dose(course=aborted)) == {"integration-missing"}


def test_a_declined_integration_counts() -> None:
    declined = course().in_session(
        LAST, lambda s: replace(s, integration_declined=told(at("18:00", day=1)))
    )

    assert not refusals(after_a_dose(course=declined))


def test_no_third_dose_in_seven_days() -> None:
    """INV-16."""
    start = requested().starts_at
    first, second = start - timedelta(days=6, hours=23), LAST_DOSE
    other = UUID(int=51)
    two = (dosed(other, first), dosed())

    assert refusals(after_a_dose(dosed=two)) == {"too-many-doses-in-seven-days"}
    decision = authorisation_decision(after_a_dose(dosed=two))
    (refusal,) = decision.refusals
    assert refusal.facts["free_from"] == (first + timedelta(days=7)).isoformat()

    long_ago = (dosed(other, start - timedelta(days=7)), dosed(LAST, second))
    assert not refusals(after_a_dose(dosed=long_ago))


def test_doses_of_an_earlier_course_count_in_the_same_seven_days() -> None:
    """INV-16 is about the client: a course that begins anew does not begin a new week."""
    start = requested().starts_at
    earlier = tuple(
        dosed(UUID(int=number), start - timedelta(days=days)) for number, days in ((51, 5), (52, 2))
    )

    assert refusals(facts(dosed_elsewhere=earlier)) == {"too-many-doses-in-seven-days"}
    assert not refusals(facts(dosed_elsewhere=earlier[:1]))


def _six() -> tuple[Dosed, ...]:
    earlier = tuple(
        dosed(UUID(int=60 + n), LAST_DOSE - timedelta(days=14 * n)) for n in range(1, 6)
    )
    return (*earlier, dosed())


def test_no_seventh_dose_without_a_course_review() -> None:
    """INV-18."""
    assert refusals(after_a_dose(dosed=_six())) == {"course-review-due"}
    assert not refusals(after_a_dose(dosed=_six()[1:]))


@pytest.mark.parametrize(
    ("decision", "cover", "allowed"),
    [
        (CourseDecision.CONTINUE, 9, True),
        (CourseDecision.TAPER, 7, True),
        (CourseDecision.CONTINUE, 6, False),
        (CourseDecision.STOP, 9, False),
    ],
)
def test_what_a_course_review_covers(decision: CourseDecision, cover: int, allowed: bool) -> None:
    reviewed_course = after_a_dose().course.review(
        uuid4(), told(CourseReview(decision=decision, covers_until_session_no=cover))
    )

    assert (not refusals(after_a_dose(dosed=_six(), course=reviewed_course))) is allowed
