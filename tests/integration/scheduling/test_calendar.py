"""A week, a day, a room; tomorrow's readiness; the safety board; what a drop would be told."""

from datetime import datetime, timedelta

import pytest

from careteam_contracts.enums import RecoveryOutcome
from tests.integration.scheduling.care import (
    approved,
    booked,
    clinician,
    dosing,
    furnished,
    hears,
    prepared,
    until_dosed,
)
from tests.integration.scheduling.clinic import World
from tests.support.service_world import bearer
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real


async def test_a_week_shows_lanes_days_and_what_tomorrow_lacks(world: World) -> None:
    room = await furnished(world)
    nurse = await clinician(world, "nurse")
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    body = dosing(person, room, at("09:30"), attendant_ref=nurse["id"])
    shown = await world.do("/sessions/preview", body, role="front_desk")
    assert (shown["gate"], shown["allowed"], shown["missing"]) == ("G-BOOK", True, [])
    early = {**body, "starts_at": at("04:30", 7).isoformat()}
    shown = await world.do("/sessions/preview", early, role="front_desk")
    assert {slug for one in shown["missing"] for slug in one["slugs"]} == {"starts-in-the-past"}
    assert (await world.get("/sessions", kind="dosing"))["items"] == []
    session = await world.do("/sessions", body, role="front_desk")
    week = await world.get("/calendar", day="2026-03-06", days=7)
    lengths = [
        datetime.fromisoformat(d["until"]) - datetime.fromisoformat(d["since"])
        for d in week["days"]
    ]
    assert lengths == [timedelta(hours=23 if n == 2 else 24) for n in range(7)]
    lanes = {lane["name"]: lane for lane in week["lanes"]}
    assert lanes["Cedar"]["sessions"] == [session["id"]]
    assert lanes["Nurse"]["sessions"] == [session["id"]]
    assert len(lanes["Therapist"]["sessions"]) == 3
    [entry] = [e for e in week["entries"] if e["session_id"] == session["id"]]
    assert entry["reserved_until"] == "2026-03-10T20:30:00Z"
    only = await world.get("/calendar", day="2026-03-10", clinician_id=nurse["id"])
    assert [lane["name"] for lane in only["lanes"] if lane["resource"] == "clinician"] == ["Nurse"]
    [line] = (await world.get("/readiness", day="2026-03-10", role="front_desk"))["items"]
    assert not line["ready"]
    assert {m["fact"]: m["owner"] for m in line["missing"]} == {
        "an escort": "scheduling",
        "a dose order authorised for this session": "prescribing",
    }
    assert {m["fact"] for m in line["on_the_day"]} == {
        "the client's assent of today",
        "a pre-dose check that passes",
    }
    await world.do(f"/sessions/{session['id']}/cancellation", {"by_role": "client"})
    assert (await world.get("/readiness", day="2026-03-10"))["items"] == []
    assert (await world.get("/calendar", day="2026-03-10"))["entries"] == []


async def test_who_is_ready_tomorrow_has_nothing_missing(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    await world.advance(at("12:00", 9))
    [line] = (await world.get("/readiness"))["items"]
    assert (line["ready"], line["missing"]) == (True, [])
    path = f"/sessions/{person.session_id}/reschedule/preview"
    shown = await world.do(path, {"starts_at": at("02:00", 9).isoformat()}, role="front_desk")
    assert not shown["allowed"]
    assert (await world.get(f"/sessions/{person.session_id}"))["schedule_version"] == 1


async def test_the_board_says_what_has_to_be_looked_at_next(world: World) -> None:
    """F87: checkpoint, earliest clearance, the end of the clearance; and who answers for it."""
    await world.do("/rooms", {"name": "Alder"}, role="front_desk")
    person, room, escort = await until_dosed(world)

    async def line() -> tuple[dict[str, object], dict[str, object]]:
        board = await world.get("/safety-board", role="on_call")
        assert [r["name"] for r in board["rooms"] if not r["occupants"]] == ["Alder"]
        [row] = [r for r in board["rooms"] if r["room_id"] == room["id"]]
        [occupant] = row["occupants"]
        return occupant, occupant["next_look"]

    who, look = await line()
    assert (who["status"], who["phase"], who["escort"]) == ("dosed", "onset", "confirmed")
    assert look == {"what": "checkpoint", "due_at": "2026-03-10T17:40:00Z", "overdue": False}
    await world.advance(at("10:41"))
    assert (await line())[1]["overdue"] is True
    await hears(world, person, person.recovery_check(1, RecoveryOutcome.ON_TRACK))
    assert (await line())[1]["what"] == "earliest_clearance"
    await world.advance(at("12:31"))
    await world.do(f"/sessions/{person.session_id}/end", {})
    await world.tell(person, person.closed(), person.cleared(world.now()))
    await world.do(f"/escorts/{escort['id']}/arrival", {"identity_matched": True}, role="nurse")
    who, look = await line()
    assert (who["escort_here"], who["overrunning"]) == (True, True)
    assert who["responsible_ref"] == str(REFS["prescriber"])
    assert look == {"what": "clearance_ends", "due_at": "2026-03-10T20:01:00Z", "overdue": False}
    await world.do(f"/sessions/{person.session_id}/discharge", role="front_desk")
    board = await world.get("/safety-board")
    assert all(not r["occupants"] for r in board["rooms"])


async def test_a_change_of_what_others_changed_meanwhile_is_refused(world: World) -> None:
    """If-Match, 404, 422, and the same key with another body."""
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    path = f"/api/v1/sessions/{person.session_id}"
    seen = (await world.api.get(path, headers=bearer("front_desk"))).headers["ETag"]
    headers = {**bearer("front_desk"), "If-Match": seen}
    body = {"starts_at": at("10:00").isoformat()}
    moved = await world.api.post(f"{path}/reschedule", json=body, headers=headers)
    assert (moved.status_code, moved.headers["ETag"] != seen) == (200, True)
    stale = await world.api.post(
        f"{path}/cancellation", json={"by_role": "client"}, headers=headers
    )
    assert stale.status_code == 412
    key = "one-command-only"
    cancelled = await world.post(
        f"/sessions/{person.session_id}/cancellation", {"by_role": "client"}, key=key
    )
    again = await world.post(
        f"/sessions/{person.session_id}/cancellation", {"by_role": "client"}, key=key
    )
    assert (cancelled.status_code, again.json()) == (200, cancelled.json())
    other = await world.post(
        f"/sessions/{person.session_id}/cancellation", {"by_role": "nurse"}, key=key
    )
    assert other.status_code == 422
    bad = await world.post("/sessions", {"kind": "dosing", "starts_at": "tomorrow"})
    assert bad.status_code == 422
    unknown = await world.post(f"/sessions/{person.course_id}/check-in", role="front_desk")
    assert unknown.status_code == 404
