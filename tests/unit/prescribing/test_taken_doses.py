"""Doses that come to light late, and ends that come late (ruling 12, INV-25, INV-27)."""

import pytest

from services.prescribing.domain.dose_order_states import DoseOrderStatus, StopCause, TakenReason
from services.prescribing.domain.events import (
    DoseAdministered,
    DoseOrderClosed,
    IncidentRecorded,
    RecoveryCheckRecorded,
    SafetyHoldPlaced,
)
from services.prescribing.domain.recovery_states import RecoveryStatus
from services.prescribing.domain.session_facts import SessionEnd
from services.prescribing.domain.vocabulary import (
    IncidentCode,
    RecoveryOutcome,
    SessionKind,
    SessionOutcome,
)
from services.prescribing.handlers.record_taken_dose import RecordTakenDose, record_taken_dose
from services.prescribing.handlers.withhold_dose import ReturnMedicine, return_medicine
from shared.decisions import Refused
from shared.protocol import HoldCategory
from tests.unit.prescribing.clinic import (
    NURSE,
    WITNESS,
    at,
    slugs,
    told,
)
from tests.unit.prescribing.day import Day

S = DoseOrderStatus


@pytest.fixture
async def day() -> Day:
    """In the room at ten to ten, everything checked."""
    day = Day()
    await day.into_the_room()
    return day


async def test_a_dose_after_an_aborted_end_reopens_everything(day: Day) -> None:
    """Ruling 12, INV-25."""
    await day.ended("09:56", SessionOutcome.ABORTED_BEFORE_DOSE)
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]
    assert (await day.rx()).available == 2

    await day.recorded_late("10:30", "09:58")

    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0, 1]
    assert (await day.rx()).left == 1
    recovery = await day.recovery()
    assert (recovery.status, recovery.tightened) == (RecoveryStatus.OBSERVING, True)
    assert {e.incident_code for e in day.told_by(IncidentRecorded)} == {
        IncidentCode.DOSE_RULE_BROKEN,
        IncidentCode.DOSE_AFTER_ABORTED_END,
    }
    broken = day.told_by(IncidentRecorded)[0].broken_rules
    assert {"medicine-not-released", "order-not-authorised", "session-not-in-progress"} <= {*broken}
    assert [e.hold_category for e in day.told_by(SafetyHoldPlaced)] == [HoldCategory.ADVERSE_EVENT]


async def test_an_aborted_end_is_no_end_for_a_clearance(day: Day) -> None:
    await day.ended("09:56", SessionOutcome.ABORTED_BEFORE_DOSE)
    await day.recorded_late("10:30", "09:58")
    await day.looked("12:00")

    with pytest.raises(Refused) as refused:
        await day.cleared("12:01")

    assert "session-not-ended" in slugs(refused.value)


async def test_a_dose_that_comes_to_light_after_the_client_left_alarms_people(day: Day) -> None:
    """INV-21."""
    await day.released()
    await day.given()
    await day.ended("12:30")
    await day.looked("12:31")
    cleared = await day.cleared("12:35")
    await day.left("12:45", clearance_id=cleared.clearance_id)

    await day.recorded_late("13:00", "12:00")

    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [1, 2]
    assert day.told_by(RecoveryCheckRecorded)[-1].outcome is RecoveryOutcome.ESCALATE
    assert IncidentCode.DOSE_AFTER_DISCHARGE in {
        e.incident_code for e in day.told_by(IncidentRecorded)
    }
    assert (await day.recovery()).open


async def test_a_taken_dose_told_twice_is_one_dose(day: Day) -> None:
    await day.released()
    await day.recorded_late("10:10", "10:00")
    again = RecordTakenDose(
        order_id=(await day.order()).id,
        administered_at=at("10:00"),
        witness_ref=WITNESS,
        reason=TakenReason.RECORDED_LATE,
        dose_seq=1,
    )

    await record_taken_dose(again, day.act(NURSE, "10:11"))

    assert len(day.told_by(DoseAdministered)) == 1


@pytest.mark.parametrize("number", [None, 1])
async def test_a_dose_told_to_a_closed_order_belongs_to_the_one_that_stands(
    number: int | None,
) -> None:
    """INV-13: one order of a session is open or has doses; a closed one without any gives way."""
    day = Day()
    await day.approved(sessions=1)
    await day.booked()
    first = await day.order()
    await day.booked("08:40", starts=at("13:00"), version=2)
    second = await day.order()

    recorded = await record_taken_dose(
        RecordTakenDose(
            order_id=first.id,
            administered_at=at("13:10"),
            witness_ref=WITNESS,
            reason=TakenReason.RECORDED_LATE,
            dose_seq=number,
        ),
        day.act(NURSE, "13:30"),
    )

    assert recorded.id == second.id != first.id
    assert [(e.dose_order_id, e.dose_seq) for e in day.told_by(DoseAdministered)] == [
        (second.id, 1)
    ]
    assert (await day.uow.dose_orders.get(first.id)).count == 0


async def test_a_taken_dose_needs_two_people(day: Day) -> None:
    """INV-40."""
    with pytest.raises(Refused) as refused:
        await record_taken_dose(
            RecordTakenDose(
                order_id=(await day.order()).id,
                administered_at=at("10:00"),
                witness_ref=NURSE.ref,
                reason=TakenReason.CORRECTION,
            ),
            day.act(NURSE, "10:10"),
        )
    assert slugs(refused.value) == {"witness-is-the-same-person"}


async def test_a_dose_in_the_future_was_not_taken(day: Day) -> None:
    with pytest.raises(Refused) as refused:
        await day.recorded_late("10:10", "10:30")

    assert slugs(refused.value) == {"stated-in-the-future"}


async def test_medicine_that_is_out_leaves_a_task_until_it_is_back(day: Day) -> None:
    await day.released()
    await day.ended("09:57", SessionOutcome.COMPLETED)
    order = await day.order()
    assert (order.status, order.stopped.cause) == (S.WITHHELD, StopCause.SESSION_ENDED)  # type: ignore[union-attr]
    assert {t.kind for t in day.uow.tasks.states.values()} == {"medicine_not_accounted_for"}
    assert not day.told_by(DoseOrderClosed)

    await return_medicine(
        ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "10:05")
    )

    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]


async def test_an_end_without_a_dose_and_without_medicine_out_closes_with_none(
    day: Day,
) -> None:
    await day.ended("09:57", SessionOutcome.ABORTED_BEFORE_DOSE)

    assert [(e.administered_count, e.at) for e in day.told_by(DoseOrderClosed)] == [
        (0, at("09:57"))
    ]


async def test_a_late_end_closes_the_order_at_the_time_it_happened(day: Day) -> None:
    """INV-27: arrival shifts nothing."""
    await day.released()
    await day.given()
    end = told(SessionEnd(outcome=SessionOutcome.COMPLETED, ended_at=at("12:30")), at("12:30"))
    await day.hear_of_session("17:30", lambda s: s.ended(end, SessionKind.DOSING))

    assert [e.at for e in day.told_by(DoseOrderClosed)] == [at("12:30")]
