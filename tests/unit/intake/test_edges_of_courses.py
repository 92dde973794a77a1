"""Where a course turns: the last moment, the other person, the flag that stays."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.approval_rules import Circumstances, approval_decision, approval_due
from services.intake.domain.close_course import close_by_cause
from services.intake.domain.closing import ClosingCause
from services.intake.domain.consent import ScopeState, ask_again
from services.intake.domain.eligibility import revoke_approval, screened
from services.intake.domain.progress import advance
from services.intake.domain.vocabulary import AssessmentOutcome, CourseOutcome, CourseStatus
from shared.decisions import Refused
from shared.protocol import ConsentScope
from tests.unit.intake import courses
from tests.unit.intake.closings import caused, commanded
from tests.unit.intake.courses import (
    APPROVAL,
    MORNING,
    REQUEST,
    THERAPIST,
    later,
    slugs,
)

TREATMENT = ConsentScope.TREATMENT


def missing(course: Any, now: datetime = MORNING) -> list[str]:
    decision = approval_decision(course, Circumstances(), now=now)
    return [refusal.slug for refusal in decision.refusals]


@pytest.mark.parametrize(("minutes", "allowed"), [(-1, True), (0, False), (1, False)])
def test_a_clearing_counts_until_the_moment_it_ends(minutes: int, allowed: bool) -> None:
    """INV-2: at its very end it clears nobody any more."""
    until = later(days=1)
    course = courses.answered(
        courses.awaiting_medical(), AssessmentOutcome.CLEARED, valid_until=until
    )
    assert (missing(course, until + timedelta(minutes=minutes)) == []) == allowed


def test_without_a_request_both_evaluations_are_missing_and_nobody_is_accused() -> None:
    """Where nobody has assessed, nobody has assessed twice."""
    assert {"medically-cleared", "psychologically-suitable"} <= set(missing(courses.in_screening()))
    assert "evaluated-by-two-people" not in missing(courses.in_screening())
    assert "evaluated-by-two-people" not in missing(courses.awaiting_medical())
    one = courses.answered(
        courses.awaiting_medical(), AssessmentOutcome.CLEARED, assessed_by=THERAPIST
    )
    assert missing(one) == ["evaluated-by-two-people"]


def test_an_approval_is_due_once_for_a_clearing_and_never_in_screening() -> None:
    assert approval_due(courses.cleared())
    assert not approval_due(courses.awaiting_medical())
    assert not approval_due(courses.approved())
    gone_back = replace(courses.cleared(), status=CourseStatus.SCREENING)
    assert not approval_due(gone_back)


def test_an_approval_names_the_request_it_rests_on_and_no_earlier_one() -> None:
    """F19: of several requests the newest is answered, marked and kept beside the others."""
    asked_for_more = courses.answered(courses.awaiting_medical(), AssessmentOutcome.MORE_INFO)
    again = courses.evaluated(asked_for_more, request_id=UUID(int=21))
    course = courses.advanced(
        courses.answered(again, AssessmentOutcome.CLEARED, request_id=UUID(int=21))
    )
    assert [one.request_id for one in course.requests] == [REQUEST, UUID(int=21)]
    assert [one.approval_id for one in course.requests] == [None, APPROVAL]
    assert [one.outcome for one in course.requests] == [
        AssessmentOutcome.MORE_INFO,
        AssessmentOutcome.CLEARED,
    ]


def test_nothing_is_approved_that_is_not_due() -> None:
    change = advance(courses.awaiting_medical(), Circumstances(), approval_id=APPROVAL, now=MORNING)
    assert (change.state.approvals, change.events) == ((), ())


def test_preparing_needs_the_clients_consent() -> None:
    """6.1: a preparation session without consent leaves the course approved."""
    begun = courses.advanced(courses.approved(), preparation_begun=True)
    assert begun.status is CourseStatus.APPROVED
    consented = courses.advanced(courses.approved(), preparation_begun=True, treatment_consent=True)
    assert consented.status is CourseStatus.PREPARING


def test_a_course_that_is_over_has_no_approval_to_revoke() -> None:
    over = replace(courses.active(), status=CourseStatus.STOPPED)
    with pytest.raises(Refused) as refusal:
        revoke_approval(over, now=MORNING)
    assert slugs(refusal) == ["course-over"]


def test_a_later_form_without_a_programme_leaves_the_course_its_own() -> None:
    first = screened(
        courses.with_team(courses.inquiry()),
        review_flags=0,
        request_id=REQUEST,
        now=MORNING,
        programme=courses.PROTOCOL.course.programmes[0],
    ).state
    second = screened(first, review_flags=0, request_id=REQUEST, now=MORNING).state
    assert second.programme == courses.PROTOCOL.course.programmes[0]


@pytest.mark.parametrize("outcome", [CourseOutcome.NO_RESPONSE, None])
def test_what_a_cause_ends_is_not_ended_by_another_one(outcome: CourseOutcome | None) -> None:
    """Ruling 7: the first flag that has to succeed stays; a pause never replaces an end."""
    ending = caused(courses.active())
    again = close_by_cause(
        ending,
        closing_id=UUID(int=99),
        cause=ClosingCause.CONSENT_WITHDRAWN,
        outcome=outcome,
        now=later(hours=1),
    ).state
    assert again == ending


def test_an_end_goes_before_a_pause_and_a_cause_before_a_command() -> None:
    pausing = caused(courses.active(), outcome=None)
    assert caused(pausing, outcome=None, closing_id=UUID(int=99)) == pausing
    assert caused(pausing, closing_id=UUID(int=99)).closing != pausing.closing
    wanted = commanded(courses.active())
    assert caused(wanted, outcome=None, closing_id=UUID(int=99)).closing != wanted.closing


def test_a_signature_that_asks_to_be_confirmed_still_runs_out() -> None:
    """6.5: reconfirm_needed is signed, and what is signed expires."""
    asked = ask_again(courses.signed(), material_version=2, now=MORNING).state
    assert asked.state(TREATMENT, MORNING) is ScopeState.RECONFIRM_NEEDED
    end = MORNING + timedelta(days=courses.PROTOCOL.consent.treatment_valid_days)
    assert asked.state(TREATMENT, end + timedelta(seconds=1)) is ScopeState.EXPIRED


def test_who_signed_the_newer_material_is_not_asked_again() -> None:
    newer = courses.signed(material_version=3)
    asked = ask_again(newer, material_version=3, now=MORNING).state
    assert asked.state(TREATMENT, MORNING) is ScopeState.GRANTED
    assert ask_again(newer, material_version=4, now=MORNING).state.state(TREATMENT, MORNING) is (
        ScopeState.RECONFIRM_NEEDED
    )
