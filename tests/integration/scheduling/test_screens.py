"""The pages without a script: each step of a session, what a refusal says, and who sees what."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from nats.aio.msg import Msg

from careteam_contracts.details import DetailAsk, Identity
from tests.integration.intake.browsing import Browser
from tests.integration.scheduling.care import (
    approved,
    booked,
    furnished,
    prepared,
    until_dosed,
    until_started,
)
from tests.integration.scheduling.clinic import REFS, World, at

pytestmark = pytest.mark.real

NOBODY_SAYS = "Intake does not say who this is"


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    made = Browser(world.app)
    yield made
    await made.http.aclose()


async def signed_in(browser: Browser, role: str) -> None:
    entered = await browser.sign_in(f"token-of-{role}")
    assert entered.status_code == 303, entered.text


async def tap(browser: Browser, page: str, step: str, **fields: str) -> str:
    """Press one button of a page; the page that it leads to."""
    answer = await browser.submit(page, fields, at=f"{page}/{step}")
    assert answer.status_code == 303, answer.text
    return (await browser.open(answer.headers["location"])).text


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


async def test_a_session_is_led_from_its_booking_to_its_end_in_single_taps(
    world: World, browser: Browser
) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    page = f"/sessions/{person.session_id}"
    await world.advance(at("09:35"))
    await signed_in(browser, "therapist")
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
    assert "Escort not here" in refused.text
    [escort] = (await world.get(f"/sessions/{person.session_id}"))["escorts"]
    await tap(browser, page, f"escorts/{escort['id']}/arrival", identity_matched="true")
    assert "Left at" in await tap(browser, page, "discharge")
