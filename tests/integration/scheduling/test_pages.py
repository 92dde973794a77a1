"""What people read: lists, gates, checklists, standing; and who may."""

import pytest

from careteam_contracts import intake, notifications
from careteam_contracts.enums import Channel as By
from careteam_contracts.enums import (
    CheckInOutcome,
    EngagementStyle,
    InstructionsRecipient,
    MessagePurpose,
    Touch,
)
from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    CHECKLIST,
    ESCORT,
    approved,
    clinician,
    furnished,
    hears,
    until_dosed,
    until_recovering,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.service_world import bearer
from tests.support.voices import at

pytestmark = pytest.mark.real


async def test_the_gates_say_every_rule_and_what_would_unblock_it(world: World) -> None:
    person, _, _ = await until_recovering(world)
    shown = await world.get(f"/sessions/{person.session_id}/gates", role="operator")
    gates = {gate["gate"]: gate for gate in shown["gates"]}
    assert set(gates) == {"G-BOOK", "G-START", "G-DISCHARGE"}
    assert set(shown["freshness"]) == {"intake", "prescribing", "notifications"}
    open_now = {v["slug"]: v for v in gates["G-DISCHARGE"]["verdicts"] if not v["holds"]}
    assert set(open_now) == {"clearance-not-valid", "escort-not-here"}
    [who] = open_now["clearance-not-valid"]["unblocks_with"]
    assert who["owner"] == "prescribing"
    await hears(world, person, person.cleared(world.now()))
    shown = await world.get(f"/sessions/{person.session_id}/gates")
    [leave] = [g for g in shown["gates"] if g["gate"] == "G-DISCHARGE"]
    cleared = next(v for v in leave["verdicts"] if v["slug"] == "clearance-not-valid")
    assert cleared["holds"]
    assert cleared["source_events"]


async def test_the_standing_of_a_course_says_what_is_known(world: World) -> None:
    person, _, _ = await until_dosed(world)
    wishes = intake.PreferencesUpdated(
        preferences_version=1,
        touch=Touch.NONE,
        music=True,
        eyeshades=False,
        engagement_style=EngagementStyle.SILENT_SUPPORT,
        touch_widened=False,
    )
    await world.tell(person, wishes)
    standing = await world.get(f"/courses/{person.course_id}/standing")
    assert standing["approval"]["id"] == str(person.approval_id)
    assert standing["preferences"]["engagement_style"] == "silent_support"
    assert (standing["dosed_sessions"], standing["sessions_authorised"]) == (1, 2)
    [restriction] = standing["restrictions"]
    assert (restriction["until"], restriction["in_force"]) == (None, True)
    assert [s["kind"] for s in standing["sessions"]] == ["prep", "prep", "dosing"]
    ahead = [[gate["gate"] for gate in s["gates"]] for s in standing["sessions"]]
    assert ahead == [[], [], ["G-DISCHARGE"]]
    assert {m["fact"]: m["owner"] for m in standing["sessions"][2]["gates"][0]["missing"]} == {
        "the end of the session": "scheduling",
        "the escort, here and identified": "scheduling",
    }
    unknown = await world.api.get(
        f"/api/v1/courses/{new_id()}/standing", headers=bearer("therapist")
    )
    assert unknown.status_code == 404


async def test_the_checklist_follows_what_is_told_and_leaves_a_task(world: World) -> None:
    person, _, escort = await until_recovering(world)
    path = f"/sessions/{person.session_id}"
    aftercare = new_id()
    await world.tell(
        person,
        notifications.InstructionsDelivered(
            aftercare_id=aftercare,
            session_id=person.of_session(),
            recipient=InstructionsRecipient.CLIENT,
            channel=By.PAPER,
        ),
        person.cleared(world.now()),
    )
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    lines = (await world.get(f"{path}/discharge-checklist"))["items"]
    assert [line["item"] for line in lines if not line["done"]] == [
        "escort_instructed",
        "integration_arranged",
    ]
    gone = await world.do(f"{path}/discharge", role="front_desk")
    assert gone["leaving"]["open_items"] == ["escort_instructed", "integration_arranged"]
    assert sorted(await _open_tasks(world, person)) == ["complete_discharge_items", "sign_summary"]
    await world.do(f"{path}/summary", {"text": "Calm."})
    assert await _open_tasks(world, person) == ["complete_discharge_items"]


async def test_what_others_tell_becomes_a_task_once(world: World) -> None:
    person, _, _ = await until_dosed(world)
    session_id = person.of_session()
    failed = notifications.DeliveryFailed(
        message_id=new_id(), purpose=MessagePurpose.APPOINTMENT_REMINDER
    )
    concern = notifications.CheckInCompleted(
        checkin_id=new_id(), session_id=session_id, outcome=CheckInOutcome.CONCERN
    )
    known = notifications.DeliveryFailed(
        message_id=new_id(), purpose=MessagePurpose.ESCORT_REQUEST, staff_asked=True
    )
    await world.tell(person, failed, failed, known, concern)
    assert sorted(await _open_tasks(world, person)) == ["bring_integration_forward", "call_client"]


async def test_lists_go_page_by_page_and_by_day_room_therapist(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    for hour in (10, 11, 12):
        await world.do(
            "/sessions",
            {
                "course_id": str(person.course_id),
                "kind": "prep",
                "room_id": room["id"],
                "starts_at": at(f"{hour}:00", 6).isoformat(),
            },
            role="front_desk",
        )
    first = await world.get("/sessions", limit=2)
    second = await world.get("/sessions", limit=2, after=first["next_cursor"])
    starts = [s["starts_at"] for page in (first, second) for s in page["items"]]
    assert starts == sorted(starts)
    assert len(starts) == 3
    assert second["next_cursor"] is None
    assert [s["kind_no"] for s in first["items"]] == [1, 2]
    assert len((await world.get("/sessions", day="2026-03-06"))["items"]) == 3
    assert (await world.get("/sessions", day="2026-03-07"))["items"] == []
    mine = await world.get("/sessions", therapist_ref=str(person.therapist_ref))
    assert len(mine["items"]) == 3
    bad = await world.api.get("/api/v1/sessions?after=nonsense", headers=bearer("therapist"))
    assert bad.status_code == 422


async def test_the_roster_knows_when_papers_run_out(world: World) -> None:
    await furnished(world)
    lapsing = await clinician(
        world, "therapist", ref=str(new_id()), license_valid_until="2026-03-09"
    )
    assert lapsing["license_valid_until"] == "2026-03-10T07:00:00Z"
    await world.advance(at("00:01"))
    shown = {c["id"]: c for c in (await world.get("/clinicians"))["items"]}
    assert shown[lapsing["id"]]["status"] == "lapsed"
    renewed = await world.do(
        f"/clinicians/{lapsing['id']}/credentials",
        {"license_valid_until": "2027-03-09"},
        role="operator",
    )
    assert renewed["status"] == "entitled"
    again = {"name": "x", "role": "therapist", "ref": lapsing["id"]}
    assert await world.refused("/clinicians", again, role="operator") == {"clinician-already-known"}


async def test_private_words_are_for_whom_they_are_meant(world: World) -> None:
    person, _, escort = await until_recovering(world)
    path = f"/sessions/{person.session_id}"
    signed = await world.do(f"{path}/summary", {"text": "Calm."})
    await world.do(f"{path}/summary", {"text": "An addendum."})
    summaries = (await world.get(f"{path}/summaries", role="prescriber"))["items"]
    assert [(s["text"], s["addendum_to"]) for s in summaries] == [
        ("Calm.", None),
        ("An addendum.", signed["summary_ref"]),
    ]
    contact = await world.get(f"/escorts/{escort['id']}/contact", role="on_call")
    assert contact["phone"] == ESCORT["phone"]
    for role, hidden in (
        ("front_desk", f"{path}/summaries"),
        ("prescriber", f"/escorts/{escort['id']}/contact"),
    ):
        answer = await world.api.get(f"/api/v1{hidden}", headers=bearer(role))
        assert answer.status_code == 403
    view = await world.get(path)
    assert ESCORT["name"] not in str(view)


async def test_a_therapist_starts_and_signs_and_the_front_desk_does_not(world: World) -> None:
    await furnished(world)
    person = await approved(world)
    answer = await world.post(
        f"/courses/{person.course_id}/preparation", {"checklist": CHECKLIST}, role="front_desk"
    )
    assert answer.status_code == 403
    signed = await world.do(f"/courses/{person.course_id}/preparation", {"checklist": CHECKLIST})
    assert (signed["status"], signed["completed_at"]) == ("signed", None)
    assert (await world.get(f"/courses/{person.course_id}/preparation"))["status"] == "signed"


async def test_what_somebody_else_changed_is_not_overwritten(world: World) -> None:
    person, _, _ = await until_dosed(world)
    path = f"/api/v1/sessions/{person.session_id}"
    seen = (await world.api.get(path, headers=bearer("therapist"))).headers["ETag"]
    await world.do(f"/sessions/{person.session_id}/phase", {"phase": "peak"})
    headers = {**bearer("therapist"), "If-Match": seen}
    late = await world.api.post(f"{path}/phase", json={"phase": "onset"}, headers=headers)
    assert late.status_code == 412
    assert (await world.get(f"/sessions/{person.session_id}"))["phase"] == "peak"


async def _open_tasks(world: World, person: Person) -> list[str]:
    found = await world.get("/tasks", course_id=str(person.course_id), status="open")
    return [task["kind"] for task in found["items"]]


async def test_tasks_say_who_is_looked_to_first_and_are_found_by_that(world: World) -> None:
    person, _, _ = await until_dosed(world)
    failed = notifications.DeliveryFailed(
        message_id=new_id(), purpose=MessagePurpose.APPOINTMENT_REMINDER
    )
    await world.tell(person, failed)
    desk = await world.get("/tasks", owner_role="front_desk")
    assert [(one["kind"], one["owner_role"]) for one in desk["items"]] == [
        ("call_client", "front_desk")
    ]
    assert (await world.get("/tasks", owner_role="operator"))["items"] == []
