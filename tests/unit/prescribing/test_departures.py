"""What does not add up at the door, and what is found before it (INV-23, ruling 15)."""

from uuid import UUID, uuid4

import pytest

from services.prescribing.domain.course_facts import OthersHold
from services.prescribing.domain.events import (
    ClearanceRescinded,
    DoseOrderClosed,
    IncidentRecorded,
    RecoveryCheckRecorded,
    SafetyHoldPlaced,
)
from services.prescribing.domain.recovery_states import RecoveryEnd, RecoveryStatus
from services.prescribing.domain.session_facts import ManualClearance
from services.prescribing.domain.vocabulary import IncidentCode, RecoveryOutcome
from services.prescribing.handlers.clear_for_discharge import (
    RescindClearance,
    rescind_clearance,
)
from services.prescribing.handlers.when_client_leaves import (
    when_client_left_against_advice,
    when_manual_clearance_recorded,
)
from services.prescribing.handlers.when_course_changes import when_others_hold_placed
from shared.decisions import Refused
from shared.protocol import HoldBlock, HoldCategory, HoldSeverity
from tests.unit.prescribing.clinic import (
    CLIENT,
    COURSE,
    NURSE,
    PRESCRIBER,
    SESSION,
    at,
    slugs,
    told,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import transactions


@pytest.fixture
async def day() -> Day:
    """The dose was given at ten."""
    day = Day()
    await day.to_the_dose()
    return day


async def rescinded(day: Day, clock: str) -> None:
    recovery = await day.recovery()
    assert recovery.clearance_id is not None
    day.act(NURSE, clock)
    await rescind_clearance(
        RescindClearance(clearance_id=recovery.clearance_id),
        transactions(day.uow),
        day.peers,
    )


async def test_a_rescinded_clearance_does_not_let_anybody_go(day: Day) -> None:
    """INV-23, and the race at the door."""
    await day.ended("12:30")
    await day.looked("12:32")
    recovery = await day.cleared("12:35")
    await rescinded(day, "12:38")
    assert len(day.told_by(ClearanceRescinded)) == 1
    assert (await day.recovery()).status is RecoveryStatus.RESCINDED

    await day.left("12:40", clearance_id=recovery.clearance_id)

    assert [e.incident_code for e in day.told_by(IncidentRecorded)] == [
        IncidentCode.RESCINDED_AFTER_DISCHARGE
    ]
    assert day.told_by(RecoveryCheckRecorded)[-1].outcome is RecoveryOutcome.ESCALATE
    assert (await day.recovery()).ended is RecoveryEnd.DISCHARGED


async def test_rescinding_after_the_client_left_is_refused_and_alarms(day: Day) -> None:
    """Ruling 6."""
    await day.ended("12:30")
    await day.looked("12:32")
    recovery = await day.cleared("12:35")
    await day.left("12:40", clearance_id=recovery.clearance_id)

    with pytest.raises(Refused) as refused:
        await rescinded(day, "12:50")

    assert slugs(refused.value) == {"client-already-left"}
    assert not day.told_by(ClearanceRescinded)
    assert day.told_by(RecoveryCheckRecorded)[-1].outcome is RecoveryOutcome.ESCALATE
    assert [e.incident_code for e in day.told_by(IncidentRecorded)] == [
        IncidentCode.RESCINDED_AFTER_DISCHARGE
    ]


async def test_a_discharge_by_a_clearance_that_is_not_ours_is_an_incident(day: Day) -> None:
    await day.ended("12:30")

    await day.left("12:40", clearance_id=uuid4())

    assert [e.incident_code for e in day.told_by(IncidentRecorded)] == [IncidentCode.COUNT_MISMATCH]


async def test_a_discharge_without_a_dose_known_here_is_an_incident() -> None:
    day = Day()
    await day.approved()
    await day.booked()

    await day.left("12:40", clearance_id=uuid4())

    assert [e.incident_code for e in day.told_by(IncidentRecorded)] == [IncidentCode.COUNT_MISMATCH]


@pytest.mark.parametrize(("stated", "differs"), [(1, False), (2, True)])
async def test_a_manual_clearance_is_reconciled(day: Day, stated: int, differs: bool) -> None:
    """Ruling 15."""
    manual = uuid4()
    fact = told(
        ManualClearance(stated_dose_count=stated, last_dose_at=at("10:00"), cleared_at=at("12:20"))
    )
    await day.ended("12:10")
    await day.hear_of_session("12:20", lambda s: s.cleared_manually(manual, fact), look=False)
    await when_manual_clearance_recorded(
        day.act(None, "12:20"),
        course_id=COURSE,
        client_id=CLIENT,
        session_id=SESSION,
        manual_clearance_id=manual,
        stated_dose_count=stated,
        at=at("12:20"),
    )
    await day.left("12:25", clearance_id=manual)

    incidents = [e.incident_code for e in day.told_by(IncidentRecorded)]
    assert incidents == ([IncidentCode.MANUAL_CLEARANCE_DIFFERS] if differs else [])
    assert {t.kind for t in day.uow.tasks.states.values()} == {"reconcile_manual_clearance"}
    assert (await day.recovery()).ended is RecoveryEnd.DISCHARGED


async def test_leaving_against_advice_closes_recovery_as_unsafe(day: Day) -> None:
    await when_client_left_against_advice(
        day.act(None, "10:40"),
        course_id=COURSE,
        client_id=CLIENT,
        session_id=SESSION,
        at=at("10:40"),
    )

    assert (await day.recovery()).ended is RecoveryEnd.UNSAFE
    assert {t.kind for t in day.uow.tasks.states.values()} == {"left_against_advice"}


async def test_a_contraindication_found_with_the_dose_on_board_wants_the_prescriber(
    day: Day,
) -> None:
    """Section 7.2."""
    hold = OthersHold(
        hold_id=uuid4(),
        owner="intake",
        category=HoldCategory.CONTRAINDICATION,
        blocks=(HoldBlock.START, HoldBlock.DOSE),
        severity=HoldSeverity.STOP,
    )
    await day.hear("10:20", lambda f: f.place(told(hold)), look=False)
    await when_others_hold_placed(
        day.act(None, "10:20"),
        course_id=COURSE,
        client_id=CLIENT,
        category=HoldCategory.CONTRAINDICATION,
        cause=str(hold.hold_id),
    )
    await day.ended("12:30")
    await day.looked("12:32")

    with pytest.raises(Refused) as refused:
        await day.cleared("12:35", NURSE)
    assert slugs(refused.value) == {"prescriber-must-clear"}

    assert (await day.cleared("12:36", PRESCRIBER)).status is RecoveryStatus.CLEARED


async def test_what_is_heard_from_behind_a_gap_counts_before_its_policy_runs(day: Day) -> None:
    """Ruling 4: the fold of an urgent event is enough to keep a nurse from clearing."""
    await day.ended("12:30")
    await day.looked("12:32")
    day.uow.learn(lambda f: f.revoke_approval(UUID(int=20), "revoked"))

    with pytest.raises(Refused) as refused:
        await day.cleared("12:35", NURSE)
    assert slugs(refused.value) == {"prescriber-must-clear"}

    assert (await day.cleared("12:36", PRESCRIBER)).status is RecoveryStatus.CLEARED


@pytest.mark.parametrize(("clock", "found"), [("12:54", False), ("12:55", True)])
async def test_what_should_have_worn_off_and_has_not_is_a_finding(
    day: Day, clock: str, found: bool
) -> None:
    """C-08: 175 minutes after the dose for this profile."""
    await day.looked(clock, perceptual_changes=True)

    holds = [e.hold_category for e in day.told_by(SafetyHoldPlaced)]
    assert holds == ([HoldCategory.CONTRAINDICATION] if found else [])
    assert (await day.recovery()).tightened is found


async def test_two_different_ends_are_an_incident(day: Day) -> None:
    await day.ended("12:30")
    await day.ended("12:30")
    assert not day.uow.incidents.states

    await day.ended("12:20")

    assert [e.incident_code for e in day.told_by(IncidentRecorded)] == [
        IncidentCode.CONFLICTING_SESSION_END
    ]


async def test_a_departure_that_was_told_closes_an_order_whose_end_was_lost(day: Day) -> None:
    await day.left("11:05", transferred=True)

    assert [(e.administered_count, e.at) for e in day.told_by(DoseOrderClosed)] == [
        (1, at("11:05"))
    ]
    assert (await day.recovery()).ended is RecoveryEnd.TRANSFERRED
