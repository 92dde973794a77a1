"""J1, J2, J3, J5, J7 and J9 over HTTP and the bus, as far as prescribing carries them."""

import re
from uuid import UUID

import pytest

from careteam_contracts import intake, scheduling
from careteam_contracts.enums import ActorRole, DischargeMode, SessionOutcome
from shared.runtime.ids import new_id
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import AMOUNT, Day
from tests.support.voices import REFS, at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_j1_from_the_request_to_the_reviewed_summary(world: World, day: Day) -> None:
    person = day.person
    await day.dosed()
    assert (await day.recovery())["status"] == "observing"
    world.set_clock(at("10:40"))
    await day.looked(oriented=False, steady_gait=False, moaas=3, padss_score=5)
    world.set_clock(at("12:30"))
    await day.ended()
    world.set_clock(at("12:35"))
    await day.looked()
    clearance = await day.cleared()
    world.set_clock(at("12:45"))
    await world.tell(
        person,
        scheduling.ClientDischarged(
            session_id=person.session_id,
            clearance_id=UUID(clearance["id"]),
            escort_id=person.escort_id,
            discharged_at=world.now(),
            mode=DischargeMode.STANDARD,
        ),
        scheduling.SessionSummaryShared(session_id=person.session_id, summary_ref=new_id()),
    )
    await world.do(
        f"/sessions/{person.session_id}/summary-review",
        {"review_outcome": "continue"},
        role="prescriber",
    )

    assert await world.types_published(person) == [
        "medical_assessment_completed",
        "dose_prescribed",
        "dose_authorized",
        "pre_dose_check_recorded",
        "dose_administered",
        "recovery_check_recorded",
        "dose_order_closed",
        "recovery_check_recorded",
        "cleared_for_discharge",
        "session_summary_reviewed",
    ]
    rx = await day.rx()
    assert (rx["status"], rx["left"], rx["reserved"]) == ("active", 1, 0)
    order = await day.order()
    assert (order["status"], order["administered_count"]) == ("closed", 1)
    recovery = await day.recovery()
    assert (recovery["status"], recovery["ended"]) == ("closed", "discharged")
    ledger = await world.get(f"/dose-orders/{order['id']}/ledger", role="nurse")
    assert (ledger["status"], ledger["outstanding_mg"]) == ("balanced", 0)
    for listing in ("/incidents", "/tasks", "/holds"):
        found = await world.get(listing, role="prescriber", course_id=str(person.course_id))
        assert found["items"] == []
    receipts = await world.get("/receipts", role="operator", subject_id=str(person.session_id))
    assert [(r["gate"], r["allowed"]) for r in receipts] == [
        ("CLEARANCE", True),
        ("G-DOSE", True),
        ("G-DOSE", True),
        ("PRE-DOSE-CHECK", True),
        ("AUTHORISATION", True),
    ]


async def test_no_amount_leaves_the_service(world: World, day: Day) -> None:
    """Law 4, INV-37."""
    await day.dosed()

    told = await world.published(day.person)
    # Without the ids, which have any digits.
    said = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", str(told))

    assert str(AMOUNT) not in said
    assert "122" not in said


async def test_j2_a_decline_closes_the_assessment(world: World, day: Day) -> None:
    person = day.person
    events = list(person.registered(world.now()))[:3]
    await world.tell(person, *events, intake.ClientDeclined(decision_id=new_id()))

    assessment = await world.get(f"/assessments/{person.request_id}", role="nurse")

    assert assessment["status"] == "closed"
    assert await world.published(person) == []


async def test_j3_variant_a_high_rescreen_ends_the_day(world: World, day: Day) -> None:
    person = day.person
    await day.prescribed()
    await world.tell(person, person.booked(at("09:30")))
    world.set_clock(at("09:40"))

    await day.checked(mood_rescreen="high", mood_concern="mania")
    await world.tell(
        person,
        scheduling.SessionCancelled(session_id=person.session_id, by_role=ActorRole.SYSTEM),
    )

    published = await world.published(person)
    assert [name for name, _ in published][-4:] == [
        "pre_dose_check_recorded",
        "safety_hold_placed",
        "dose_withheld",
        "dose_order_closed",
    ]
    assert published[-3][1]["hold_category"] == "contraindication"
    assert published[-1][1]["administered_count"] == 0
    rx = await day.rx()
    assert (rx["left"], rx["reserved"]) == (2, 0)


async def test_j5_the_client_ends_the_session(world: World, day: Day) -> None:
    person = day.person
    await day.dosed()
    world.set_clock(at("10:25"))
    await world.tell(
        person,
        scheduling.SessionStopRequested(
            session_id=person.session_id, by_role=ActorRole.CLIENT, at=world.now()
        ),
    )
    await day.ended(outcome=SessionOutcome.ENDED_BY_CLIENT)
    second = await world.refused(
        f"/dose-orders/{await day.order_id()}/administrations",
        {"dose_seq": 2, "amount_mg": AMOUNT},
        role="nurse",
    )
    assert {"session-stopped", "session-not-in-progress", "dose-seq-not-allowed"} <= second

    world.set_clock(at("11:30"))
    await day.looked()
    early = await world.refused(f"/sessions/{person.session_id}/clearances", {}, role="nurse")
    assert "minimum-observation-not-over" in early

    world.set_clock(at("12:10"))
    await day.looked()
    clearance = await day.cleared()
    assert clearance["status"] == "in_force"
    assert clearance["cleared_at"] == at("12:10").isoformat().replace("+00:00", "Z")


async def test_j7_the_prescription_is_revoked_with_the_client_in_the_room(
    world: World, day: Day
) -> None:
    person = day.person
    await day.in_the_room()
    world.set_clock(at("09:53"))
    await day.released()
    world.set_clock(at("09:55"))
    rx = await day.rx()

    await world.do(
        f"/prescriptions/{rx['id']}/revocation", {"hold_category": "medical"}, role="prescriber"
    )
    await day.ended(outcome=SessionOutcome.ABORTED_BEFORE_DOSE)
    order = await day.order()
    assert (order["status"], order["medicine_out"]) == ("withheld", True)
    assert "dose_order_closed" not in await world.types_published(person)

    await world.do(
        f"/dose-orders/{order['id']}/return",
        {"witness_ref": str(REFS["therapist"])},
        role="nurse",
    )

    order = await day.order()
    assert (order["status"], order["administered_count"]) == ("closed", 0)
    assert (await day.rx())["status"] == "revoked"
    assert (await world.types_published(person))[-4:] == [
        "prescription_revoked",
        "safety_hold_placed",
        "dose_withheld",
        "dose_order_closed",
    ]
    missing = await world.post(f"/sessions/{person.session_id}/recovery-checks", {}, role="nurse")
    assert missing.status_code == 422


async def test_j9_vitals_and_a_serious_adverse_event(world: World, day: Day) -> None:
    person = day.person
    await day.prescribed()
    await world.tell(person, person.booked(at("09:30")))
    world.set_clock(at("09:45"))
    held = await day.checked(systolic=166)
    assert held["outcome"] == "hold"
    world.set_clock(at("10:00"))
    review = await day.checked(systolic=151)
    await world.do(
        f"/pre-dose-checks/{review['id']}/acceptance",
        {"reason": "benefit outweighs the risk"},
        role="prescriber",
    )
    world.set_clock(at("10:05"))
    await world.tell(person, *person.started(world.now()))
    await day.released()
    world.set_clock(at("10:10"))
    await day.given()
    world.set_clock(at("10:50"))
    await day.looked(outcome="escalate")
    adverse = await world.do(
        f"/sessions/{person.session_id}/adverse-events",
        {"code": "chest_pain", "serious": True},
        role="nurse",
    )
    world.set_clock(at("11:05"))
    await day.ended(outcome=SessionOutcome.ENDED_BY_CLINICIAN)
    await world.tell(
        person,
        scheduling.ClientDischarged(
            session_id=person.session_id,
            discharged_at=world.now(),
            mode=DischargeMode.TRANSFER,
        ),
    )

    assert adverse["report_due_at"] is not None
    assert (await day.order())["status"] == "closed"
    assert (await day.recovery())["ended"] == "transferred"
    holds = await world.get("/holds", course_id=str(person.course_id), status="open")
    (hold,) = holds["items"]
    assert hold["category"] == "adverse_event"
    once = await world.do(f"/holds/{hold['id']}/lift", role="therapist")
    assert (once["status"], once["missing_signatures"]) == ("open", ["prescriber"])
    assert "safety_hold_lifted" not in (await world.types_published(person))[-2:]
    both = await world.do(f"/holds/{hold['id']}/lift", role="prescriber")
    assert both["status"] == "lifted"
    assert (await world.types_published(person))[-1] == "safety_hold_lifted"
