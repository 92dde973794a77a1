"""Where a prescription and an assessment turn: versions, what is used up, what was asked last."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.medical_assessment import MedicalAssessment, recorded_allergies
from services.prescribing.domain.titration import prescribed_terms
from services.prescribing.domain.vocabulary import (
    AssessmentOutcome,
    EndReason,
)
from shared.decisions import Decision, Refused, holds
from shared.protocol import ConsentScope
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    PRESCRIBER,
    active,
    at,
    course,
    slugs,
    told,
)

ALLOWED = Decision.of("AUTHORISATION", (holds("all", "6.2"),))
LATER = at("08:00") + timedelta(days=365)


def test_former_versions_are_all_kept() -> None:
    """The history of an amount is read from them (titration)."""
    rx = active()
    for number, amount in enumerate((160.0, 170.0), start=1):
        rx = rx.amend(
            replace(rx.terms, amount_mg=amount), at=at(f"09:0{number}"), by=PRESCRIBER
        ).state
    assert [one.terms.amount_mg for one in rx.former] == [150.0, 160.0]
    assert [one.rx_version for one in prescribed_terms([rx])] == [1, 2, 3]
    assert [one.replaced_at for one in prescribed_terms([rx])] == [at("09:01"), at("09:02"), None]


def test_a_prescription_is_used_up_when_nothing_is_left_or_reserved() -> None:
    """Ruling 18."""
    order, other = UUID(int=1), UUID(int=2)
    two = active().reserve(order).state.reserve(other).state
    once = two.use(order, at("12:30"))
    assert once.events == ()
    twice = once.state.use(other, at("12:30"))
    assert twice.state.ended is EndReason.EXHAUSTED
    late = twice.state.use(UUID(int=3), at("12:40"))
    assert (late.state.left, late.events) == (-1, ())


def test_the_longest_of_several_approvals_and_consents_counts() -> None:
    sooner, scopes = at("11:00"), (ConsentScope.TREATMENT,)
    known = course().approve(UUID(int=25), told(sooner)).grant(UUID(int=26), scopes, told(sooner))
    approval, consent = (
        known.approval_at(at("10:00")),
        known.consent_at(ConsentScope.TREATMENT, at("10:00")),
    )
    assert approval is not None
    assert consent is not None
    assert (approval.value, consent.value) == (LATER, LATER)


def test_a_clearing_that_is_over_when_it_is_signed_clears_nobody() -> None:
    opened = MedicalAssessment.open_for(
        uuid4(), client_id=CLIENT, course_id=COURSE, requested_at=at("08:00"), review_flags=0
    ).state
    for until, allowed in ((at("09:00"), False), (at("09:01"), True)):
        if allowed:
            cleared_ = opened.complete(
                AssessmentOutcome.CLEARED, by=PRESCRIBER, at=at("09:00"), valid_until=until
            )
            assert cleared_.state.clears_at(at("09:00"))
            assert not cleared_.state.clears_at(until)
            continue
        with pytest.raises(Refused) as refused:
            opened.complete(
                AssessmentOutcome.CLEARED, by=PRESCRIBER, at=at("09:00"), valid_until=until
            )
        assert slugs(refused.value) == {"assessment-validity-over"}


def test_allergies_are_those_that_were_asked_for_last() -> None:
    """Asked and none is an answer; not asked is none."""

    def assessment(number: int, clock: str, allergies: tuple[str, ...] | None) -> Any:
        opened = MedicalAssessment.open_for(
            UUID(int=number),
            client_id=CLIENT,
            course_id=COURSE,
            requested_at=at(clock),
            review_flags=0,
        ).state
        return opened.complete(
            AssessmentOutcome.CLEARED,
            by=PRESCRIBER,
            at=at("12:00"),
            valid_until=LATER,
            allergies=allergies,
        ).state

    first, second = assessment(2, "08:00", ("latex",)), assessment(1, "09:00", ())
    unasked = assessment(3, "10:00", None)
    assert recorded_allergies([first, second, unasked]) == ()
    assert recorded_allergies([first, unasked]) == ("latex",)
    assert recorded_allergies([unasked]) is None
    open_ = replace(first, id=UUID(int=9), completed=None, allergies=("nuts",))
    assert recorded_allergies([open_]) is None
    same_moment = replace(second, id=UUID(int=8), requested_at=at("08:00"), allergies=("eggs",))
    assert recorded_allergies([first, same_moment]) == ("eggs",)
