"""The pages without a script: each step of a session, what a refusal says, and who sees what."""

import re
from datetime import date

import pytest
import sqlalchemy as sa
from nats.aio.msg import Msg

from careteam_contracts.details import Allergies, DetailAsk, Identity
from tests.integration.scheduling.care import (
    approved,
    booked,
    furnished,
    prepared,
    until_dosed,
    until_recovering,
    until_started,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.screens import signed_in, tap
from tests.support.browsing import Browser
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real

NOBODY_SAYS = "Intake does not say who this is"


async def test_a_stop_is_one_step_on_every_page_of_a_running_session(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_dosed(world)
    await signed_in(browser, "front_desk")
    page = f"/sessions/{person.session_id}"
    shown = await browser.open(page)
    assert f'action="{page}/stop"' in shown.text
    assert f'action="{page}/stop"' in (await browser.open(f"{page}/escorts")).text
    stopped = await tap(browser, page, "stop")
    assert "The client stays and is observed." in stopped
    assert f'action="{page}/stop"' not in stopped
    assert (await world.get(f"/sessions/{person.session_id}"))["stopped"]["by_role"] == "client"


async def test_names_come_from_intake_and_a_silent_intake_costs_nothing_but_them(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_started(world)
    await signed_in(browser, "therapist")
    page = f"/sessions/{person.session_id}"
    nameless = (await browser.open(page)).text
    assert NOBODY_SAYS in nameless
    assert f'action="{page}/stop"' in nameless
    asked: list[DetailAsk] = []

    async def answer(message: Msg) -> None:
        asked.append(DetailAsk.model_validate_json(message.data))
        told = Identity(known=True, name="Wren Halloway", date_of_birth=date(1990, 4, 2))
        await message.respond(told.model_dump_json().encode())

    await world.voices["intake"].client.subscribe("careteam.rpc.intake.identity", cb=answer)
    await world.voices["intake"].client.flush()
    for _ in range(2):
        named = (await browser.open(page)).text
        assert "Wren Halloway" in named
        assert "35 years" in named
        assert NOBODY_SAYS not in named
    assert [(one.client_id, one.actor_ref) for one in asked] == [
        (person.client_id, REFS["therapist"])
    ]


async def test_the_screen_of_a_running_session_keeps_its_therapist_signed_in(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_started(world)
    await signed_in(browser, "therapist")

    async def still_after_a_refresh_of(path: str) -> bool:
        await browser.open("/tasks")
        for minutes in (14, 2):
            await passed(world, minutes)
            shown = await browser.open(path, **{"hx-request": "true"})
        assert shown.status_code == 200
        return "hx-redirect" not in shown.headers

    assert await still_after_a_refresh_of(f"/sessions/{person.session_id}")
    assert not await still_after_a_refresh_of("/board")


async def passed(world: World, minutes: int) -> None:
    """So long nobody has asked for anything."""
    async with world.service.database.engine.begin() as connection:
        await connection.execute(
            sa.text("UPDATE web_sessions SET seen_at = seen_at - make_interval(mins => :minutes)"),
            {"minutes": minutes},
        )


async def test_a_session_is_led_from_its_booking_to_its_end_in_single_taps(
    world: World, browser: Browser
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    page = f"/sessions/{person.session_id}"
    await signed_in(browser, "therapist")
    awaited = (await browser.open(page)).text
    assert "Ready for it: nothing is missing" in awaited
    assert "On the day: " in awaited
    assert "Start: " not in awaited, "what is asked at the start is not asked days before"
    await world.advance(at("09:35"))
    for path in ("/", "/?view=week", "/?by=clinician", "/board", "/readiness?day=2026-03-10"):
        shown = await browser.open(path)
        assert shown.status_code == 200, path
        assert str(person.client_id)[-8:] in shown.text, path
    here = await tap(browser, page, "check-in")
    assert "Checked in" in here
    assert "It needs:" in here
    await world.advance(at("09:45"))
    await world.tell(person, person.check_passed(world.now()))
    ready = await tap(browser, page, "assent", process_explained="true", given="true")
    assert "the client says yes" not in ready
    assert "Start: nothing is in the way" in ready
    assert f'action="{page}/stop"' not in ready
    world.silent.add("intake")
    unproven = await browser.submit(page, {}, at=f"{page}/start")
    assert unproven.status_code == 503
    assert "Nothing was changed" in unproven.text
    world.silent.clear()
    running = await tap(browser, page, "start")
    assert "data-run=" in running
    assert f'action="{page}/stop"' in running
    await world.advance(at("10:00"))
    await world.tell(person, person.administered(world.now()))
    peak = await tap(browser, page, "phase", phase="peak")
    assert 'aria-current="step"' in peak
    await world.advance(at("12:30"))
    assert "Going home" in await tap(browser, page, "end")
    await world.tell(person, person.closed())
    waiting = await browser.open(page)
    assert "button disabled" in waiting.text
    assert "Waits for: " in waiting.text
    await world.tell(person, person.cleared(world.now()))
    refused = await browser.submit(page, {}, at=f"{page}/discharge")
    assert refused.status_code == 409
    assert "The escort is not here, or is not who was named." in refused.text
    [escort] = (await world.get(f"/sessions/{person.session_id}"))["escorts"]
    await tap(browser, page, f"escorts/{escort['id']}/arrival", identity_matched="true")
    assert "Left at" in await tap(browser, page, "discharge")


async def test_nobody_is_taken_home_from_a_session_that_ended_before_a_dose(
    world: World, browser: Browser
) -> None:
    """F88; a dose that is told late brings the list back (ruling 12)."""
    person, _, _ = await until_started(world)
    page = f"/sessions/{person.session_id}"
    await signed_in(browser, "therapist")
    assert "Going home" in (await browser.open(page)).text
    await world.do(f"{page}/stop", {"by_role": "client"})
    await world.tell(person, person.closed())
    ended = (await browser.open(page)).text
    assert "No dose was given" in ended
    assert "Going home" not in ended
    await world.tell(person, person.administered(world.now()))
    dosed = (await browser.open(page)).text
    assert "Going home" in dosed
    assert "No dose was given" not in dosed


async def test_people_see_what_is_theirs(world: World, browser: Browser) -> None:
    person, _, _ = await until_started(world)
    page = f"/sessions/{person.session_id}"
    await signed_in(browser, "front_desk")
    desk = await browser.open(page)
    assert f'href="{page}/notes"' not in desk.text
    assert f'action="{page}/end"' not in desk.text
    assert (await browser.open(f"{page}/notes")).status_code == 403
    await signed_in(browser, "therapist")
    therapist = await browser.open(page)
    assert f'href="{page}/notes"' in therapist.text
    assert f'action="{page}/end"' in therapist.text
    assert "Intake does not say whether" in (await browser.open(f"{page}/notes")).text
    person.answers["intake"] = {"open_questions": 1}
    for form in ("notes", "summary"):
        asked = await browser.open(f"{page}/{form}")
        assert "Unanswered questions of the client: 1" in asked.text
    written = await browser.submit(
        f"{page}/notes", {"kind": "support", "text": "Calm.", "action_items[].text": "To rest."}
    )
    assert written.status_code == 303, written.text
    assert "To rest." in (await browser.open(f"{page}/notes")).text


async def test_somebody_who_walks_out_is_recorded_and_countersigned_by_another(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_dosed(world)
    page = f"/sessions/{person.session_id}"
    await world.advance(at("10:40"))
    await signed_in(browser, "nurse")
    left = f"{page}/left-against-advice"
    assert (await browser.submit(left, {})).status_code == 422
    gone = await browser.submit(
        left,
        {"capacity_assessed": "true", "escort_present": "false", "at": "2026-03-10T10:35"},
    )
    assert gone.status_code == 303, gone.text
    assert "Left at 10:35: against advice." in (await browser.open(page)).text
    tasks = (await world.get("/tasks", status="open"))["items"]
    [task] = [t for t in tasks if t["kind"] == "countersign_left_against_advice"]
    done = f"/tasks/{task['id']}/completion"
    assert (await browser.submit("/tasks", {}, at=done)).status_code == 409
    await signed_in(browser, "therapist")
    assert (await browser.submit("/tasks", {}, at=done)).status_code == 303


async def test_two_people_clear_only_while_prescribing_is_silent(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_recovering(world)
    page = f"/sessions/{person.session_id}"
    await world.advance(at("12:40"))
    await signed_in(browser, "nurse")
    stated = {
        "stated_dose_count": "1",
        "last_dose_at": "2026-03-10T10:00",
        "second_ref": str(REFS["therapist"]),
        "second_role": "therapist",
        "reason_code": "prescribing_unreachable",
    }
    refused = await browser.submit(f"{page}/manual-clearance", stated)
    assert refused.status_code == 409
    assert "Prescribing answers: clear the client there." in refused.text
    world.silent.add("prescribing")
    assert (await browser.submit(f"{page}/manual-clearance", stated)).status_code == 303
    assert "Cleared by two people" in (await browser.open(page)).text
    escorts = f"{page}/escorts"
    named = await browser.submit(
        escorts, {"name": "Sam Vale", "phone": "+13105550146", "relationship": "friend"}
    )
    assert named.status_code == 422
    named = await browser.submit(
        escorts,
        {"name": "Sam Vale", "phone": "+13105550146", "relationship": "friend", "adult": "true"},
    )
    assert named.status_code == 303, named.text
    assert "Sam Vale" in (await browser.open(escorts)).text
    assert "Sam Vale" not in (await browser.open(page)).text


async def test_allergies_are_asked_for_those_who_treat_and_nobody_else(
    world: World, browser: Browser
) -> None:
    person, _, _ = await until_started(world)
    page = f"/sessions/{person.session_id}"
    asked: list[DetailAsk] = []

    async def answer(message: Msg) -> None:
        asked.append(DetailAsk.model_validate_json(message.data))
        told = Allergies(known=True, recorded=True, allergies=("penicillin",))
        await message.respond(told.model_dump_json().encode())

    await signed_in(browser, "therapist")
    assert "allergies: prescribing does not answer" in (await browser.open(page)).text
    await world.voices["prescribing"].client.subscribe(
        "careteam.rpc.prescribing.identity", cb=answer
    )
    await world.voices["prescribing"].client.flush()
    treating = (await browser.open(page)).text
    assert "allergic: penicillin" in treating
    assert re.search(r"prescribing, <span data-age=[^>]+>\d+\.\d s</span> ago", treating)
    assert [one.actor_ref for one in asked] == [REFS["therapist"]]
    await signed_in(browser, "front_desk")
    at_the_desk = (await browser.open(page)).text
    assert "allergi" not in at_the_desk
    assert len(asked) == 1
