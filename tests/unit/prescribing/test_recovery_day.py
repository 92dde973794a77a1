"""Reversal agents, missed looks, effects that last, and adverse events, on a clinic day."""

from datetime import timedelta
from typing import Any

import pytest

from services.prescribing.domain.adverse_event import AdverseEventCode, SeriousCriterion
from services.prescribing.domain.events import (
    AdverseEventRecorded,
    ClearanceRescinded,
    SafetyHoldPlaced,
)
from services.prescribing.domain.recovery_scores import Vitals
from services.prescribing.domain.recovery_states import RecoveryStatus, ReversalAgent
from services.prescribing.handlers.deadlines import when_checkpoint_is_missed
from services.prescribing.handlers.hold_course import LiftHold, lift_hold
from services.prescribing.handlers.observe_recovery import (
    RecordReversalAgent,
    record_reversal_agent,
)
from services.prescribing.handlers.record_adverse_event import (
    FindAdverseEventSerious,
    RecordAdverseEvent,
    ReportAdverseEvent,
    find_adverse_event_serious,
    record_adverse_event,
    report_adverse_event,
)
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import NURSE, PRESCRIBER, SESSION, THERAPIST, at, slugs
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import due_timer

S = RecoveryStatus


@pytest.fixture
async def day() -> Day:
    """A dose at ten."""
    day = Day()
    await day.to_the_dose()
    return day


async def reverse(day: Day, clock: str, **more: Any) -> Any:
    return await record_reversal_agent(
        RecordReversalAgent(session_id=SESSION, agent=ReversalAgent.FLUMAZENIL, **more),
        day.act(NURSE, clock),
    )


async def adverse(day: Day, clock: str, code: AdverseEventCode, **more: Any) -> Any:
    return await record_adverse_event(
        RecordAdverseEvent(session_id=SESSION, code=code, **more), day.act(NURSE, clock)
    )


async def test_nobody_clears_within_the_wait_after_a_reversal_agent(day: Day) -> None:
    """Section 3.8: its effect may end before the medicine's."""
    await reverse(day, "11:30")
    await day.ended("12:00")
    await day.looked("12:10")

    with pytest.raises(Refused) as refused:
        await day.cleared("12:11")
    assert "reversal-agent-wait-not-over" in slugs(refused.value)
    assert "minimum-observation-not-over" not in slugs(refused.value)

    await day.looked("13:30")
    assert (await day.cleared("13:31")).cleared_at(at("13:31"))


async def test_a_reversal_agent_after_the_clearance_takes_it_back(day: Day) -> None:
    await day.ended("12:30")
    await day.looked("12:31")
    cleared = await day.cleared("12:35")
    assert ("clearance_runs_out", cleared.id) in day.uow.timers.due

    recovery = await reverse(day, "12:40")

    assert len(day.told_by(ClearanceRescinded)) == 1
    assert recovery.status is S.OBSERVING
    assert ("clearance_runs_out", cleared.id) not in day.uow.timers.due
    assert day.uow.timers.due["minimum_observation_over", cleared.id] == at("14:40")


async def test_a_wait_that_was_over_when_it_was_written_down_changes_nothing(day: Day) -> None:
    await day.ended("12:30")
    await day.looked("13:00")

    recovery = await reverse(day, "13:01", at=at("11:00"))

    assert recovery.status is S.READY
    assert len(recovery.reversals) == 1


async def test_a_look_that_nobody_took_is_a_task_and_one_taken_shortly_before_is_none(
    day: Day,
) -> None:
    """Sections 2.1 and 3.1: a look about forty minutes after the dose."""
    key = (await day.recovery()).id
    assert day.uow.timers.due["recovery_checkpoint_missed", key] == at("10:50")

    await when_checkpoint_is_missed(due_timer(key, at("10:50")), day.act(None, "10:50"))
    await when_checkpoint_is_missed(due_timer(key, at("10:50")), day.act(None, "10:51"))
    assert [t.kind for t in day.uow.tasks.states.values()] == ["recovery_checkpoint_missed"]

    again = Day()
    await again.to_the_dose()
    await again.looked("10:31", moaas=4)
    again_key = (await again.recovery()).id
    await when_checkpoint_is_missed(due_timer(again_key, at("10:50")), again.act(None, "10:50"))
    assert not again.uow.tasks.states


async def test_vitals_are_compared_with_those_before_the_dose(day: Day) -> None:
    high = Vitals(systolic=150, diastolic=78, heart_rate=70, spo2=98)

    assert (await day.looked("12:10", vitals=high)).status is S.NOT_READY
    calm = Vitals(systolic=130, diastolic=80, heart_rate=72, spo2=98)
    assert (await day.looked("12:20", vitals=calm)).status is S.READY


@pytest.mark.parametrize(("clock", "held"), [("12:54", False), ("12:55", True)])
async def test_an_effect_is_a_finding_once_it_should_have_worn_off(
    day: Day, clock: str, held: bool
) -> None:
    """C-08: from the latest end that the profile gives."""
    recovery = await day.looked(clock, perceptual_changes=True)

    placed = [e.hold_category for e in day.told_by(SafetyHoldPlaced)]
    assert placed == ([HoldCategory.CONTRAINDICATION] if held else [])
    assert recovery.status is S.NOT_READY


async def test_what_is_expected_is_coded_as_no_adverse_event(day: Day) -> None:
    with pytest.raises(Refused) as refused:
        await adverse(day, "12:54", AdverseEventCode.PERSISTENT_PERCEPTUAL_CHANGE)
    assert slugs(refused.value) == {"effect-still-expected"}
    assert not day.told_by(AdverseEventRecorded)

    await adverse(day, "12:55", AdverseEventCode.PERSISTENT_PERCEPTUAL_CHANGE)
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [
        HoldCategory.CONTRAINDICATION
    ]


async def test_a_side_effect_is_not_serious_unless_somebody_says_so(day: Day) -> None:
    """F84."""
    nausea = await adverse(day, "11:00", AdverseEventCode.NAUSEA)

    assert (nausea.serious, nausea.report_due_at) == (False, None)
    assert not day.told_by(SafetyHoldPlaced)


async def test_a_criterion_makes_it_serious(day: Day) -> None:
    """REF[50]."""
    ill = await adverse(
        day, "11:00", AdverseEventCode.VOMITING, criteria=(SeriousCriterion.HOSPITALISATION,)
    )

    assert ill.serious
    assert ill.report_due_at == at("11:00") + timedelta(days=7)


async def test_what_turns_out_to_be_serious_is_told_again_and_holds_the_course(day: Day) -> None:
    """INV-31: until both roles lift it."""
    ill = await adverse(day, "11:00", AdverseEventCode.VOMITING)
    await report_adverse_event(ReportAdverseEvent(ae_id=ill.id), day.act(PRESCRIBER, "11:30"))
    found = FindAdverseEventSerious(ae_id=ill.id, criteria=(SeriousCriterion.HOSPITALISATION,))

    again = await find_adverse_event_serious(found, day.act(PRESCRIBER, "15:00"))

    assert (again.status, again.report_due_at) == ("open", at("15:00") + timedelta(days=7))
    assert [e.serious for e in day.told_by(AdverseEventRecorded)] == [False, True]
    (hold,) = day.uow.safety_holds.states.values()
    assert hold.category is HoldCategory.ADVERSE_EVENT
    once = await lift_hold(LiftHold(hold_id=hold.id), day.act(THERAPIST, "16:00"))
    assert once.open
    both = await lift_hold(LiftHold(hold_id=hold.id), day.act(PRESCRIBER, "16:05"))
    assert not both.open

    with pytest.raises(Refused) as refused:
        await find_adverse_event_serious(found, day.act(PRESCRIBER, "16:10"))
    assert slugs(refused.value) == {"adverse-event-already-serious"}
