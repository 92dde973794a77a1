"""Pages without a script: loops, tasks, aftercare, check-ins, the inbox, and what was sent."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest
import pytest_asyncio

from careteam_contracts import intake
from careteam_contracts.enums import HoldCategory
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    goes_home,
    hold,
    in_session,
    registered,
    walked_out,
)
from tests.integration.notifications.people import Person
from tests.support.browsing import Browser
from tests.support.in_scope import in_scope
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

NOBODY = UUID("01890000-0000-7000-8000-000000000000")


@pytest_asyncio.fixture(loop_scope="module")
async def browser(world: World) -> AsyncIterator[Browser]:
    made = Browser(world.app)
    yield made
    await made.http.aclose()


def somebody(world: World, name: str) -> Person:
    """A client with a name of their own, so that a page's rows can be told apart."""
    person = world.person()
    assert person.contact is not None
    person.contact = person.contact.model_copy(update={"name": name})
    return person


def words_of(html: str) -> str:
    """What is read, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


async def walks_out(world: World, name: str) -> Person:
    person = somebody(world, name)
    await in_session(world, person)
    world.set_clock(at("11:00"))
    await world.tell(person, walked_out(person, at("10:55")))
    await world.settle()
    return person


async def has_a_check_in_due(world: World, name: str) -> tuple[Person, str]:
    """Somebody at home, and the path of the check-in that is due the next day."""
    person = somebody(world, name)
    await in_session(world, person)
    await goes_home(world, person)
    await world.advance(at("12:30", day=11))
    [due] = await world.items("/check-ins", course_id=person.course_id, status="due")
    return person, f"/check-ins/{due['id']}"


async def test_a_loop_shows_its_true_age_and_is_taken_and_ended(
    world: World, browser: Browser
) -> None:
    person = await walks_out(world, "Linden Okafor")
    [loop] = await world.items("/escalations", course_id=person.course_id)
    await browser.sign_in("token-of-front_desk")
    board = await browser.open("/")
    assert "Linden Okafor" in board.text
    card = re.search(rf'<section [^>]*loop-{loop["id"]}".*?</section>', board.text, re.DOTALL)
    assert card is not None
    age = re.search(r'data-age="([^"]+)"', card[0])
    assert age is not None
    assert datetime.fromisoformat(age[1]) == at("10:55")
    assert "circle 1 of 3" in board.text
    assert f"/escalations/{loop['id']}/resolution" not in board.text
    path = f"/aftercare/{loop['aftercare_id']}"
    assert (await browser.open(f"/escalations/{loop['id']}")).headers["location"] == path

    taken = await browser.submit("/", {}, at=f"/escalations/{loop['id']}/acknowledgement")
    assert (taken.status_code, taken.headers["location"]) == (303, path)
    page = await browser.open(path)
    assert "Taken by front_desk" in words_of(page.text)
    assert f"/escalations/{loop['id']}/resolution" not in page.text
    refused = await browser.submit("/", {}, at=f"/escalations/{loop['id']}/resolution")
    assert refused.status_code == 403

    await browser.sign_in("token-of-therapist")
    again = await browser.submit("/", {}, at=f"/escalations/{loop['id']}/acknowledgement")
    assert again.status_code == 409
    assert "Nothing was changed" in again.text
    assert "This escalation is already acknowledged." in again.text
    ended = await browser.submit(path, {}, at=f"/escalations/{loop['id']}/resolution")
    assert ended.status_code == 303
    assert "Urgent loop ended: left against advice therapist" in words_of(
        (await browser.open(path)).text
    )
    assert "Linden Okafor" in (await browser.open("/?status=resolved")).text


async def test_a_task_is_done_by_whoever_owes_it_and_says_why_not(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Juniper Ashdown")
    await registered(world, person)
    await world.tell(person, intake.MedicalAssessmentRequested(request_id=new_id(), review_flags=0))
    [owed] = await world.items("/tasks", course_id=person.course_id)
    done = f"/tasks/{owed['id']}/completion"
    await browser.sign_in("token-of-front_desk")
    listed = await browser.open("/tasks?owner=prescriber")
    assert "Juniper Ashdown" in listed.text
    assert "Juniper Ashdown" not in (await browser.open("/tasks?owner=front_desk")).text
    refused = await browser.submit("/tasks", {}, at=done)
    assert refused.status_code == 409
    assert "This task belongs to another role." in refused.text
    await browser.sign_in("token-of-prescriber")
    mine = "/tasks?owner=prescriber"
    assert f'action="{done}?owner=prescriber"' in (await browser.open(mine)).text
    made = await browser.submit(mine, {}, at=f"{done}?owner=prescriber")
    assert (made.status_code, made.headers["location"]) == (303, mine)
    assert "Juniper Ashdown" not in (await browser.open("/tasks")).text
    assert "Juniper Ashdown" in (await browser.open("/tasks?status=done")).text


async def test_a_task_that_is_late_says_so(world: World, browser: Browser) -> None:
    person = somebody(world, "Rowan Castellane")
    await registered(world, person)
    await world.tell(person, intake.MedicalAssessmentRequested(request_id=new_id(), review_flags=0))
    await browser.sign_in("token-of-prescriber")

    async def row() -> str:
        found = re.findall(r"<tr>.*?</tr>", (await browser.open("/tasks")).text, re.DOTALL)
        [row] = [one for one in found if "Rowan Castellane" in one]
        return str(row)

    assert "overdue" not in await row()
    [owed] = await world.items("/tasks", course_id=person.course_id)
    await world.advance(at("09:00", day=24))
    assert owed["due_at"] < world.service.clock.now().isoformat()
    assert "overdue" in await row()


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


async def test_an_inbox_counts_what_is_unread_and_forgets_what_was_read(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Perrin Vale")
    await registered(world, person)
    await world.tell(person, hold(HoldCategory.MEDICAL))
    [mine] = await world.items("/inbox", role="prescriber", course_id=person.course_id)
    await browser.sign_in("token-of-prescriber")
    before = (await world.get("/inbox/unread", "prescriber"))["total"]
    assert f"{before} unread in your inbox" in (await browser.open("/")).text
    assert "Perrin Vale" in (await browser.open("/inbox")).text
    seen = await browser.submit("/inbox", {}, at=f"/inbox/{mine['id']}/acknowledgement")
    assert seen.status_code == 303
    assert "Perrin Vale" not in (await browser.open("/inbox")).text
    assert "Perrin Vale" in (await browser.open("/inbox?status=read")).text
    assert f"{before - 1} unread in your inbox" in (await browser.open("/")).text
    await browser.sign_in("token-of-nurse")
    stranger = await browser.submit("/inbox", {}, at=f"/inbox/{mine['id']}/acknowledgement")
    assert stranger.status_code == 404


async def test_what_informs_is_left_out_and_safety_never(browser: Browser) -> None:
    await browser.sign_in("token-of-therapist")
    page = await browser.open("/preferences")
    assert 'name="muted[]" value="summary_reviewed"' in page.text
    assert 'value="hold_placed"' not in page.text
    chosen = await browser.submit("/preferences", {"muted[]": ["[]", "summary_reviewed"]})
    assert chosen.status_code == 303
    assert 'value="summary_reviewed" checked' in (await browser.open("/preferences")).text
    refused = await browser.submit("/preferences", {"muted[]": ["[]", "hold_placed"]})
    assert refused.status_code == 409
    assert "What warns cannot be turned off." in refused.text
    assert (await browser.submit("/preferences", {"muted[]": "[]"})).status_code == 303
    assert "checked" not in (await browser.open("/preferences")).text


async def test_messages_say_what_became_of_them_and_the_outbox_what_they_said(
    world: World, browser: Browser
) -> None:
    person = somebody(world, "Tamsin Orr")
    await in_session(world, person)
    await goes_home(world, person)
    await browser.sign_in("token-of-front_desk")
    sent = words_of((await browser.open("/messages?status=sent")).text)
    assert "Instructions to the client Tamsin Orr sent" in sent
    outbox = await browser.open("/outbox")
    assert "Simulated, nothing leaves" in outbox.text
    assert "about Tamsin Orr" in outbox.text
    assert "0142" not in outbox.text


async def test_every_text_is_shown_in_both_languages(browser: Browser) -> None:
    await browser.sign_in("token-of-therapist")
    page = await browser.open("/templates")
    for said in ("How are you?", "¿Cómo está?", "Wednesday, March 11 at 2:30 PM", "a las 14:30"):
        assert said in page.text
    assert "{when}" not in page.text
    assert page.text.count('<h3 lang="en">') == page.text.count('<h3 lang="es">') > 10


async def test_everything_is_there_in_spanish(world: World, browser: Browser) -> None:
    person = await walks_out(world, "Ignacio Rey")
    path = f"/aftercare/{(await world.aftercare(person))['id']}"
    await browser.sign_in("token-of-therapist")
    await browser.submit("/", {"language": "es"}, at="/appearance")
    for place, said in (
        ("/", "Salida contra consejo"),
        ("/tasks", "Responsable"),
        (path, "Historia"),
        ("/templates", "También de noche".lower()),
    ):
        assert said in (await browser.open(place)).text


@pytest.mark.parametrize("path", [f"/aftercare/{NOBODY}", f"/check-ins/{NOBODY}"])
async def test_what_is_not_there_is_a_page_too(browser: Browser, path: str) -> None:
    await browser.sign_in("token-of-therapist")
    missing = await browser.open(path)
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")


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
