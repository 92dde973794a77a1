"""Negatives that come first, twice, or never: what is known does not depend on it."""

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.prescribing.domain.course_facts import CourseFacts as KnownToPrescribing
from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.gates import dose_decision
from services.scheduling.domain.course_facts import CourseFacts as KnownToScheduling
from services.scheduling.domain.course_facts import HoldFact, no_facts
from services.scheduling.domain.session_facts import ClearanceFact
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing import clinic as prescribing
from tests.unit.prescribing import dose_gate_cases
from tests.unit.scheduling import building as scheduling

HOLDS = tuple(UUID(int=number) for number in range(50, 53))
OWNER = "intake"


@st.composite
def tellings(draw: st.DrawFn) -> list[tuple[str, UUID, str]]:
    """Holds placed, some lifted, by whom; some of it twice, in any order."""
    told = [("placed", hold, OWNER) for hold in HOLDS]
    for hold in HOLDS:
        by = draw(st.sampled_from((None, OWNER, "notifications")))
        if by is not None:
            told.append(("lifted", hold, by))
    twice = draw(st.lists(st.sampled_from(told), max_size=4))
    return list(draw(st.permutations(told + twice)))


def _prescribing(told: list[tuple[str, UUID, str]]) -> set[UUID]:
    facts = KnownToPrescribing(course_id=prescribing.COURSE, client_id=prescribing.CLIENT)
    for what, hold, by in told:
        if what == "placed":
            value = OthersHold(
                hold_id=hold,
                owner=by,
                category=HoldCategory.CONTRAINDICATION,
                blocks=(HoldBlock.DOSE,),
                severity=HoldSeverity.STOP,
            )
            facts = facts.place(prescribing.told(value))
        else:
            facts = facts.lift(by, hold, str(UUID(int=1)))
    return {one.value.hold_id for one in facts.open_holds(HoldBlock.DOSE)}


def _scheduling(told: list[tuple[str, UUID, str]]) -> set[UUID]:
    facts = no_facts(scheduling.COURSE, scheduling.CLIENT)
    for what, hold, by in told:
        name = scheduling.told(f"{what} {hold} {by}")
        if what == "placed":
            value = HoldFact(category="medical", blocks=("dose",), severity="stop", owner=by)
            facts = facts.place_hold(name, str(hold), value)
        else:
            facts = facts.lift_hold(name, str(hold), by=by)
    return {UUID(hold) for hold, _ in facts.open_holds("dose")}


@pytest.mark.parametrize("known", [_prescribing, _scheduling])
@settings(max_examples=80, deadline=None)
@given(told=tellings())
def test_inv_09_open_is_placed_and_not_lifted_in_any_order(
    known: Any, told: list[tuple[str, UUID, str]]
) -> None:
    lifted = {hold for what, hold, by in told if what == "lifted" and by == OWNER}
    assert known(told) == set(HOLDS) - lifted


@pytest.mark.parametrize("known", [_prescribing, _scheduling])
def test_inv_09_a_lost_lift_leaves_it_blocked(known: Any) -> None:
    assert known([("placed", HOLDS[0], OWNER)]) == {HOLDS[0]}
    assert known([("lifted", HOLDS[0], OWNER), ("placed", HOLDS[0], OWNER)]) == set()


@pytest.mark.parametrize("order", list(permutations(("confirmed", "cancelled", "confirmed"))))
def test_inv_06_an_escort_cancelled_first_is_none(order: tuple[str, ...]) -> None:
    """The same assignment, its end heard before its beginning: no dose goes by it."""
    escort = str(UUID(int=22))
    course = prescribing.course().in_session(
        prescribing.SESSION, lambda s: replace(s, escorts=type(s.escorts)())
    )
    for number, what in enumerate(order):
        course = course.in_session(
            prescribing.SESSION,
            lambda s, what=what, number=number: replace(  # type: ignore[misc]
                s,
                escorts=s.escorts.add(escort, prescribing.told(True))
                if what == "confirmed"
                else s.escorts.remove(escort, str(number)),
            ),
        )
    refused = dose_decision(dose_gate_cases.facts(course=course)).refusals
    assert [refusal.slug for refusal in refused] == ["escort-not-confirmed"]


_RX: dict[str, Any] = {
    "prescribed": lambda f: f.prescribe(
        scheduling.told("p", version=1), "rx", 1, scheduling.terms(2)
    ),
    "amended": lambda f: f.prescribe(scheduling.told("a", version=2), "rx", 2, scheduling.terms(3)),
    "revoked": lambda f: f.revoke_prescription(scheduling.told("r", version=3), "rx"),
}


def _current(names: tuple[str, ...]) -> Any:
    facts: KnownToScheduling = no_facts(scheduling.COURSE, scheduling.CLIENT)
    for name in names:
        facts = _RX[name](facts)
    return facts.prescriptions["rx"].current(scheduling.at("09:00"))


@pytest.mark.parametrize("order", list(permutations((*_RX, "prescribed"))))
def test_inv_10_a_revoked_prescription_stays_so_in_any_order(order: tuple[str, ...]) -> None:
    assert _current(order) is None
    alive = _current(tuple(name for name in order if name != "revoked"))
    assert alive is not None
    assert alive.sessions_authorised == 3


@pytest.mark.parametrize(
    "order", list(permutations(("cleared", "rescinded", "cleared", "another")))
)
def test_inv_23_a_rescinded_clearance_never_revives(order: tuple[str, ...]) -> None:
    given = ClearanceFact(
        covers_dose_seq=1,
        cleared_at=scheduling.at("12:30"),
        valid_until=scheduling.at("13:00"),
    )
    facts = no_facts(scheduling.COURSE, scheduling.CLIENT).of_session("s")
    for number, what in enumerate(order):
        name = scheduling.told(f"{what} {number}")
        if what == "rescinded":
            facts = facts.rescinded(name, "first")
        else:
            facts = facts.cleared(name, "first" if what == "cleared" else "second", given)
    standing = facts.clearance(scheduling.at("12:40"), 1)
    assert standing is not None
    assert standing[0] == "second"
