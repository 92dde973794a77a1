"""Pages without a script: restrictions, check-ins, instructions, and whose names are shown."""

import re
from datetime import datetime

import pytest

from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    goes_home,
    in_session,
)
from tests.integration.notifications.pages import has_a_check_in_due, somebody, words_of
from tests.support.browsing import Browser
from tests.support.in_scope import in_scope
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_the_end_of_a_restriction_is_shown_or_that_nobody_knows_it(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Wren Halloway")
    await in_session(world, person)
    await browser.sign_in("token-of-nurse")

    async def row() -> str:
        found = re.findall(r"<tr>.*?</tr>", (await browser.open("/aftercare")).text, re.DOTALL)
        [row] = [words_of(one) for one in found if "Wren Halloway" in one]
        return str(row)

    assert "no end known yet" in await row()
    await goes_home(world, person)
    assert "no end known yet" not in await row()
    aftercare = await world.aftercare(person)
    assert aftercare["end_known"]
    page = await browser.open(f"/aftercare/{aftercare['id']}")
    assert "restricted until" in page.text
    assert "April 1990" in page.text
    assert "Message sent: instructions, client" in words_of(page.text)


async def test_a_check_in_is_called_and_a_concern_calls_people(
    world: World, browser: Browser
) -> None:
    person, path = await has_a_check_in_due(world, "Ash Verhoeven")
    await browser.sign_in("token-of-front_desk")
    assert "Ash Verhoeven" in (await browser.open("/aftercare")).text
    assert path not in (await browser.open("/aftercare")).text
    assert (await browser.submit(path, {"outcome": "ok"})).status_code == 403
    await browser.sign_in("token-of-nurse")
    assert f'href="{path}"' in (await browser.open("/aftercare")).text
    empty = await browser.submit(path, {})
    assert empty.status_code == 422
    assert '<a href="#outcome">' in empty.text
    assert "open question" in empty.text, "what the client asked is in sight of whoever calls"
    assert re.search(r'name="at" type="datetime-local"', empty.text)
    future = await browser.submit(path, {"outcome": "ok", "at": "2026-03-11T12:40"})
    assert future.status_code == 409
    assert "This time is still to come." in future.text
    said = await browser.submit(path, {"outcome": "concern", "at": "2026-03-11T12:20"})
    aftercare = await world.aftercare(person)
    assert (said.status_code, said.headers["location"]) == (303, f"/aftercare/{aftercare['id']}")
    [closed] = await world.items("/check-ins", course_id=person.course_id, status="closed")
    assert datetime.fromisoformat(closed["closed_at"]) == at("12:20", day=11)
    page = words_of((await browser.open(f"/aftercare/{aftercare['id']}")).text)
    assert "Check in concern" in page
    assert "Check in: concern nurse" in page
    again = await browser.submit(path, {"outcome": "ok"})
    assert again.status_code == 409


async def test_instructions_are_handed_over_and_then_confirmed(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Sage Lindholm")
    await in_session(world, person)
    path = f"/aftercare/{(await world.aftercare(person))['id']}"
    await browser.sign_in("token-of-front_desk")
    form, confirmation = f"{path}/instructions", f"{path}/acknowledgements"
    early = await browser.submit(form, {"recipient": "escort"}, at=confirmation)
    assert early.status_code == 409
    assert "The instructions were not handed over to everybody." in early.text
    lacking = await browser.submit(form, {"recipient": "escort"})
    assert lacking.status_code == 422
    assert 'value="escort" checked' in lacking.text
    given = await browser.submit(form, {"recipient": "escort", "channel": "paper"})
    assert given.status_code == 303
    assert "delivered, not confirmed" in (await browser.open(path)).text
    assert (await browser.submit(form, {"recipient": "escort"}, at=confirmation)).status_code == 303
    assert "delivered, not confirmed" not in (await browser.open(path)).text
    await browser.sign_in("token-of-operator")
    assert (await browser.open(form)).status_code == 403


async def test_a_client_is_nobody_s_name_while_intake_is_silent(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Marlow Quist")
    await in_session(world, person)
    world.silent.add("intake")
    await browser.sign_in("token-of-therapist")
    board = await browser.open("/aftercare")
    assert board.status_code == 200
    assert "Marlow Quist" not in board.text
    assert "Intake does not answer" in board.text
    assert str(person.client_id)[-8:] in board.text
    world.silent.clear()
    assert "Marlow Quist" in (await browser.open("/aftercare")).text


async def test_names_are_asked_once_a_minute_and_kept_nowhere(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Nameless Kept")
    await in_session(world, person)
    await browser.sign_in("token-of-therapist")
    assert "Nameless Kept" in (await browser.open("/aftercare")).text
    asked = world.asked.count("identity")
    for _ in range(3):
        await browser.open("/aftercare")
    assert world.asked.count("identity") == asked
    async with in_scope(world.service) as connection:
        for table in world.service.definition.metadata.sorted_tables:
            rows = (await connection.execute(table.select())).all()
            assert "Nameless Kept" not in str(rows), table.name


async def test_the_banner_says_who_does_not_answer_and_keeps_what_it_was_told(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Silent Peers")
    await in_session(world, person)
    await browser.sign_in("token-of-on_call")
    listed = await world.get("/aftercare", course_id=str(person.course_id))
    page = words_of((await browser.open(f"/aftercare/{listed['items'][0]['id']}")).text)
    for silent in ("allergies: prescribing", "prescription: prescribing", "approval: intake"):
        assert f"{silent} does not answer" in page
    assert "Silent Peers" in page
    assert "no open hold" in page
