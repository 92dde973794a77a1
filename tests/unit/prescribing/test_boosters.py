"""A further dose in the same session, and what is left over of one (INV-12, INV-21, section 4)."""

from dataclasses import replace

import pytest

from services.prescribing.domain.dose_ledger_states import LedgerStatus
from services.prescribing.domain.dose_order_states import DoseOrderStatus
from services.prescribing.domain.events import (
    ClearedForDischarge,
    DoseAdministered,
    DoseOrderClosed,
    DoseWithheld,
)
from services.prescribing.domain.titration import given_doses, prescribed_terms
from services.prescribing.handlers.administer_dose import AdministerDose, administer_dose
from services.prescribing.handlers.amend_prescription import AmendPrescription, amend_prescription
from services.prescribing.handlers.withhold_dose import (
    ReturnMedicine,
    WasteMedicine,
    return_medicine,
    waste_medicine,
)
from shared.decisions import Refused
from tests.unit.prescribing.clinic import (
    COURSE,
    NURSE,
    PRESCRIBER,
    PROTOCOL,
    SESSION,
    WITNESS,
    at,
    slugs,
    told,
)
from tests.unit.prescribing.day import Day
from tests.unit.prescribing.memory import transactions

S = DoseOrderStatus


@pytest.fixture
async def day() -> Day:
    """A clinic that gives a booster; the first dose was taken at ten."""
    day = Day()
    day.uow.protocol = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))
    rx = await day.approved()
    await amend_prescription(
        AmendPrescription(prescription_id=rx.id, booster_mg=50.0, reason="as agreed"),
        day.act(PRESCRIBER, "08:10"),
    )
    await day.to_the_dose_of_an_approved_course()
    return day


async def give(day: Day, clock: str, *, seq: int, amount: float) -> object:
    day.act(NURSE, clock)
    return await administer_dose(
        AdministerDose(order_id=(await day.order()).id, dose_seq=seq, amount_mg=amount),
        transactions(day.uow),
        day.peers,
    )


async def book(day: Day) -> object:
    return await day.uow.ledgers.find_by(dose_order_id=(await day.order()).id)


async def test_a_booster_is_a_second_dose_with_its_own_number_amount_and_gate(day: Day) -> None:
    await day.measured("10:40")
    await day.released("10:41")
    assert (await book(day)).outstanding_mg == 50.0  # type: ignore[attr-defined]

    await give(day, "10:43", seq=2, amount=50.0)

    assert [e.dose_seq for e in day.told_by(DoseAdministered)] == [1, 2]
    assert len([d for d in day.uow.receipts.kept if d.gate == "G-DOSE" and d.allowed]) == 4
    assert (await day.recovery()).observe_until == at("12:43")


async def test_a_booster_needs_a_check_that_is_still_valid(day: Day) -> None:
    """INV-14: the check of the first dose is too old by then."""
    with pytest.raises(Refused) as refused:
        await day.released("10:41")

    assert slugs(refused.value) == {"pre-dose-check-not-valid"}


async def test_no_booster_after_a_stop(day: Day) -> None:
    """INV-11, also where the booster's medicine is already out."""
    await day.measured("10:40")
    await day.released("10:41")
    await day.hear_of_session("10:42", lambda s: replace(s, stop=told(at("10:42"))))

    with pytest.raises(Refused) as refused:
        await give(day, "10:43", seq=2, amount=50.0)

    assert "session-stopped" in slugs(refused.value)
    assert [e.dose_seq for e in day.told_by(DoseAdministered)] == [1]


async def test_no_third_dose(day: Day) -> None:
    await day.measured("10:40")
    await day.released("10:41")
    await give(day, "10:43", seq=2, amount=50.0)

    with pytest.raises(Refused) as refused:
        await day.released("10:45")

    (refusal,) = [r for r in refused.value.refusals if r.slug == "dose-seq-not-allowed"]
    assert [u.owner for u in refusal.unblocks_with] == ["scheduling"]


async def test_the_same_booster_told_again_is_one_booster(day: Day) -> None:
    await day.measured("10:40")
    await day.released("10:41")
    await give(day, "10:43", seq=2, amount=50.0)
    await give(day, "10:44", seq=2, amount=50.0)

    assert len(day.told_by(DoseAdministered)) == 2


async def test_a_clearance_covers_the_booster_and_waits_for_it(day: Day) -> None:
    """INV-21, INV-22: two hours from the last dose."""
    await day.measured("10:40")
    await day.released("10:41")
    await give(day, "10:43", seq=2, amount=50.0)
    await day.ended("12:30")
    await day.looked("12:35")
    with pytest.raises(Refused) as refused:
        await day.cleared("12:36")
    assert "minimum-observation-not-over" in slugs(refused.value)

    await day.looked("12:50")
    await day.cleared("12:51")

    assert [e.covers_dose_seq for e in day.told_by(ClearedForDischarge)] == [2]
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [2]


async def test_a_booster_that_was_released_and_not_taken_goes_back(day: Day) -> None:
    await day.measured("10:40")
    order = await day.released("10:41")

    await return_medicine(
        ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "10:50")
    )

    assert (await day.order()).status is S.ADMINISTERED
    assert (await book(day)).status is LedgerStatus.BALANCED  # type: ignore[attr-defined]


async def test_what_is_left_of_a_dose_is_asked_for_and_blocks_a_further_one() -> None:
    """Every milligram that is released is given, returned or wasted."""
    day = Day()
    day.uow.protocol = replace(PROTOCOL, dosing=replace(PROTOCOL.dosing, max_doses_per_session=2))
    rx = await day.approved()
    await amend_prescription(
        AmendPrescription(prescription_id=rx.id, booster_mg=50.0), day.act(PRESCRIBER, "08:10")
    )
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    order = await day.released()
    await give(day, "10:00", seq=1, amount=100.0)
    await day.measured("10:10")

    with pytest.raises(Refused) as refused:
        await day.released("10:11")
    assert slugs(refused.value) == {"medicine-not-accounted-for"}

    await waste_medicine(
        WasteMedicine(order_id=order.id, amount_mg=20.0, witness_ref=WITNESS),
        day.act(NURSE, "10:12"),
    )
    await return_medicine(
        ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "10:13")
    )
    await day.released("10:14")
    assert (await day.order()).medicine_out


async def test_an_order_that_closes_with_something_left_over_leaves_a_task() -> None:
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    order = await day.released()
    await give(day, "10:00", seq=1, amount=100.0)
    await day.ended("12:30")

    assert [t.kind for t in day.uow.tasks.states.values()] == ["medicine_not_accounted_for"]
    await return_medicine(
        ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "12:40")
    )
    assert (await day.order()).status is S.CLOSED
    with pytest.raises(Refused) as refused:
        await return_medicine(
            ReturnMedicine(order_id=order.id, witness_ref=WITNESS), day.act(NURSE, "12:41")
        )
    assert slugs(refused.value) == {"order-cannot-return"}


async def test_medicine_that_was_all_wasted_is_no_longer_out() -> None:
    day = Day()
    await day.approved()
    await day.booked()
    await day.checked_in()
    await day.measured()
    await day.started()
    order = await day.released()

    for amount in (100.0, 50.0):
        await waste_medicine(
            WasteMedicine(order_id=order.id, amount_mg=amount, witness_ref=WITNESS),
            day.act(NURSE, "09:57"),
        )

    assert (await day.order()).status is S.RETURNED
    assert len(day.told_by(DoseWithheld)) == 1
    await day.ended("10:00")
    assert [e.administered_count for e in day.told_by(DoseOrderClosed)] == [0]


async def test_the_titration_says_every_amount_with_who_when_and_why(day: Day) -> None:
    await day.measured("10:40")
    await day.released("10:41")
    await give(day, "10:43", seq=2, amount=40.0)

    prescribed = prescribed_terms(await day.uow.prescriptions.list_by(course_id=COURSE))
    first, second = given_doses(
        await day.uow.dose_orders.list_by(course_id=COURSE),
        await day.uow.ledgers.list_by(course_id=COURSE),
        prescribed,
    )

    assert [(v.rx_version, v.reason) for v in prescribed] == [(1, None), (2, "as agreed")]
    assert (first.amount_mg, first.prescribed_mg) == (150.0, 150.0)
    assert (second.amount_mg, second.prescribed_mg) == (40.0, 50.0)
    assert second.under is not None
    assert second.under.written is not None
    assert second.under.written.ref == PRESCRIBER.ref
    assert (second.given_by, second.session_id) == (NURSE.ref, SESSION)


def test_a_course_without_a_dose_has_an_empty_titration() -> None:
    assert given_doses((), (), ()) == ()
    assert prescribed_terms(()) == ()
