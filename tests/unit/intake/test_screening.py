"""Grading findings by the protocol's table (C-06 to C-09)."""

from uuid import UUID

import pytest

from services.intake.domain.offered_care import require_offered
from services.intake.domain.screening import (
    Screened,
    Screening,
    ScreeningStatus,
    StatedFinding,
    Submission,
    submit,
)
from shared.decisions import Refused
from shared.protocol import Course as CourseProtocol
from shared.protocol import FindingCode, FindingContext, Grade, Indication, Programme
from shared.protocol import Screening as ScreeningProtocol
from tests.unit.intake.courses import CLIENT, COURSE, MORNING, PROTOCOL, THERAPIST, slugs

BLANK = Screening(id=UUID(int=5), client_id=CLIENT, course_id=COURSE)


def screen(
    *stated: StatedFinding,
    indications: tuple[Indication, ...] = (Indication.DEPRESSION,),
    before: Screening = BLANK,
    protocol: ScreeningProtocol = PROTOCOL.screening,
    first_id: int = 100,
) -> Screened:
    return submit(
        before,
        submission=Submission(
            submitted_at=MORNING,
            submitted_by=THERAPIST,
            programme=Programme.MOOD,
            indications=indications,
        ),
        stated=stated,
        finding_ids=tuple(UUID(int=first_id + n) for n in range(len(stated) + len(indications))),
        protocol=protocol,
    )


def test_nothing_found_is_clear() -> None:
    screened = screen()
    assert screened.change.state.status is ScreeningStatus.CLEAR
    assert screened.change.state.review_flags == 0


def test_current_mania_excludes_and_the_diagnosis_alone_is_a_review() -> None:
    manic = screen(
        StatedFinding(code=FindingCode.MANIA_CURRENT), StatedFinding(code=FindingCode.BIPOLAR_DX)
    )
    assert [finding.code for finding in manic.absolute] == [FindingCode.MANIA_CURRENT]
    assert manic.change.state.status is ScreeningStatus.EXCLUDED
    calm = screen(StatedFinding(code=FindingCode.BIPOLAR_DX))
    assert calm.absolute == ()
    assert calm.change.state.status is ScreeningStatus.REVIEW


def test_hallucinations_at_baseline_exclude_and_as_a_drug_effect_are_no_finding() -> None:
    baseline = screen(StatedFinding(code=FindingCode.HALLUCINATIONS))
    assert baseline.change.state.status is ScreeningStatus.EXCLUDED
    expected = screen(
        StatedFinding(code=FindingCode.HALLUCINATIONS, context=FindingContext.DRUG_EXPECTED)
    )
    assert expected.found == ()
    assert expected.change.state.status is ScreeningStatus.CLEAR


def test_hallucinations_that_persist_after_the_medicine_exclude() -> None:
    screened = screen(
        StatedFinding(code=FindingCode.HALLUCINATIONS, context=FindingContext.PERSISTENT)
    )
    assert len(screened.absolute) == 1


def test_only_an_effect_of_the_medicine_can_be_put_down_to_it() -> None:
    with pytest.raises(Refused) as refused:
        screen(StatedFinding(code=FindingCode.PREGNANCY, context=FindingContext.DRUG_EXPECTED))
    assert slugs(refused) == ["not-an-effect-of-the-medicine"]


def test_uncontrolled_addiction_excludes_and_a_treated_one_is_a_review() -> None:
    assert screen(StatedFinding(code=FindingCode.SUD_ACTIVE_UNCONTROLLED)).absolute
    assert screen(StatedFinding(code=FindingCode.KETAMINE_MISUSE)).absolute
    assert screen(StatedFinding(code=FindingCode.SUD_REMISSION)).relative


def test_high_suicidality_is_a_crisis_and_excludes_nobody() -> None:
    screened = screen(StatedFinding(code=FindingCode.SUICIDALITY_HIGH))
    assert len(screened.crises) == 1
    assert screened.absolute == ()
    assert screened.relative == ()
    assert screened.change.state.status is ScreeningStatus.CRISIS


def test_a_clinician_may_grade_graver_but_never_milder() -> None:
    graver = screen(StatedFinding(code=FindingCode.CARDIOVASCULAR_DISEASE, severity=Grade.ABSOLUTE))
    assert graver.absolute
    milder = screen(StatedFinding(code=FindingCode.MANIA_CURRENT, severity=Grade.RELATIVE))
    assert milder.absolute


def test_a_clinics_stricter_grade_counts() -> None:
    strict = ScreeningProtocol(grades={FindingCode.HYPERTHYROIDISM: Grade.ABSOLUTE})
    stated = StatedFinding(code=FindingCode.HYPERTHYROIDISM)
    assert screen(stated, protocol=strict).absolute
    assert not screen(stated).absolute


@pytest.mark.parametrize(
    ("indication", "implied"),
    [
        (Indication.BIPOLAR, FindingCode.BIPOLAR_DX),
        (Indication.ADDICTION, FindingCode.SUD_AS_INDICATION),
    ],
)
def test_an_indication_that_needs_a_prescribers_eye_brings_its_finding(
    indication: Indication, implied: FindingCode
) -> None:
    screened = screen(indications=(indication,))
    assert [finding.code for finding in screened.found] == [implied]
    assert screened.change.state.review_flags == 1


def test_an_implied_finding_that_is_stated_too_counts_once() -> None:
    screened = screen(
        StatedFinding(code=FindingCode.BIPOLAR_DX),
        indications=(Indication.BIPOLAR, Indication.BIPOLAR),
    )
    assert screened.change.state.review_flags == 1


def test_findings_stay_and_keep_their_ids_when_history_comes_again() -> None:
    first = screen(StatedFinding(code=FindingCode.BIPOLAR_DX)).change.state
    second = screen(
        StatedFinding(code=FindingCode.BIPOLAR_DX),
        StatedFinding(code=FindingCode.HYPERTHYROIDISM),
        before=first,
        first_id=200,
    )
    after = second.change.state
    assert after.review_flags == 2
    assert len(after.submissions) == 2
    assert after.findings[0] == first.findings[0]
    assert second.found[0].finding_id == first.findings[0].finding_id


def test_a_later_clean_form_does_not_wash_a_finding_away() -> None:
    first = screen(StatedFinding(code=FindingCode.MANIA_CURRENT)).change.state
    assert screen(before=first).change.state.status is ScreeningStatus.EXCLUDED


def test_what_is_treated_opens_the_crisis_pathway_once_and_a_new_high_screen_again() -> None:
    """F07: the indication is told with every form; it is news the first time only."""
    first = screen(indications=(Indication.SUICIDAL_IDEATION,))
    assert [one.code for one in first.crises] == [FindingCode.SUICIDALITY_AS_INDICATION]
    assert first.change.state.status is ScreeningStatus.CRISIS
    again = screen(
        StatedFinding(code=FindingCode.SUICIDALITY_HIGH),
        indications=(Indication.SUICIDAL_IDEATION,),
        before=first.change.state,
        first_id=200,
    )
    assert [one.code for one in again.crises] == [FindingCode.SUICIDALITY_HIGH]
    third = screen(
        StatedFinding(code=FindingCode.SUICIDALITY_HIGH),
        indications=(Indication.SUICIDAL_IDEATION,),
        before=again.change.state,
        first_id=300,
    )
    assert [one.code for one in third.crises] == [FindingCode.SUICIDALITY_HIGH]
    assert third.new == ()


def test_the_programme_is_that_of_the_newest_form() -> None:
    assert BLANK.programme is None
    assert screen().change.state.programme is Programme.MOOD


@pytest.mark.parametrize(
    ("course", "slug"),
    [
        (CourseProtocol(programmes=(Programme.PAIN,)), "programme-not-offered"),
        (CourseProtocol(indications=(Indication.OCD,)), "indication-not-treated-here"),
    ],
)
def test_a_clinic_treats_what_its_protocol_names(course: CourseProtocol, slug: str) -> None:
    require_offered(CourseProtocol(), Programme.MOOD, tuple(Indication))
    with pytest.raises(Refused) as refused:
        require_offered(course, Programme.MOOD, (Indication.DEPRESSION,))
    assert slugs(refused) == [slug]
