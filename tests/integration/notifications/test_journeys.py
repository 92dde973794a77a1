"""J1, J2, J5, J7 and J9, as far as notifications goes (clinical.md 8)."""

import pytest

from careteam_contracts import intake, prescribing
from careteam_contracts.enums import (
    CourseOutcome,
    HoldCategory,
    RecoveryOutcome,
    SessionKind,
    SessionOutcome,
)
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    booked,
    checked,
    cleared,
    discharged,
    dose,
    ended,
    escort_arrived,
    goes_home,
    hold,
    in_session,
    order_closed,
    registered,
    stop,
    transferred,
)
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_j1_happy_path_ends_closed_with_restrictions_until_20_30(world: World) -> None:
    quinn = world.person()
    world.set_clock(at("09:00", day=7))
    await registered(world, quinn)
    await world.tell(quinn, booked(quinn, at("09:30")))
    await world.advance(at("09:30", day=9))
    reminders = await world.items("/messages", session_id=quinn.session_id)
    assert [(m["wording"], m["status"]) for m in reminders] == [("reminder", "sent")] * 2

    talk = booked(quinn, at("13:00", day=13), kind=SessionKind.INTEGRATION, session_id=new_id())
    await world.tell(quinn, talk)
    await in_session(world, quinn, booked_before=True)
    aftercare = await world.aftercare(quinn)
    assert (aftercare["status"], aftercare["end_known"]) == ("armed", False)
    assert aftercare["restriction_active"]

    await goes_home(world, quinn)
    aftercare = await world.aftercare(quinn)
    assert aftercare["restrictions_until"] == "2026-03-11T03:30:00Z"  # 20:30 local
    assert (aftercare["status"], aftercare["plan"]) == ("restricted", "standard")
    assert {(h["recipient"], h["channel"]) for h in aftercare["handovers"]} == {
        ("client", "sms"),
        ("escort", "sms"),
    }
    messages = await world.items("/messages", course_id=quinn.course_id)
    said = {m["wording"]: m["status"] for m in messages}
    assert said["escort_come_in"] == "sent"
    assert said["instructions"] == said["instructions_for_escort"] == "sent"

    await world.advance(at("20:29"))
    assert (await world.aftercare(quinn))["status"] == "restricted"
    await world.advance(at("20:30"))
    assert (await world.aftercare(quinn))["status"] == "monitoring"

    for day in (11, 13):
        await world.advance(at("12:30", day=day))
        [due] = await world.items("/check-ins", course_id=quinn.course_id, status="due")
        done = await world.post(
            f"/check-ins/{due['id']}/completion", {"outcome": "ok"}, role="nurse"
        )
        assert done.status_code == 200, done.text
        assert done.json()["closed_by"] is not None

    assert (await world.aftercare(quinn))["status"] == "closed"
    assert await world.items("/tasks", course_id=quinn.course_id, status="open") == []
    types = await world.types_published(quinn)
    assert types.count("aftercare_started") == types.count("aftercare_completed") == 1
    assert types.count("check_in_completed") == 2
    assert types.count("restrictions_extended") == 1
    assert "aftercare_escalated" not in types


@pytest.mark.parametrize(
    ("consent", "channel"),
    [
        ({"sms_allowed": True}, "sms"),
        ({"sms_allowed": False}, "email"),
        ({"sms_allowed": False, "email_allowed": False}, None),
    ],
)
async def test_j2_declined_gets_one_respectful_notice_and_one_call(
    world: World, consent: dict[str, bool], channel: str | None
) -> None:
    kit = world.person(**consent)
    await registered(world, kit)
    await world.tell(kit, hold(HoldCategory.CONTRAINDICATION))
    await world.tell(kit, intake.ClientDeclined(decision_id=new_id()))
    await world.tell(kit, intake.CourseClosed(outcome=CourseOutcome.DECLINED, followup_due_at=None))
    await world.settle()

    [notice] = await world.items("/messages", client_id=kit.client_id)
    assert (notice["purpose"], notice["channel"]) == ("decline_notice", channel)
    assert notice["status"] == ("dropped" if channel is None else "sent")
    [call] = await world.items("/tasks", client_id=kit.client_id)
    assert (call["purpose"], call["status"]) == ("call_declined_client", "open")
    kept = await world.items("/simulated-outbox", client_id=kit.client_id)
    assert [one["channel"] for one in kept] == ([] if channel is None else [channel])
    assert await world.types_published(kit) == []


async def test_j5_stopped_25_minutes_after_the_dose_is_restricted_until_18_25(
    world: World,
) -> None:
    ash = world.person()
    await in_session(world, ash)
    world.set_clock(at("10:25"))
    await world.tell(ash, stop(ash, at("10:25")))
    await world.tell(ash, ended(ash, at("10:25"), SessionOutcome.ENDED_BY_CLIENT))
    world.set_clock(at("12:20"))
    await world.tell(ash, cleared(ash, at("12:10")), occurred_at=at("12:10"))
    await world.tell(ash, escort_arrived(ash, at("12:15")), occurred_at=at("12:15"))
    await world.tell(ash, discharged(ash, at("12:20")))
    await world.settle()

    aftercare = await world.aftercare(ash)
    assert aftercare["restrictions_until"] == "2026-03-11T01:25:00Z"  # 18:25 local
    assert aftercare["plan"] == "standard"
    told = await world.items("/inbox", role="prescriber", course_id=ash.course_id)
    assert "stop_requested" in {notice["kind"] for notice in told}


async def test_j7_revoked_in_the_room_alerts_both_and_starts_no_aftercare(world: World) -> None:
    lee = world.person()
    await registered(world, lee)
    await world.tell(lee, booked(lee, at("09:30")))
    world.set_clock(at("09:55"))
    await world.tell(lee, prescribing.PrescriptionRevoked(prescription_id=new_id(), rx_version=1))
    await world.tell(lee, ended(lee, at("09:56"), SessionOutcome.ABORTED_BEFORE_DOSE))
    await world.tell(lee, order_closed(lee, 0))
    await world.settle()

    assert await world.items("/aftercare", session_id=lee.session_id) == []
    for role in ("therapist", "prescriber"):
        told = await world.items("/inbox", role=role, course_id=lee.course_id)
        assert [notice["kind"] for notice in told] == ["prescription_revoked"]
    gates = await world.get(f"/sessions/{lee.session_id}/gates")
    assert (gates["dosed"], gates["aftercare"]) == (False, None)


async def test_j9_transfer_is_enhanced_until_19_05_and_owes_a_report(world: World) -> None:
    rio = world.person()
    await registered(world, rio)
    await world.tell(rio, booked(rio, at("09:30")))
    world.set_clock(at("10:10"))
    await world.tell(rio, dose(rio, at("10:10")))
    world.set_clock(at("10:50"))
    await world.tell(rio, checked(rio, 1, RecoveryOutcome.ESCALATE))
    await world.tell(
        rio,
        prescribing.AdverseEventRecorded(
            ae_id=new_id(), session_id=rio.session_id, serious=True, report_due_at=at("10:50", 25)
        ),
    )
    open_calls = await world.items("/escalations", course_id=rio.course_id, status="open")
    assert [call["cause"] for call in open_calls] == ["recovery_escalated"]
    world.set_clock(at("11:05"))
    await world.tell(rio, ended(rio, at("11:05"), SessionOutcome.ENDED_BY_CLINICIAN))
    await world.tell(rio, transferred(rio, at("11:05")))
    await world.tell(rio, order_closed(rio, 1))
    await world.settle()

    aftercare = await world.aftercare(rio)
    assert aftercare["restrictions_until"] == "2026-03-11T02:05:00Z"  # 19:05 local
    assert (aftercare["plan"], aftercare["status"]) == ("enhanced", "restricted")
    open_tasks = await world.items("/tasks", course_id=rio.course_id, status="open")
    assert [(t["purpose"], t["due_at"]) for t in open_tasks] == [
        ("report_adverse_event", "2026-03-25T17:50:00Z")
    ]
    for role in ("therapist", "prescriber", "on_call"):
        told = await world.items("/inbox", role=role, course_id=rio.course_id)
        assert "serious_adverse_event" in {notice["kind"] for notice in told}
    assert "aftercare_escalated" not in await world.types_published(rio)
