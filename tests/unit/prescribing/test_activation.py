from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.activation import ActivationFacts, activation_decision
from services.prescribing.domain.course_facts import CareTeam
from services.prescribing.domain.registration import Registration
from tests.unit.prescribing.clinic import (
    PRESCRIBER,
    PROTOCOL,
    SECOND_PRESCRIBER,
    ZONE,
    at,
    cleared_assessment,
    course,
    draft,
    terms,
    told,
)

NOW = at("08:30")


def facts(**changes: Any) -> ActivationFacts:
    good = ActivationFacts(
        prescription=draft(),
        assessment=cleared_assessment(),
        course=course(),
        registration=Registration(
            id=PRESCRIBER.ref,
            licence_valid_until=NOW + timedelta(days=300),
            dea_valid_until=NOW + timedelta(days=200),
            recorded_at=NOW,
            dea_number="AB1234563",
        ),
        active=None,
        protocol=PROTOCOL,
        by=PRESCRIBER.ref,
        now=NOW,
        zone=ZONE,
    )
    return replace(good, **changes)


def test_it_is_allowed_when_everything_is_in_place() -> None:
    decision = activation_decision(facts())

    assert decision.allowed
    assert {v.slug for v in decision.verdicts} >= {"assessment-not-valid", "pdmp-check-not-fresh"}


@pytest.mark.parametrize(
    ("changes", "slug"),
    [
        ({"assessment": None}, "assessment-not-valid"),
        ({"assessment": cleared_assessment(valid_until=at("08:29"))}, "assessment-not-valid"),
        ({"course": course().revoke_approval(UUID(int=20), "e")}, "approval-not-current"),
        ({"course": replace(course(), approvals=course().consents)}, None),
        ({"course": course().close(told(at("08:00")))}, "course-ended"),
        ({"active": uuid4()}, "another-prescription-active"),
        ({"by": SECOND_PRESCRIBER.ref}, "author-not-care-team-prescriber"),
        (
            {
                "course": course().assign(
                    2, told(CareTeam(therapist_ref=None, prescriber_ref=SECOND_PRESCRIBER.ref))
                )
            },
            "author-not-care-team-prescriber",
        ),
        ({"registration": None}, "registration-not-valid"),
        ({"now": NOW + timedelta(days=200)}, "registration-not-valid"),
        ({"prescription": draft(pdmp_checked_at=NOW - timedelta(days=91))}, "pdmp-check-not-fresh"),
        (
            {"prescription": draft(pdmp_checked_at=NOW + timedelta(minutes=1))},
            "pdmp-check-not-fresh",
        ),
        ({"prescription": draft(terms=terms(amount_mg=500.0))}, "second-prescriber-not-confirmed"),
    ],
)
def test_one_missing_condition_refuses(changes: dict[str, Any], slug: str | None) -> None:
    decision = activation_decision(facts(**changes))

    assert decision.allowed is (slug is None)
    assert slug is None or slug in {r.slug for r in decision.refusals}


def test_a_confirmed_amount_above_the_ceiling_is_allowed() -> None:
    rx = draft(terms=terms(amount_mg=500.0)).confirm(SECOND_PRESCRIBER, at("08:10")).state

    assert activation_decision(facts(prescription=rx)).allowed


def test_an_amount_never_shows_in_a_refusal() -> None:
    """Law 4: the ceiling refuses without saying how much."""
    decision = activation_decision(facts(prescription=draft(terms=terms(amount_mg=777.0))))

    assert not any("777" in str(r.facts) for r in decision.refusals)
