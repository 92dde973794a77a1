from uuid import uuid4

import pytest

from services.prescribing.domain.events import SafetyHoldLifted, SafetyHoldPlaced
from services.prescribing.domain.hold import Hold
from services.prescribing.domain.people import Clinician
from shared.decisions import Refused
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    THERAPIST,
    at,
    slugs,
)


def placed(category: HoldCategory) -> Hold:
    return Hold.place(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        category=category,
        cause="test",
        at=at("09:40"),
        by=Role.NURSE,
    ).state


def test_a_hold_says_what_it_blocks_and_how_hard() -> None:
    change = Hold.place(
        uuid4(),
        client_id=CLIENT,
        course_id=COURSE,
        session_id=SESSION,
        category=HoldCategory.VITALS,
        cause="test",
        at=at("09:45"),
        by=Role.NURSE,
    )

    (event,) = change.events
    assert isinstance(event, SafetyHoldPlaced)
    assert (event.blocks, event.severity) == ((HoldBlock.DOSE,), HoldSeverity.PAUSE)


@pytest.mark.parametrize(
    "category", [HoldCategory.CONSENT, HoldCategory.LOGISTICS, HoldCategory.AFTERCARE]
)
def test_a_hold_that_others_own_is_not_placed_here(category: HoldCategory) -> None:
    with pytest.raises(Refused) as refused:
        placed(category)

    assert slugs(refused.value) == {"hold-not-ours"}


def test_an_adverse_event_hold_needs_both_signatures() -> None:
    """INV-31: one role alone never lifts it."""
    hold = placed(HoldCategory.ADVERSE_EVENT)

    once = hold.sign(THERAPIST, at("15:00"))
    assert once.state.open
    assert once.events == ()
    assert once.state.missing_signatures == {Role.PRESCRIBER}

    twice = once.state.sign(PRESCRIBER, at("15:05"))
    assert not twice.state.open
    assert [type(e) for e in twice.events] == [SafetyHoldLifted]


def test_the_same_role_twice_is_one_signature() -> None:
    hold = placed(HoldCategory.ADVERSE_EVENT)
    other_therapist = Clinician(role=Role.THERAPIST, ref=uuid4())

    again = hold.sign(THERAPIST, at("15:00")).state.sign(other_therapist, at("15:05"))

    assert again.state.open
    assert again.events == ()


def test_one_person_in_two_roles_is_not_two_people() -> None:
    """INV-40."""
    both = Clinician(role=Role.THERAPIST, ref=PRESCRIBER.ref)
    signed = placed(HoldCategory.CONTRAINDICATION).sign(PRESCRIBER, at("15:00")).state

    with pytest.raises(Refused) as refused:
        signed.sign(both, at("15:05"))

    assert slugs(refused.value) == {"two-people-needed"}


@pytest.mark.parametrize("category", [HoldCategory.ADVERSE_EVENT, HoldCategory.MEDICAL])
def test_a_role_without_the_say_cannot_sign(category: HoldCategory) -> None:
    with pytest.raises(Refused) as refused:
        placed(category).sign(NURSE, at("15:00"))

    assert slugs(refused.value) == {"role-may-not-lift"}


def test_suicidality_is_lifted_only_with_a_safety_plan() -> None:
    """C-09."""
    signed = placed(HoldCategory.SUICIDALITY).sign(THERAPIST, at("15:00")).state
    with pytest.raises(Refused) as refused:
        signed.sign(PRESCRIBER, at("15:05"))
    assert slugs(refused.value) == {"safety-plan-not-recorded"}

    lifted = signed.sign(PRESCRIBER, at("15:05"), safety_plan_recorded=True)
    assert not lifted.state.open


def test_the_prescriber_alone_lifts_a_medical_hold() -> None:
    lifted = placed(HoldCategory.MEDICAL).sign(PRESCRIBER, at("15:00"))

    assert [e.lifted_by_roles for e in lifted.events] == [(Role.PRESCRIBER,)]  # type: ignore[union-attr]


def test_only_a_vitals_hold_goes_with_a_passing_check() -> None:
    assert not placed(HoldCategory.VITALS).pass_check(at("10:00"), Role.NURSE).state.open
    assert placed(HoldCategory.MEDICAL).pass_check(at("10:00"), Role.NURSE).state.open


def test_a_lifted_hold_stays_lifted() -> None:
    lifted = placed(HoldCategory.MEDICAL).sign(PRESCRIBER, at("15:00")).state

    with pytest.raises(Refused) as refused:
        lifted.sign(PRESCRIBER, at("15:01"))

    assert slugs(refused.value) == {"hold-already-lifted"}
    assert lifted.open_at(at("14:59"))
    assert not lifted.open_at(at("15:00"))
    assert not lifted.open_at(at("09:39"))
