"""Pages without a script: loops, tasks, the inbox, and what was sent."""

import re
from datetime import datetime
from uuid import UUID

import pytest

from careteam_contracts import intake
from careteam_contracts.enums import HoldCategory
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    goes_home,
    hold,
    in_session,
    registered,
)
from tests.integration.notifications.pages import somebody, walks_out, words_of
from tests.support.browsing import Browser
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

NOBODY = UUID("01890000-0000-7000-8000-000000000000")


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
