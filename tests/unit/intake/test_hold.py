"""Holds of intake: strict by table, lifted by every role for itself (ruling 19, INV-31, 32, 40)."""

from uuid import UUID

import pytest

from services.intake.domain.events import DomainEvent, SafetyHoldLifted, SafetyHoldPlaced
from services.intake.domain.hold import Hold, HoldCause, lift_by_new_grant, place, sign_lift
from shared.decisions import Change, Refused
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity, Role
from tests.unit.intake.courses import (
    CLIENT,
    COURSE,
    MORNING,
    PRESCRIBER,
    THERAPIST,
    later,
    slugs,
)

HOLD = UUID(int=80)
BOOK, START, DOSE, DISCHARGE = HoldBlock


def placed(category: HoldCategory, by: str = "therapist", **more: object) -> Hold:
    return place(
        hold_id=HOLD,
        client_id=CLIENT,
        course_id=COURSE,
        category=category,
        cause=HoldCause.STAFF,
        cause_ref="x",
        placed_by_role=by,
        now=MORNING,
        **more,  # type: ignore[arg-type]
    ).state


def lift(
    hold: Hold, role: Role, ref: UUID | None, safety_plan: str | None = None
) -> Change[Hold, DomainEvent]:
    return sign_lift(hold, role=role, ref=ref, safety_plan=safety_plan, now=later(hours=1))


@pytest.mark.parametrize(
    ("category", "blocks", "severity"),
    [
        (HoldCategory.CONTRAINDICATION, (BOOK, START, DOSE), HoldSeverity.STOP),
        (HoldCategory.SUICIDALITY, (START, DOSE), HoldSeverity.STOP),
        (HoldCategory.CONSENT, (START, DOSE), HoldSeverity.STOP),
        (HoldCategory.AFTERCARE, (BOOK, START, DOSE), HoldSeverity.PAUSE),
        (HoldCategory.ADMINISTRATIVE, (BOOK,), HoldSeverity.PAUSE),
    ],
)
def test_a_hold_is_as_the_table_has_it(
    category: HoldCategory, blocks: tuple[HoldBlock, ...], severity: HoldSeverity
) -> None:
    hold = placed(category)
    assert (hold.blocks, hold.severity) == (blocks, severity)


def test_a_hold_may_be_stricter_than_the_table_and_never_milder() -> None:
    stricter = placed(
        HoldCategory.ADMINISTRATIVE, more_blocks=(DISCHARGE,), severity=HoldSeverity.STOP
    )
    assert stricter.blocks == (BOOK, DISCHARGE)
    assert stricter.severity is HoldSeverity.STOP
    milder = placed(HoldCategory.CONTRAINDICATION, severity=HoldSeverity.PAUSE)
    assert milder.severity is HoldSeverity.STOP
    assert milder.blocks == (BOOK, START, DOSE)


def test_placing_tells_what_is_blocked_and_never_why_in_words() -> None:
    (told,) = place(
        hold_id=HOLD,
        client_id=CLIENT,
        course_id=COURSE,
        category=HoldCategory.CONTRAINDICATION,
        cause=HoldCause.FINDING,
        cause_ref="mania_current",
        placed_by_role="therapist",
        finding_ref=UUID(int=100),
        now=MORNING,
    ).events
    assert isinstance(told, SafetyHoldPlaced)
    assert told.finding_ref == UUID(int=100)
    assert "mania" not in repr(told)


@pytest.mark.parametrize(
    "category", [HoldCategory.VITALS, HoldCategory.LOGISTICS, HoldCategory.ADVERSE_EVENT]
)
def test_intake_places_only_what_it_owns(category: HoldCategory) -> None:
    with pytest.raises(Refused) as refused:
        placed(category)
    assert slugs(refused) == ["hold-of-another-owner"]


def test_two_roles_lift_together_and_only_then_is_it_told() -> None:
    first = lift(placed(HoldCategory.CONTRAINDICATION), Role.THERAPIST, THERAPIST)
    assert first.events == ()
    assert first.state.open
    assert first.state.missing_roles == (Role.PRESCRIBER,)
    second = lift(first.state, Role.PRESCRIBER, PRESCRIBER)
    assert not second.state.open
    assert second.events == (
        SafetyHoldLifted(
            at=later(hours=1), hold_id=HOLD, lifted_by_roles=("therapist", "prescriber")
        ),
    )


def test_one_role_does_not_sign_twice() -> None:
    first = lift(placed(HoldCategory.AFTERCARE), Role.THERAPIST, THERAPIST).state
    with pytest.raises(Refused) as refused:
        lift(first, Role.THERAPIST, UUID(int=12))
    assert slugs(refused) == ["role-signed-already"]
    assert refused.value.refusals[0].facts["missing"] == ("prescriber",)


def test_one_person_does_not_sign_in_two_roles() -> None:
    first = lift(placed(HoldCategory.AFTERCARE), Role.THERAPIST, THERAPIST).state
    with pytest.raises(Refused) as refused:
        lift(first, Role.PRESCRIBER, THERAPIST)
    assert slugs(refused) == ["person-signed-already"]


def test_two_roles_whose_people_are_not_named_are_not_taken_for_one_person() -> None:
    first = lift(placed(HoldCategory.AFTERCARE), Role.THERAPIST, None).state
    assert not lift(first, Role.PRESCRIBER, None).state.open


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.NURSE, Role.OPERATOR])
def test_other_roles_do_not_lift(role: Role) -> None:
    with pytest.raises(Refused) as refused:
        lift(placed(HoldCategory.CONTRAINDICATION), role, THERAPIST)
    assert slugs(refused) == ["role-cannot-lift"]


def test_a_crisis_is_lifted_only_with_a_safety_plan() -> None:
    hold = placed(HoldCategory.SUICIDALITY)
    with pytest.raises(Refused) as refused:
        lift(hold, Role.THERAPIST, THERAPIST)
    assert slugs(refused) == ["safety-plan-missing"]
    first = lift(hold, Role.THERAPIST, THERAPIST, "call the sister").state
    second = lift(first, Role.PRESCRIBER, PRESCRIBER)
    assert not second.state.open
    assert "sister" not in repr(second.events)


def test_a_consent_hold_ends_with_the_clients_signature_and_nobody_elses() -> None:
    hold = placed(HoldCategory.CONSENT)
    for role in Role:
        with pytest.raises(Refused):
            lift(hold, role, THERAPIST)
    lifted = lift_by_new_grant(hold, now=later(hours=1))
    assert lifted.events == (
        SafetyHoldLifted(at=later(hours=1), hold_id=HOLD, lifted_by_roles=("client",)),
    )
    assert lift_by_new_grant(lifted.state, now=later(hours=2)).events == ()


def test_a_new_signature_lifts_nothing_but_a_consent_hold() -> None:
    with pytest.raises(Refused) as refused:
        lift_by_new_grant(placed(HoldCategory.SUICIDALITY), now=MORNING)
    assert slugs(refused) == ["not-lifted-by-consent"]


def test_an_administrative_hold_is_its_owners() -> None:
    hold = placed(HoldCategory.ADMINISTRATIVE, by="nurse")
    assert not lift(hold, Role.FRONT_DESK, THERAPIST).state.open
    assert not lift(hold, Role.NURSE, THERAPIST).state.open
    with pytest.raises(Refused):
        lift(hold, Role.ON_CALL, THERAPIST)


def test_what_is_lifted_stays_lifted() -> None:
    hold = lift(placed(HoldCategory.ADMINISTRATIVE), Role.FRONT_DESK, THERAPIST).state
    with pytest.raises(Refused) as refused:
        lift(hold, Role.THERAPIST, THERAPIST)
    assert slugs(refused) == ["hold-lifted"]
