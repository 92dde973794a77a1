from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from services.prescribing.domain.events import ClearanceRescinded, RecoveryCheckRecorded
from services.prescribing.domain.recovery import Recovery
from services.prescribing.domain.recovery_checks import unmet_criteria
from services.prescribing.domain.recovery_states import NEXT, RecoveryEnd, RecoveryStatus
from services.prescribing.domain.vocabulary import RecoveryOutcome
from shared.decisions import Change, Refused
from shared.protocol import RecoveryCriterion
from tests.unit.prescribing.clearing import cleared
from tests.unit.prescribing.clinic import (
    NURSE,
    PROTOCOL,
    at,
    observation,
    on_board,
    recovering,
    slugs,
)

RULES = PROTOCOL.recovery
S = RecoveryStatus


def look(
    recovery: Recovery,
    clock: str,
    *,
    escalate: bool = False,
    now: datetime | None = None,
    **seen: Any,
) -> Change[Recovery, Any]:
    return recovery.record(
        observation(**seen),
        RULES,
        by=NURSE,
        at=at(clock),
        now=now or at(clock),
        escalate=escalate,
    )


def outcomes(change: Change[Recovery, Any]) -> list[RecoveryOutcome]:
    return [e.outcome for e in change.events if isinstance(e, RecoveryCheckRecorded)]


def test_a_checkpoint_before_the_minimum_expects_nothing() -> None:
    """J1: 10:40 on track, with the client far away."""
    change = look(recovering(), "10:40", oriented=False, steady_gait=False, moaas=3, score=4)

    assert outcomes(change) == [RecoveryOutcome.ON_TRACK]
    assert change.state.status is S.OBSERVING


def test_every_criterion_counts_after_the_minimum() -> None:
    assert look(recovering(), "12:00").state.status is S.READY

    change = look(recovering(), "12:00", steady_gait=False)
    assert outcomes(change) == [RecoveryOutcome.NOT_READY]
    assert change.state.status is S.NOT_READY


@pytest.mark.parametrize(
    ("seen", "unmet"),
    [
        ({}, ()),
        ({"oriented": False}, (RecoveryCriterion.ORIENTED,)),
        ({"steady_gait": False}, (RecoveryCriterion.STEADY_GAIT,)),
        ({"vitals_within_20pct": False}, (RecoveryCriterion.VITALS_WITHIN_20PCT,)),
        ({"moaas": 4}, (RecoveryCriterion.MOAAS_5,)),
        ({"nausea_minimal": False}, (RecoveryCriterion.NAUSEA_MINIMAL,)),
        ({"score": 9}, ()),
        ({"score": 8}, ("score_below_pass",)),
    ],
)
def test_each_criterion_is_its_own(seen: dict[str, Any], unmet: tuple[str, ...]) -> None:
    assert unmet_criteria(observation(**seen), RULES) == unmet


def test_criteria_that_a_clinic_left_out_are_not_asked() -> None:
    rules = replace(RULES, criteria=(RecoveryCriterion.ORIENTED,))

    assert unmet_criteria(observation(steady_gait=False), rules) == ()


def test_not_ready_is_followed_by_another_look() -> None:
    not_ready = look(recovering(), "12:00", steady_gait=False).state

    assert look(not_ready, "12:20").state.status is S.READY
    assert look(not_ready, "12:20", oriented=False).state.status is S.NOT_READY


def test_an_escalation_is_told_whenever_it_is_seen() -> None:
    early = look(recovering(), "10:50", escalate=True)
    assert outcomes(early) == [RecoveryOutcome.ESCALATE]
    assert early.state.status is S.OBSERVING

    assert look(recovering(), "12:10", escalate=True).state.status is S.NOT_READY


@pytest.mark.parametrize("seen", [{"steady_gait": False}, {"escalate": True}])
def test_getting_worse_after_a_clearance_rescinds_it(seen: dict[str, Any]) -> None:
    change = look(cleared(), "12:40", **seen)

    assert [type(e) for e in change.events] == [RecoveryCheckRecorded, ClearanceRescinded]
    assert change.state.status is S.RESCINDED
    assert not change.state.cleared_at(at("12:40"))


def test_staying_well_after_a_clearance_changes_nothing() -> None:
    change = look(cleared(), "12:40")

    assert change.state.status is S.CLEARED
    assert change.state.cleared_at(at("12:40"))


def test_a_look_that_is_written_down_late_changes_no_state() -> None:
    ready = look(recovering(), "12:10").state

    late = look(ready, "12:05", steady_gait=False, now=at("12:20"))

    assert late.state.status is S.READY
    assert late.state.newest_check == ready.newest_check
    assert [type(e) for e in late.events] == [RecoveryCheckRecorded]


def test_another_dose_starts_observation_again_and_voids_the_clearance() -> None:
    """INV-21."""
    change = cleared().on_board(on_board(at("12:20"), seq=2), at("12:40"))

    assert [type(e) for e in change.events] == [ClearanceRescinded]
    assert change.state.status is S.OBSERVING
    assert change.state.observe_until == at("14:20")
    assert change.state.dose_count == 2


def test_the_same_dose_told_twice_is_one_dose() -> None:
    assert recovering().on_board(on_board(), at("10:01")).state.dose_count == 1


def test_a_dose_that_comes_to_light_after_the_client_left_opens_recovery_again() -> None:
    gone = cleared().close(RecoveryEnd.DISCHARGED, at("12:45")).state

    change = gone.on_board(on_board(at("12:00"), seq=2), at("12:50"))

    assert change.state.open
    assert change.events == ()
    assert change.state.ended is None


def test_the_minimum_moves_observation_on_to_assessing() -> None:
    recovery = recovering()
    assert recovery.minimum_reached(at("11:59")).state.status is S.OBSERVING
    assert recovery.minimum_reached(at("12:00")).state.status is S.ASSESSING
    assert recovery.status_at(at("12:00")) is S.ASSESSING
    assert cleared().minimum_reached(at("12:40")).state.status is S.CLEARED


def test_an_alarm_is_told_even_when_the_client_has_gone() -> None:
    gone = cleared().close(RecoveryEnd.DISCHARGED, at("12:45")).state

    change = gone.alarm(at("12:50"))

    assert outcomes(change) == [RecoveryOutcome.ESCALATE]
    assert not change.state.open


def test_nobody_looks_at_a_client_who_has_gone() -> None:
    gone = recovering().close(RecoveryEnd.TRANSFERRED, at("11:05")).state

    with pytest.raises(Refused) as refused:
        look(gone, "11:10")
    assert slugs(refused.value) == {"recovery-closed"}


@pytest.mark.parametrize("end", list(RecoveryEnd))
def test_every_state_ends_when_the_client_has_gone_and_ends_once(end: RecoveryEnd) -> None:
    for recovery in (recovering(), look(recovering(), "12:10").state, cleared()):
        closed = recovery.close(end, at("12:45")).state
        assert (closed.status, closed.ended) == (S.CLOSED, end)
        assert closed.close(RecoveryEnd.UNSAFE, at("12:50")).state == closed


def test_only_a_dose_leads_out_of_closed() -> None:
    """INV-20."""
    assert NEXT[S.CLOSED] == {S.OBSERVING}


def test_tightening_marks_an_open_recovery_only() -> None:
    assert recovering().tighten().state.tightened
    gone = recovering().close(RecoveryEnd.TRANSFERRED, at("11:05")).state
    assert not gone.tighten().state.tightened


def test_looks_and_alarms_are_numbered_in_one_row() -> None:
    first = look(recovering(), "10:40").state
    alarmed = first.alarm(at("10:50")).state
    last = look(alarmed, "11:20").state
    assert [check.check_no for check in last.checks] == [1, 2, 3]
    assert [check.outcome for check in last.checks] == [
        RecoveryOutcome.ON_TRACK,
        RecoveryOutcome.ESCALATE,
        RecoveryOutcome.ON_TRACK,
    ]


def test_a_good_look_after_a_clearance_leaves_it_in_force() -> None:
    change = look(cleared(), "12:45")
    assert [type(event) for event in change.events] == [RecoveryCheckRecorded]
    assert change.state.status is S.CLEARED
    kept = change.state.clearance
    assert kept is not None
    assert kept.in_force(at("12:45"))
