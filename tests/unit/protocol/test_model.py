"""What rules read from a protocol: profiles, findings, holds, quiet hours."""

from datetime import time

import pytest

from shared.protocol import (
    FINDINGS,
    HOLD_RULES,
    ClinicProtocol,
    Dosing,
    FindingCode,
    FindingContext,
    Grade,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    ProtocolProfile,
    QuietHours,
    Role,
    Route,
    Screening,
    TimingProfile,
    UnknownTimingProfile,
)

OWN = TimingProfile(route=Route.SL, onset=10, peak_until=40, offset_min=90, offset_max=140)


def test_the_sublingual_profile_is_the_seeds() -> None:
    profile = ClinicProtocol().timing_profile("SL-STD")
    assert (profile.onset, profile.peak_until) == (15, 55)
    assert (profile.offset_min, profile.offset_max) == (115, 175)


def test_a_clinics_profile_overrides_the_built_in_one() -> None:
    assert ClinicProtocol(timing_profiles={"SL-STD": OWN}).timing_profile("SL-STD") is OWN
    assert ClinicProtocol(timing_profiles={"TP1": OWN}).timing_profile("TP1") is OWN


@pytest.mark.parametrize("protocol", [ClinicProtocol(), ClinicProtocol(timing_profiles={})])
def test_an_unknown_profile_is_an_error(protocol: ClinicProtocol) -> None:
    with pytest.raises(UnknownTimingProfile):
        protocol.timing_profile("SL-XXX")


def test_a_withdrawn_profile_is_unknown_and_not_offered() -> None:
    protocol = ClinicProtocol(timing_profiles={"SL-STD": None})
    with pytest.raises(UnknownTimingProfile):
        protocol.timing_profile("SL-STD")
    assert [code for code, _ in protocol.profiles()] == ["IM-STD"]


def test_only_enabled_routes_are_offered() -> None:
    protocol = ClinicProtocol(routes_enabled=(Route.IM, Route.IN), timing_profiles={"TP1": OWN})
    assert [code for code, _ in protocol.profiles()] == ["IM-STD", "IN-STD"]


def test_esketamine_replaces_the_other_intranasal_profile() -> None:
    protocol = ClinicProtocol(
        protocol_profile=ProtocolProfile.ESKETAMINE_REMS, routes_enabled=(Route.IN,)
    )
    assert [code for code, _ in protocol.profiles()] == ["IN-ESK"]


@pytest.mark.parametrize(("block", "fits"), [(135, True), (134, False)])
def test_effects_must_clear_within_block_and_buffer(block: int, fits: bool) -> None:
    sublingual = ClinicProtocol().timing_profile("SL-STD")
    assert Dosing(opening_minutes=20, overrun_buffer_minutes=60).fits(block, sublingual) is fits


def test_a_diagnosis_is_told_apart_from_a_state() -> None:
    screening = Screening()
    mania = screening.finding(FindingCode.MANIA_CURRENT)
    bipolar = screening.finding(FindingCode.BIPOLAR_DX)
    assert mania.grade is Grade.ABSOLUTE
    assert bipolar.grade is Grade.RELATIVE
    assert bipolar.review_each_dosing_day
    assert bipolar.hold is None


def test_a_crisis_is_held_and_not_declined() -> None:
    crisis = Screening().finding(FindingCode.SUICIDALITY_HIGH)
    assert crisis.grade is Grade.RELATIVE
    assert crisis.hold is HoldCategory.SUICIDALITY


def test_a_stricter_grade_places_a_hold() -> None:
    strict = Screening(grades={FindingCode.SUD_REMISSION: Grade.ABSOLUTE})
    finding = strict.finding(FindingCode.SUD_REMISSION)
    assert finding.grade is Grade.ABSOLUTE
    assert finding.hold is HoldCategory.CONTRAINDICATION


def test_an_expected_effect_is_no_finding() -> None:
    hallucinations = FINDINGS[FindingCode.HALLUCINATIONS]
    assert not hallucinations.applies(FindingContext.DRUG_EXPECTED)
    assert hallucinations.applies(FindingContext.BASELINE)
    assert hallucinations.applies(FindingContext.PERSISTENT)


def test_every_finding_and_every_category_has_its_rule() -> None:
    assert set(FINDINGS) == set(FindingCode)
    assert set(HOLD_RULES) == set(HoldCategory)


@pytest.mark.parametrize(
    ("category", "blocks", "severity"),
    [
        ("contraindication", "book start dose", "stop"),
        ("suicidality", "start dose", "stop"),
        ("consent", "start dose", "stop"),
        ("medical", "start dose", "stop"),
        ("vitals", "dose", "pause"),
        ("adverse_event", "book start dose", "stop"),
        ("logistics", "start dose", "pause"),
        ("administrative", "book", "pause"),
        ("aftercare", "book start dose", "pause"),
    ],
)
def test_the_table_of_holds(category: str, blocks: str, severity: str) -> None:
    rule = HOLD_RULES[HoldCategory(category)]
    assert rule.blocks == {HoldBlock(block) for block in blocks.split()}
    assert rule.severity is HoldSeverity(severity)


@pytest.mark.parametrize("category", ["contraindication", "suicidality", "adverse_event"])
def test_one_signature_of_two_is_not_enough(category: str) -> None:
    rule = HOLD_RULES[HoldCategory(category)]
    assert not rule.signed_off([Role.THERAPIST])
    assert rule.missing([Role.THERAPIST]) == {Role.PRESCRIBER}
    assert not rule.signed_off([Role.THERAPIST, Role.NURSE])
    assert rule.signed_off([Role.PRESCRIBER, Role.THERAPIST])
    assert rule.missing([Role.PRESCRIBER, Role.THERAPIST]) == frozenset()


def test_one_of_several_roles_is_enough_for_logistics() -> None:
    rule = HOLD_RULES[HoldCategory.LOGISTICS]
    assert rule.signed_off([Role.FRONT_DESK])
    assert not rule.signed_off([Role.PRESCRIBER])
    assert rule.missing([]) == {Role.FRONT_DESK, Role.THERAPIST}


def test_nobody_signs_away_a_missing_consent() -> None:
    rule = HOLD_RULES[HoldCategory.CONSENT]
    assert not rule.signed_off(list(Role))
    assert rule.lifted_by_fact == "consent_granted"


@pytest.mark.parametrize(
    ("start", "end", "quiet", "loud"),
    [
        (time(21), time(8), [time(21), time(0), time(7, 59)], [time(8), time(20, 59)]),
        (time(13), time(14), [time(13)], [time(12, 59), time(14), time(0)]),
    ],
)
def test_quiet_hours_may_pass_over_midnight(
    start: time, end: time, quiet: list[time], loud: list[time]
) -> None:
    hours = QuietHours(start=start, end=end)
    assert all(hours.covers(at) for at in quiet)
    assert not any(hours.covers(at) for at in loud)
