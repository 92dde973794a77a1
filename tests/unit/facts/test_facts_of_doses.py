"""Facts about routes, amounts and effects, beside the rules that keep them."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.notifications.domain.alerts import ROUTES, AlertKind
from services.prescribing.domain.activation import activation_decision
from services.prescribing.domain.adverse_event import AdverseEvent, AdverseEventCode
from services.prescribing.domain.effects import ExpectedEffect, context_of
from services.prescribing.domain.medical_assessment import MedicalAssessment
from services.prescribing.domain.observing import observation
from services.prescribing.domain.prescribing_limits import above_ceiling, require_terms
from services.prescribing.domain.prescription_elements import FORMS, DoseTier, usual_form
from services.prescribing.domain.vocabulary import PrescriptionKind
from shared.decisions import Refused
from shared.protocol import ClinicProtocol, FindingContext, Role, Route
from shared.protocol.timing import BUILT_IN_PROFILES
from tests.unit.prescribing import test_activation
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    ZONE,
    active,
    at,
    requested,
    slugs,
    terms,
)

DEFAULT = ClinicProtocol()


def test_there_are_five_routes_and_each_has_its_forms() -> None:
    """F55, F56."""
    assert {route.value for route in Route} == {"IV", "IM", "SL", "PO", "IN"}
    assert set(FORMS) == set(Route)
    assert {usual_form(route) for route in Route}
    assert {profile.route for profile in BUILT_IN_PROFILES.values()} == set(Route)


@pytest.mark.parametrize(
    ("route", "profile", "enabled"), [(Route.SL, "SL-STD", True), (Route.IV, "IV-STD", False)]
)
def test_a_clinic_gives_the_routes_that_it_enabled(
    route: Route, profile: str, enabled: bool
) -> None:
    """F56, C-13."""

    def written() -> None:
        require_terms(
            terms(timing_profile=profile, amount_mg=20.0, weight_kg=80.0),
            kind=PrescriptionKind.PRESCRIPTION,
            route=route,
            start=at("08:00"),
            protocol=DEFAULT,
            zone=ZONE,
        )

    assert (route in DEFAULT.routes_enabled) == enabled
    if enabled:
        written()
        return
    with pytest.raises(Refused) as refused:
        written()
    assert "route-not-enabled" in slugs(refused.value)


@pytest.mark.parametrize(
    ("route", "highest"),
    [(Route.SL, 400.0), (Route.PO, 300.0), (Route.IM, 150.0), (Route.IN, 84.0), (Route.IV, 80.0)],
)
def test_doses_stay_below_the_ceiling_of_their_route(route: Route, highest: float) -> None:
    """F57, F12, 3.6: at it is below it; one milligram more asks for a second prescriber."""
    rules = DEFAULT.prescription
    at_it = terms(amount_mg=highest, weight_kg=80.0)
    assert not above_ceiling(at_it, route, rules)
    assert above_ceiling(replace(at_it, amount_mg=highest + 1), route, rules)
    if route is Route.IV:
        assert above_ceiling(replace(at_it, weight_kg=None), route, rules)


def test_low_or_moderate_is_the_prescribers_word_and_stays_here() -> None:
    """F58, C-19."""
    assert [tier.value for tier in DoseTier] == ["low", "moderate"]
    rx = active()
    (event,) = rx.amend(
        replace(rx.terms, dose_tier=DoseTier.MODERATE), at=at("09:00"), by=PRESCRIBER
    ).events
    assert "tier" not in " ".join(event.__dataclass_fields__)


def test_each_session_has_an_order_of_its_own() -> None:
    """F59: two sessions may have different doses, and one order never serves both."""
    one, two = requested(), requested(session_id=uuid4())
    assert one.id != two.id
    assert one.session_id == SESSION != two.session_id


def test_the_sublingual_profile() -> None:
    """F61 to F63, C-05: fifteen minutes, forty of peak, one to two hours to clear."""
    lozenge = BUILT_IN_PROFILES["SL-STD"]
    assert lozenge.onset == 15
    assert lozenge.peak_until == 15 + 40
    assert (lozenge.offset_min, lozenge.offset_max) == (55 + 60, 55 + 120)


@pytest.mark.parametrize("code", sorted(BUILT_IN_PROFILES))
def test_effects_rise_to_a_peak_and_then_fall(code: str) -> None:
    """F62: and whatever a profile says, nobody is observed for less than its earliest end."""
    profile = BUILT_IN_PROFILES[code]
    assert 0 < profile.onset <= profile.peak_until <= profile.offset_min <= profile.offset_max
    minutes = (
        observation(DEFAULT, code).total_seconds() / 60
        if code in dict(DEFAULT.profiles())
        else DEFAULT.recovery.min_observation_minutes
    )
    assert minutes >= min(profile.offset_min, 120)


@pytest.mark.parametrize(
    ("clock", "context"),
    [
        ("10:00", FindingContext.DRUG_EXPECTED),
        ("12:54", FindingContext.DRUG_EXPECTED),
        ("12:55", FindingContext.PERSISTENT),
    ],
)
def test_for_safety_the_latest_end_counts(clock: str, context: FindingContext) -> None:
    """C-05, C-08, F83: a change is expected until the latest end, and a finding after it."""
    assert [one.value for one in ExpectedEffect] == ["perception", "mood", "thought_patterns"]
    assert context_of(at(clock), at("12:55")) is context
    assert context_of(at(clock), None) is FindingContext.BASELINE


@pytest.mark.parametrize(
    "code",
    [
        AdverseEventCode.NAUSEA,
        AdverseEventCode.DIZZINESS,
        AdverseEventCode.FATIGUE,
        AdverseEventCode.ANXIETY,
        AdverseEventCode.CONFUSION,
        AdverseEventCode.DISCOMFORT,
    ],
)
def test_side_effects_are_recorded_and_not_serious_by_themselves(code: AdverseEventCode) -> None:
    """F84, F85."""
    recorded = AdverseEvent.record(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        code=code,
        serious=False,
        occurred_at=at("10:30"),
        by=NURSE,
        now=at("10:30"),
    ).state
    assert (recorded.serious, recorded.report_due_at) == (False, None)


def test_expected_effects_are_no_adverse_events() -> None:
    """F83: there is no code for them; what persists has one."""
    codes = {code.value for code in AdverseEventCode}
    assert not codes & {effect.value for effect in ExpectedEffect}
    assert "persistent_perceptual_change" in codes


def test_assessment_before_approval_before_prescription() -> None:
    """C-20, F20, F21, C-14: a draft without either stays a draft."""
    assert activation_decision(test_activation.facts()).allowed
    without = activation_decision(test_activation.facts(assessment=None))
    assert [one.slug for one in without.refusals] == ["assessment-not-valid"]
    unapproved = test_activation.facts().course
    revoked = replace(
        unapproved,
        approvals=unapproved.approvals.remove(next(iter(unapproved.approvals.members)), "r"),
    )
    without = activation_decision(test_activation.facts(course=revoked))
    assert [one.slug for one in without.refusals] == ["approval-not-current"]


def test_an_assessment_is_answered_once_by_the_request_it_names() -> None:
    """F19, F21: a prescriber's, and not the therapist's."""
    opened = MedicalAssessment.open_for(
        uuid4(), client_id=CLIENT, course_id=COURSE, requested_at=at("08:00"), review_flags=0
    ).state
    assert opened.completed is None


@pytest.mark.parametrize(
    "kind",
    [
        AlertKind.HOLD_PLACED,
        AlertKind.APPROVAL_REVOKED,
        AlertKind.PRESCRIPTION_REVOKED,
        AlertKind.SERIOUS_ADVERSE_EVENT,
        AlertKind.ADVERSE_EVENT,
    ],
)
def test_both_roles_hear_of_what_concerns_safety(kind: AlertKind) -> None:
    """F36, F37: care is coordinated between both."""
    assert {Role.THERAPIST, Role.PRESCRIBER} <= set(ROUTES[kind].roles)
