"""The pages of the desk without a script: bookings, the preparation, holds and the roster."""

import re

import pytest

from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    CHECKLIST,
    approved,
    clinician,
    furnished,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.screens import signed_in
from tests.support.browsing import Browser
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real


async def test_a_booking_shows_what_is_in_the_way_before_and_when_it_is_asked_for(
    world: World, browser: Browser
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person, other = await approved(world), await approved(world)
    await signed_in(browser, "front_desk")
    wanted = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "starts_at": "2026-03-06T10:00",
        "room_id": room["id"],
    }
    new = "/sessions/new"
    free = await browser.submit(new, wanted, at="/sessions/preview")
    assert "Nothing is in the way. Nothing is booked yet." in free.text
    assert 'value="2026-03-06T10:00"' in free.text
    assert (await world.get("/sessions"))["items"] == []
    made = await browser.submit(new, wanted)
    assert made.status_code == 303, made.text
    [session] = (await world.get("/sessions"))["items"]
    assert session["starts_at"] == "2026-03-06T18:00:00Z"
    clash = {**wanted, "course_id": str(other.course_id), "starts_at": "2026-03-06T10:30"}
    warned = await browser.submit(new, clash, at="/sessions/preview")
    assert "This is in the way. Nothing is booked." in warned.text
    refused = await browser.submit(new, clash)
    assert refused.status_code == 409
    assert "Nothing was changed" in refused.text
    assert len((await world.get("/sessions"))["items"]) == 1
    page = made.headers["location"]
    moved = await browser.submit(f"{page}/reschedule", {"starts_at": "2026-03-06T14:00"})
    assert moved.status_code == 303, moved.text
    assert "6 Mar 2026, 14:00" in (await browser.open(page)).text
    called_off = await browser.submit(
        f"{page}/reschedule", {"by_role": "client"}, at=f"{page}/cancellation"
    )
    assert called_off.status_code == 303, called_off.text
    assert (await world.get(f"/sessions/{session['id']}"))["status"] == "cancelled"


async def test_a_booking_that_was_begun_is_there_again_also_after_a_question(
    world: World, browser: Browser
) -> None:
    await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await signed_in(browser, "front_desk")
    new = "/sessions/new"
    opened = re.search(r'name="form_draft" value="([^"]*)"', (await browser.open(new)).text)
    assert opened is not None
    typed = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "starts_at": "2026-03-06T10:00",
        "form_draft": opened[1],
    }
    assert (await browser.keep(new, typed, 0)).status_code == 200
    sent = {**typed, "form_draft_seen": "1"}
    asked = await browser.submit(new, sent, at="/sessions/preview")
    assert "Nothing is booked yet." in asked.text
    assert 'name="form_draft_seen" value="1"' in asked.text
    next_one = (await browser.open(new)).text
    assert "2026-03-06T10:00" not in next_one
    link = re.search(r'href="(/sessions/new\?draft=[\w-]+)"', next_one)
    assert link is not None
    assert 'value="2026-03-06T10:00"' in (await browser.open(link[1])).text
    made = await browser.submit(link[1], sent, at=new)
    assert made.status_code == 303, made.text
    assert link[1] not in (await browser.open(new)).text


async def test_a_move_that_was_begun_says_when_the_session_was_moved_meanwhile(
    world: World, browser: Browser
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await signed_in(browser, "front_desk")
    wanted = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "starts_at": "2026-03-06T10:00",
        "room_id": room["id"],
    }
    made = await browser.submit("/sessions/new", wanted)
    page = f"{made.headers['location']}/reschedule"
    began = re.search(r'name="form_began_with" value="([^"]*)"', (await browser.open(page)).text)
    assert began is not None
    typed = {"starts_at": "2026-03-06T15:00", "form_began_with": began[1]}
    assert (await browser.keep(page, typed, 0)).status_code == 200
    again = (await browser.open(page)).text
    assert 'value="2026-03-06T15:00"' in again
    assert "compare before you save" not in again
    moved = await world.do(
        f"{made.headers['location']}/reschedule",
        {"starts_at": "2026-03-06T21:00:00Z"},
        role="front_desk",
    )
    assert moved["starts_at"] == "2026-03-06T21:00:00Z"
    assert "compare before you save" in (await browser.open(page)).text


async def test_what_cannot_be_used_stands_beside_its_field(world: World, browser: Browser) -> None:
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await signed_in(browser, "front_desk")
    again = await browser.submit(
        "/sessions/new", {"course_id": str(person.course_id), "block_minutes": "never"}
    )
    assert again.status_code == 422
    assert '<a href="#starts_at">' in again.text
    assert 'value="never"' in again.text


async def test_the_preparation_is_signed_and_a_hold_is_placed_and_lifted(
    world: World, browser: Browser
) -> None:
    await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    page = f"/courses/{person.course_id}"
    await signed_in(browser, "therapist")
    covered = {f"checklist.{item}": "true" for item in CHECKLIST}
    signed = await browser.submit(page, covered, at=f"{page}/preparation")
    assert signed.status_code == 303, signed.text
    assert "Signed" in (await browser.open(page)).text
    held = await browser.submit(page, {"category": "logistics"}, at=f"{page}/holds")
    assert held.status_code == 303, held.text
    [hold] = (await world.get(f"/courses/{person.course_id}/holds"))["items"]
    lifted = await browser.submit(page, {}, at=f"{page}/holds/{hold['id']}/lift")
    assert lifted.status_code == 303, lifted.text
    assert "Nothing holds this course." in (await browser.open(page)).text


async def test_the_roster_is_kept_and_absences_take_the_clinics_time(
    world: World, browser: Browser
) -> None:
    await furnished(world)
    await signed_in(browser, "operator")
    added = await browser.submit("/roster", {"name": "Alder"}, at="/roster/rooms")
    assert added.status_code == 303, added.text
    assert "Alder" in (await browser.open("/roster")).text
    [one] = (await world.get("/clinicians"))["items"]
    page = f"/roster/clinicians/{one['id']}"
    nurse = {"name": "The nurse", "role": "nurse", "ref": str(REFS["nurse"])}
    assert f'value="{REFS["nurse"]}"' in (await browser.open("/roster")).text
    assert (await browser.submit("/roster", nurse, at="/roster/clinicians")).status_code == 303
    assert f'value="{REFS["nurse"]}"' not in (await browser.open("/roster")).text
    away = {"since": "2026-03-12T09:00", "until": "2026-03-12T17:00"}
    assert (await browser.submit(page, away, at=f"{page}/absences")).status_code == 303
    assert "12 Mar 2026, 09:00" in (await browser.open(page)).text
    await signed_in(browser, "nurse")
    assert f'action="{page}/absences"' not in (await browser.open(page)).text


async def test_who_is_only_in_the_roster_is_booked_and_named_all_the_same(
    world: World, browser: Browser
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    other = await clinician(world, "therapist", name="Wren Rostered", ref=str(new_id()))
    await signed_in(browser, "front_desk")
    assert "Wren Rostered" in (await browser.open("/sessions/new")).text
    made = await browser.submit(
        "/sessions/new",
        {
            "course_id": str(person.course_id),
            "kind": "prep",
            "starts_at": "2026-03-06T10:00",
            "room_id": room["id"],
            "therapist_ref": other["id"],
        },
    )
    assert made.status_code == 303, made.text
    for path in (made.headers["location"], "/?day=2026-03-06", "/readiness?day=2026-03-06"):
        shown = (await browser.open(path)).text
        assert "Wren Rostered" in shown, path
        assert other["id"][-8:] not in re.sub(r'"[^"]*"', "", shown), path
