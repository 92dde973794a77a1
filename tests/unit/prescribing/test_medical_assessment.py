from dataclasses import replace
from uuid import uuid4

import pytest

from services.prescribing.domain.medical_assessment import AssessmentStatus, MedicalAssessment
from services.prescribing.domain.vocabulary import AssessmentOutcome
from shared.decisions import Refused
from tests.unit.prescribing.clinic import CLIENT, COURSE, PRESCRIBER, at, slugs


@pytest.fixture
def opened() -> MedicalAssessment:
    return MedicalAssessment.open_for(
        uuid4(), client_id=CLIENT, course_id=COURSE, requested_at=at("08:00"), review_flags=0
    ).state


def test_a_cleared_assessment_answers_its_own_request(opened: MedicalAssessment) -> None:
    change = opened.complete(
        AssessmentOutcome.CLEARED,
        by=PRESCRIBER,
        at=at("09:00"),
        valid_until=at("09:00", day=30),
        allergies=("latex",),
    )

    assert change.state.clears_at(at("10:00"))
    assert not change.state.clears_at(at("09:00", day=30))
    assert [e.request_id for e in change.events] == [opened.id]  # type: ignore[union-attr]


@pytest.mark.parametrize("outcome", [AssessmentOutcome.NOT_CLEARED, AssessmentOutcome.MORE_INFO])
def test_any_other_outcome_clears_nothing(
    opened: MedicalAssessment, outcome: AssessmentOutcome
) -> None:
    state = opened.complete(
        outcome, by=PRESCRIBER, at=at("09:00"), valid_until=at("09:00", day=30)
    ).state

    assert not state.clears_at(at("10:00"))
    assert state.valid_until is None


@pytest.mark.parametrize("how", ["supersede", "close"])
def test_an_assessment_that_ended_cannot_be_answered(opened: MedicalAssessment, how: str) -> None:
    """INV-2: "cleared" for an older request must not count."""
    ended: MedicalAssessment = getattr(opened, how)().state

    with pytest.raises(Refused) as refused:
        ended.complete(
            AssessmentOutcome.CLEARED,
            by=PRESCRIBER,
            at=at("09:00"),
            valid_until=at("09:00", day=30),
        )

    assert slugs(refused.value) == {"assessment-not-open"}


def test_a_completed_assessment_stays_completed(opened: MedicalAssessment) -> None:
    completed = opened.complete(
        AssessmentOutcome.CLEARED, by=PRESCRIBER, at=at("09:00"), valid_until=at("09:00", day=9)
    ).state

    assert completed.supersede().state == completed
    assert completed.close().state.status is AssessmentStatus.COMPLETED


@pytest.mark.parametrize(
    ("flags", "notes", "fine"),
    [(1, None, False), (1, " ", False), (1, "weighed", True), (0, None, True)],
)
def test_findings_to_review_are_cleared_with_the_prescribers_words(
    opened: MedicalAssessment, flags: int, notes: str | None, fine: bool
) -> None:
    """F09: a relative finding needs a recorded decision."""
    flagged = replace(opened, review_flags=flags)

    def complete(outcome: AssessmentOutcome) -> None:
        flagged.complete(
            outcome, by=PRESCRIBER, at=at("09:00"), valid_until=at("09:00", day=30), notes=notes
        )

    complete(AssessmentOutcome.NOT_CLEARED)
    if fine:
        complete(AssessmentOutcome.CLEARED)
        return
    with pytest.raises(Refused) as refused:
        complete(AssessmentOutcome.CLEARED)
    assert slugs(refused.value) == {"review-decision-missing"}


def test_a_validity_in_the_past_is_refused(opened: MedicalAssessment) -> None:
    with pytest.raises(Refused) as refused:
        opened.complete(
            AssessmentOutcome.CLEARED, by=PRESCRIBER, at=at("09:00"), valid_until=at("08:59")
        )

    assert slugs(refused.value) == {"assessment-validity-over"}


def test_nobody_is_cleared_before_anybody_assessed(opened: MedicalAssessment) -> None:
    assert not replace(opened, valid_until=at("09:00", day=30)).clears_at(at("09:00"))
