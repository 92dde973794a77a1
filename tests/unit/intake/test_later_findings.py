"""New history is the main path, not the exception (F26, F27): what follows from it, and when.

Before an approval a relative finding is a flag and an absolute one declines. After it a relative
one holds, and an absolute one takes the approval back as well, prescribed or not (7.2).
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from careteam_contracts import prescribing
from services.intake.domain.events import (
    ApprovalRevoked,
    ClientDeclined,
    MedicalAssessmentRequested,
    SafetyHoldPlaced,
)
from services.intake.domain.screening import StatedFinding
from services.intake.domain.vocabulary import CourseStatus, EvaluationOutcome
from services.intake.handlers.submit_screening import SubmitScreening, submit_screening
from shared.protocol import (
    FindingCode,
    FindingContext,
    Grade,
    HoldCategory,
    HoldSeverity,
    Indication,
    Programme,
)
from tests.unit.intake.play import THE_THERAPIST, Play
from tests.unit.intake.steps_to_dosing import Approved

RELATIVE: Final = StatedFinding(code=FindingCode.HYPERTHYROIDISM)
ABSOLUTE: Final = StatedFinding(code=FindingCode.MANIA_CURRENT)
CRISIS: Final = StatedFinding(code=FindingCode.SUICIDALITY_HIGH)
EXPECTED: Final = StatedFinding(
    code=FindingCode.HALLUCINATIONS, context=FindingContext.DRUG_EXPECTED
)
PERSISTENT: Final = StatedFinding(
    code=FindingCode.HALLUCINATIONS, context=FindingContext.PERSISTENT
)
GRAVER: Final = StatedFinding(code=FindingCode.HYPERTHYROIDISM, severity=Grade.ABSOLUTE)


def found(play: Play, *findings: StatedFinding) -> None:
    form = SubmitScreening(
        client_id=play.client_id,
        programme=Programme.MOOD,
        indications=(Indication.DEPRESSION,),
        findings=findings,
    )
    assert play.ask(submit_screening, form, THE_THERAPIST), play.refused


def in_screening() -> Play:
    play = Play()
    play.screen_clean()
    return play


def waiting() -> Play:
    play = in_screening()
    assert play.evaluate(EvaluationOutcome.SUITABLE)
    return play


def approved() -> Play:
    return Approved()


def prescribed() -> Play:
    play = Approved()
    assert play.sign()
    play.prepare()
    play.tell(
        prescribing.DosePrescribed(
            prescription_id=UUID(int=8_000),
            rx_version=1,
            timing_profile="SL-STD",
            sessions_authorised=2,
            valid_from=play.intake.now,
            valid_until=play.intake.now + timedelta(days=90),
        )
    )
    play.hear_all()
    assert play.course.status is CourseStatus.ACTIVE
    return play


def held(play: Play) -> list[HoldCategory]:
    return [event.category for event in play.told(SafetyHoldPlaced)]


@pytest.mark.parametrize("before", [in_screening, waiting])
@pytest.mark.parametrize("finding", [ABSOLUTE, PERSISTENT, GRAVER])
def test_before_an_approval_what_is_absolute_declines(
    before: type[Play], finding: StatedFinding
) -> None:
    play = before()
    found(play, finding)
    assert play.course.status is CourseStatus.DECLINED
    assert len(play.told(ClientDeclined)) == 1
    assert play.told(ApprovalRevoked) == []


@pytest.mark.parametrize("before", [in_screening, waiting])
def test_before_an_approval_what_is_relative_is_a_flag_for_the_prescriber(
    before: type[Play],
) -> None:
    play = before()
    status = play.course.status
    found(play, RELATIVE)
    assert (play.course.status, held(play)) == (status, [])
    if status is CourseStatus.AWAITING_MEDICAL:
        requests = play.told(MedicalAssessmentRequested)
        assert [request.review_flags for request in requests] == [0, 1]


@pytest.mark.parametrize("before", [approved, prescribed])
@pytest.mark.parametrize("finding", [ABSOLUTE, PERSISTENT, GRAVER])
def test_after_an_approval_what_is_absolute_revokes_and_holds(
    before: type[Play], finding: StatedFinding
) -> None:
    play = before()
    found(play, finding)
    assert play.course.status is CourseStatus.SCREENING
    assert len(play.told(ApprovalRevoked)) == 1
    (hold,) = play.told(SafetyHoldPlaced)
    assert (hold.category, hold.severity) == (HoldCategory.CONTRAINDICATION, HoldSeverity.STOP)
    assert hold.finding_ref is not None
    assert play.told(ClientDeclined) == []


@pytest.mark.parametrize("before", [approved, prescribed])
def test_after_an_approval_what_is_relative_holds_once_and_leaves_the_approval(
    before: type[Play],
) -> None:
    play = before()
    status = play.course.status
    found(play, RELATIVE)
    found(play, RELATIVE)
    assert play.course.status is status
    assert held(play) == [HoldCategory.CONTRAINDICATION]
    assert play.told(ApprovalRevoked) == []


@pytest.mark.parametrize("before", [in_screening, waiting, approved, prescribed])
def test_a_crisis_holds_whenever_it_is_found_and_ends_nothing(before: type[Play]) -> None:
    play = before()
    status = play.course.status
    found(play, CRISIS)
    assert (play.course.status, held(play)) == (status, [HoldCategory.SUICIDALITY])


@pytest.mark.parametrize("before", [in_screening, waiting, approved, prescribed])
def test_an_effect_of_the_medicine_is_no_finding_whenever_it_is_told(before: type[Play]) -> None:
    """C-08: expected while it acts; what persists afterwards is a finding."""
    play = before()
    status = play.course.status
    found(play, EXPECTED)
    assert (play.course.status, held(play)) == (status, [])
    (screening,) = play.intake.screenings.states.values()
    assert screening.findings == ()
