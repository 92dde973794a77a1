"""Each number with a floor: both edges may be written, what lies beyond either may not."""

import math
from dataclasses import replace
from typing import Any

import pytest

from shared.protocol import ClinicProtocol, DrugClass, Route
from shared.protocol.floors import breaches
from shared.protocol.loader import CLINICS, load_protocol
from shared.protocol.screening import FINDINGS, FindingCode, Grade
from shared.protocol.vocabulary import RecoveryCriterion

DEFAULT = ClinicProtocol()
ESKETAMINE = load_protocol(CLINICS / "esketamine.yaml")
Path = tuple[str, ...]

# Where it stands, the lowest and the highest that may be written; None: no limit that way.
RANGES: list[tuple[Path, int | None, int | None]] = [
    (("protocol_version",), 1, None),
    (("prep", "floor_min"), 1, None),
    (("prep", "min_sessions"), 1, None),
    (("prep", "typical_max"), 2, None),
    (("course", "review_every"), 1, 6),
    (("dosing", "max_in_7_days"), 1, 2),
    (("dosing", "gate_validity_minutes"), 1, 5),
    (("dosing", "block_minutes", "default"), None, 180),
    (("dosing", "block_minutes", "min"), 60, 180),
    (("dosing", "block_minutes", "max"), None, 180),
    (("screening", "min_age"), 18, None),
    (("screening", "cuts", "cssrs_emergent"), 1, 4),
    (("screening", "cuts", "audit_review"), 1, 16),
    (("predose", "spo2_min"), 80, 100),
    (("predose", "bp_review", "sys"), None, 160),
    (("predose", "bp_review", "dia"), None, 100),
    (("recovery", "min_observation_minutes"), 115, None),
    (("recovery", "score", "pass_mark"), 1, 10),
    (("escort", "min_age"), 18, None),
    (("aftercare", "min_hours"), 8, None),
    (("messaging", "urgent_contact_minutes"), 1, 5),
    (("messaging", "escalation_step_minutes"), 1, 60),
    (("messaging", "checkin_patience_hours"), 1, 24),
    (("messaging", "task_minutes", "at_once"), 1, 5),
    (("prescription", "max_months"), 1, 6),
    (("prescription", "max_refills"), None, 5),
]


def written(protocol: Any, path: Path, value: Any) -> Any:
    """The same protocol with another value at this place."""
    head, *rest = path
    if rest:
        value = written(getattr(protocol, head), tuple(rest), value)
    return replace(protocol, **{head: value})


def below(protocol: ClinicProtocol) -> set[tuple[Any, ...]]:
    return {tuple(breach.path) for breach in breaches(protocol)}


def refused(path: Path, value: Any, protocol: ClinicProtocol = DEFAULT) -> bool:
    named = tuple("pass" if part == "pass_mark" else part for part in path)
    found = below(written(protocol, path, value))
    return any(one[: len(named)] == named or named[: len(one)] == one for one in found)


def test_the_default_is_below_nothing() -> None:
    assert below(DEFAULT) == below(ESKETAMINE) == set()


@pytest.mark.parametrize(("path", "lowest", "highest"), RANGES, ids=str)
def test_the_edges_of_a_floor(path: Path, lowest: int | None, highest: int | None) -> None:
    protocol = DEFAULT
    if path == ("prep", "floor_min"):
        protocol = written(DEFAULT, ("prep", "min_sessions"), 3)
    if lowest is not None:
        assert not refused(path, lowest, protocol), f"{lowest} may be written"
        assert refused(path, lowest - 1, protocol), f"{lowest - 1} may not"
    if highest is not None:
        assert not refused(path, highest, protocol), f"{highest} may be written"
        assert refused(path, highest + 1, protocol), f"{highest + 1} may not"


@pytest.mark.parametrize("name", ["checkins_hours", "enhanced_checkins_hours"])
@pytest.mark.parametrize(
    ("hours", "fine"),
    [((1, 4), True), ((), False), ((0, 4), False), ((4, 3), False), ((4, 4), False)],
)
def test_check_ins_rise_from_the_first_hour(name: str, hours: tuple[int, ...], fine: bool) -> None:
    told: dict[str, Any] = {"checkins_hours": (24, 72), "enhanced_checkins_hours": (1, 24)}
    if name == "checkins_hours":
        hours = tuple(hour + 1 if fine else hour for hour in hours)
    aftercare = replace(DEFAULT.aftercare, **{**told, name: hours})
    found = below(replace(DEFAULT, aftercare=aftercare))
    assert (("aftercare", name) not in found) == fine


def test_tasks_rise_in_their_urgency() -> None:
    path = ("messaging", "task_minutes", "same_hour")
    assert not refused(path, 5)
    assert refused(path, 4)


def test_how_many_to_write_is_said() -> None:
    """The message names the number that would do."""
    three = written(written(DEFAULT, ("prep", "floor_min"), 3), ("prep", "min_sessions"), 2)
    (breach,) = breaches(three)
    assert breach.advice == "below the floor of preparation: write 3 or more"
    (late,) = breaches(written(DEFAULT, ("aftercare", "enhanced_checkins_hours"), (24, 72)))
    assert late.advice == "needs an early check-in: begin before 24 hours"


@pytest.mark.parametrize("needed", [RecoveryCriterion.ORIENTED, RecoveryCriterion.STEADY_GAIT])
def test_orientation_and_gait_are_both_needed(needed: RecoveryCriterion) -> None:
    fewer = tuple(one for one in RecoveryCriterion if one is not needed)
    (breach,) = breaches(written(DEFAULT, ("recovery", "criteria"), fewer))
    assert breach.advice == f"lacks {needed.value}: add it"


@pytest.mark.parametrize("drug", ["benzodiazepine", "opioid", "maoi"])
def test_the_certified_programme_asks_of_each_of_its_classes(drug: str) -> None:
    """Clinical 3.1: the form asks for them, so the clinic's table has to know them."""
    known = ESKETAMINE.predose.interactions
    fewer = {one: row for one, row in known.items() if one is not DrugClass(drug)}
    (breach,) = breaches(written(ESKETAMINE, ("predose", "interactions"), fewer))
    assert breach.path == ("predose", "interactions")
    assert breach.advice == f"esketamine asks about {drug}: add it"
    assert not breaches(written(DEFAULT, ("predose", "interactions"), fewer))


@pytest.mark.parametrize(
    ("days", "fine"), [(None, False), (0, False), (1, True), (7, True), (8, False)]
)
def test_the_form_of_the_certified_programme_is_due_within_a_week(
    days: int | None, fine: bool
) -> None:
    assert refused(("recovery", "monitoring_form_days"), days, ESKETAMINE) != fine
    assert not refused(("recovery", "monitoring_form_days"), days)


def test_a_clinic_without_a_route_gives_nothing() -> None:
    (breach,) = breaches(replace(DEFAULT, routes_enabled=()))
    assert (breach.path, breach.advice) == (
        ("routes_enabled",),
        "is empty: enable at least one route",
    )


@pytest.mark.parametrize(("amount", "fine"), [(0.0, False), (0.1, True), (math.inf, False)])
def test_a_ceiling_is_an_amount(amount: float, fine: bool) -> None:
    ceilings = dict(DEFAULT.prescription.ceilings)
    ceilings[Route.SL] = replace(ceilings[Route.SL], amount=amount)
    assert refused(("prescription", "ceilings"), ceilings) != fine


@pytest.mark.parametrize("code", list(FindingCode))
@pytest.mark.parametrize("grade", list(Grade))
def test_a_finding_may_be_graded_harder_and_never_softer(code: FindingCode, grade: Grade) -> None:
    softer = FINDINGS[code].grade is Grade.ABSOLUTE and grade is not Grade.ABSOLUTE
    assert refused(("screening", "grades"), {code: grade}) == softer
