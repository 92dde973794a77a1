"""The standing of a course: every rule speaks, and each that refuses says what would help."""

from datetime import datetime
from uuid import UUID

import pytest

from services.intake.domain.approval_rules import Circumstances
from services.intake.domain.close_course import close_by_cause
from services.intake.domain.closing import ClosingCause
from services.intake.domain.consent import Consent
from services.intake.domain.consent_signing import withdraw
from services.intake.domain.course import TreatmentCourse
from services.intake.domain.course_so_far import dosed_count
from services.intake.domain.facts import CourseFacts, ForeignHold
from services.intake.domain.gates import CourseInFull, standing
from services.intake.domain.hold import Hold, HoldCause, place
from shared.decisions import Decision
from shared.protocol import (
    ClinicProtocol,
    ConsentScope,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    UnknownProtocol,
)
from tests.unit.intake.courses import (
    CLIENT,
    COURSE,
    MORNING,
    PROTOCOL,
    active,
    approved,
    in_screening,
    later,
    no_facts,
    offered,
    signed,
    told,
)


def decide(
    *,
    course: TreatmentCourse | None = None,
    consent: Consent | None = None,
    facts: CourseFacts | None = None,
    own_holds: tuple[Hold, ...] = (),
    prepared: bool = True,
    now: datetime = MORNING,
    protocol: ClinicProtocol = PROTOCOL,
) -> Decision:
    known = CourseInFull(
        course=course or active(),
        circumstances=Circumstances(
            preparation_met=prepared,
            treatment_consent=True,
            dosed_count=dosed_count(facts or no_facts()),
        ),
        consent=consent or signed(),
        facts=facts or no_facts(),
        own_holds=own_holds,
    )
    return standing(known, protocol=protocol, now=now)


def refused(decision: Decision) -> set[str]:
    return {refusal.slug for refusal in decision.refusals}


def a_hold(category: HoldCategory) -> Hold:
    return place(
        hold_id=UUID(int=80),
        client_id=CLIENT,
        course_id=COURSE,
        category=category,
        cause=HoldCause.STAFF,
        cause_ref="x",
        placed_by_role="therapist",
        now=MORNING,
    ).state


def foreign(*blocks: HoldBlock) -> CourseFacts:
    hold = ForeignHold(
        hold_id=UUID(int=81),
        owner="prescribing",
        category=HoldCategory.MEDICAL,
        blocks=blocks,
        severity=HoldSeverity.STOP,
    )
    return no_facts().hold_placed(told(hold, "e-hold"))


def test_a_course_in_order_stands() -> None:
    assert decide().allowed


def test_a_course_before_its_approval_does_not() -> None:
    decision = decide(course=in_screening(), consent=offered())
    assert refused(decision) == {
        "course-active",
        "approval-current",
        "consent-treatment-active",
        "consent-aftercare-agreement-active",
    }
    assert all(refusal.unblocks_with for refusal in decision.refusals)


def test_a_course_without_preparation_says_who_can_help() -> None:
    decision = decide(course=approved(), prepared=False)
    assert refused(decision) == {"course-active"}
    assert decision.refusals[0].unblocks_with[0].owner == "scheduling"


def test_an_approval_that_ran_out_is_read_at_once() -> None:
    assert refused(decide(now=later(days=180))) == {"course-active", "approval-current"}


@pytest.mark.parametrize(
    ("scope", "slug"),
    [
        (ConsentScope.TREATMENT, "consent-treatment-active"),
        (ConsentScope.AFTERCARE_AGREEMENT, "consent-aftercare-agreement-active"),
    ],
)
def test_each_required_consent_refuses_alone(scope: ConsentScope, slug: str) -> None:
    consent = withdraw(signed(), scopes=(scope,), stated_at=None, now=MORNING).state
    assert refused(decide(consent=consent)) == {slug}


def test_a_raised_flag_answers_no() -> None:
    flagged = close_by_cause(
        active(),
        closing_id=UUID(int=70),
        cause=ClosingCause.CONSENT_WITHDRAWN,
        outcome=None,
        now=MORNING,
    ).state
    assert refused(decide(course=flagged)) == {"course-not-closing"}


def test_an_own_hold_on_start_or_dose_refuses_and_says_who_lifts_it() -> None:
    decision = decide(own_holds=(a_hold(HoldCategory.AFTERCARE),))
    assert refused(decision) == {"no-blocking-hold"}
    actions = {unblock.action for unblock in decision.refusals[0].unblocks_with}
    assert actions == {"therapist signs the lifting", "prescriber signs the lifting"}


def test_a_consent_hold_is_answered_by_the_client() -> None:
    (refusal,) = decide(own_holds=(a_hold(HoldCategory.CONSENT),)).refusals
    assert [unblock.fact for unblock in refusal.unblocks_with] == ["ConsentGranted"]


def test_a_hold_that_blocks_only_booking_refuses_no_dose() -> None:
    assert decide(own_holds=(a_hold(HoldCategory.ADMINISTRATIVE),)).allowed


def test_a_foreign_hold_refuses_and_names_its_event_and_owner() -> None:
    (refusal,) = decide(facts=foreign(HoldBlock.DOSE)).refusals
    assert refusal.source_events == ("e-hold",)
    assert refusal.unblocks_with[0].owner == "prescribing"
    assert decide(facts=foreign(HoldBlock.DISCHARGE)).allowed


def test_the_seventh_dose_waits_for_the_review() -> None:
    facts = no_facts()
    for number in range(6):
        facts = facts.order_closed(
            order_id=UUID(int=600 + number), version=1, count=told(1, f"c{number}")
        )
    decision = decide(course=active(dosed_count=6), facts=facts)
    assert refused(decision) == {"course-active", "review-covers-next-session"}


def test_a_course_whose_protocol_is_not_loaded_may_not_go_on() -> None:
    assert refused(decide(protocol=UnknownProtocol(protocol_version=3))) == {"protocol-unknown"}
