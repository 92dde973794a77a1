"""What each shipped clinic takes from its seed (clinical specification, section 10)."""

import pytest

from shared.protocol import (
    ClinicProtocol,
    EngagementStyle,
    FindingCode,
    Grade,
    Indication,
    Programme,
    Route,
    Setting,
)
from shared.protocol.loader import CLINICS, load_protocol


def _clinic(name: str) -> ClinicProtocol:
    return load_protocol(CLINICS / f"{name}.yaml")


def test_the_five_seeds_the_default_and_the_certified_programme_are_shipped() -> None:
    assert sorted(path.stem for path in CLINICS.glob("*.yaml")) == [
        "beverly_hills",
        "california_virtual",
        "collaborative_lozenge",
        "default",
        "esketamine",
        "mood_and_pain",
        "what_to_expect",
    ]


def test_beverly_hills() -> None:
    clinic = _clinic("beverly_hills")
    block = clinic.dosing.block_minutes
    assert (block.min, block.max) == (75, 180)
    assert clinic.prep.min_sessions == 1
    assert (clinic.course.recommended_min, clinic.course.recommended_target) == (3, 6)
    assert clinic.talk_sessions.consultation_first


def test_california_virtual() -> None:
    clinic = _clinic("california_virtual")
    assert clinic.talk_sessions.settings_allowed[0] is Setting.VIRTUAL
    assert clinic.dosing.settings_allowed == (Setting.IN_CLINIC,)
    assert {Indication.OCD, Indication.BIPOLAR} <= set(clinic.course.indications)
    bipolar = clinic.screening.finding(FindingCode.BIPOLAR_DX)
    assert bipolar.grade is Grade.RELATIVE
    assert bipolar.review_each_dosing_day
    assert clinic.aftercare.enhanced_checkins_hours[0] < clinic.aftercare.checkins_hours[0]


def test_collaborative_lozenge() -> None:
    clinic = _clinic("collaborative_lozenge")
    assert (clinic.prep.min_sessions, clinic.prep.typical_max) == (2, 3)
    assert clinic.dosing.block_minutes.default == 180
    assert clinic.routes_enabled == (Route.SL,)
    assert clinic.timing_profile("SL-STD") == ClinicProtocol().timing_profile("SL-STD")
    assert clinic.course.review_every == 6


def test_what_to_expect() -> None:
    clinic = _clinic("what_to_expect")
    block = clinic.dosing.block_minutes
    assert (block.min, block.max) == (60, 120)
    assert [code for code, _ in clinic.profiles()] == ["IM-STD"]
    assert clinic.talk_sessions.integration_action_items
    assert clinic.course.followup_days < ClinicProtocol().course.followup_days


def test_mood_and_pain() -> None:
    clinic = _clinic("mood_and_pain")
    assert clinic.course.programmes == (Programme.MOOD, Programme.PAIN)
    assert clinic.preferences.engagement_style is EngagementStyle.REASSURANCE
    default = ClinicProtocol().dosing
    assert clinic.dosing.opening_minutes > default.opening_minutes
    assert clinic.dosing.assent_validity_minutes < default.assent_validity_minutes


@pytest.mark.parametrize("name", ["beverly_hills", "what_to_expect"])
def test_where_short_blocks_are_the_point_even_the_shortest_fits(name: str) -> None:
    clinic = _clinic(name)
    for _, profile in clinic.profiles():
        assert clinic.dosing.fits(clinic.dosing.block_minutes.min, profile)


def test_in_the_default_clinic_the_shortest_block_does_not_fit_a_lozenge() -> None:
    clinic = ClinicProtocol()
    sublingual = clinic.timing_profile("SL-STD")
    assert not clinic.dosing.fits(clinic.dosing.block_minutes.min, sublingual)
