"""Drafts of longer forms: kept on the server for whoever typed them, gone when signed."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from shared.storage import Actor, form_drafts
from tests.integration.intake.by_forms import screened
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real

TYPED = "To sleep through, and to paint again."
EVALUATION = {"outcome": "suitable", "planned_sessions": "3", "goals": TYPED}


async def test_what_was_typed_is_there_again_for_whoever_typed_it_and_gone_when_signed(
    browser: Browser, intake: Intake
) -> None:
    course = await screened(browser)
    page = f"{course}/evaluation"
    kept = await browser.keep(page, EVALUATION, 0)
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    again = await browser.open(page)
    assert TYPED in again.text
    assert re.search(r"Draft of \d+ \w+ \d{4}, \d\d:\d\d, not signed yet", again.text)
    assert 'name="form_draft_seen" value="1"' in again.text
    signed = await browser.submit(page, {**EVALUATION, "form_draft_seen": "1"})
    assert signed.status_code == 303, signed.text
    assert await intake.rows("SELECT form FROM form_drafts WHERE form = $1", page) == []
    assert "not signed yet" not in (await browser.open(page)).text


async def test_nobody_else_sees_a_draft(browser: Browser, intake: Intake) -> None:
    page = f"{await screened(browser)}/screening"
    await browser.keep(page, {"notes": TYPED}, 0)
    assert TYPED in (await browser.open(page)).text
    await browser.sign_in("front_desk")
    shown = await browser.open(page)
    assert shown.status_code == 200
    assert TYPED not in shown.text


async def drafted(intake: Intake, page: str) -> Any:
    """What the only draft of a page's form holds, for whoever has the keys."""
    async with intake.service.database.engine.connect() as connection:
        row = (
            await connection.execute(
                sa.text("SELECT ref, role FROM form_drafts WHERE form = :form"), {"form": page}
            )
        ).one()
        actor = Actor(row.role, row.ref)
        found = await form_drafts.find(
            connection, intake.service.seals, actor, page, intake.service.clock.now()
        )
    return None if found is None else found.fields


async def test_two_tabs_do_not_write_over_each_other(browser: Browser, intake: Intake) -> None:
    page = f"{await screened(browser)}/evaluation"
    assert (await browser.keep(page, {"goals": "one"}, 0)).status_code == 200
    late = await browser.keep(page, {"goals": "two"}, 0)
    assert (late.status_code, late.json()["version"]) == (409, 1)
    assert await drafted(intake, page) == {"goals": "one"}
    chosen = await browser.keep(page, {"goals": "two"}, late.json()["version"])
    assert (chosen.status_code, chosen.json()["version"]) == (200, 2)
    assert await drafted(intake, page) == {"goals": "two"}


async def test_a_form_that_is_refused_keeps_its_draft_and_one_begins_anew(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/evaluation"
    await browser.keep(page, {"goals": TYPED}, 0)
    wrong = await browser.submit(page, {"goals": TYPED, "form_draft_seen": "1"})
    assert wrong.status_code == 422
    assert TYPED in wrong.text
    assert 'name="form_draft_seen" value="1"' in wrong.text
    assert len(await intake.rows("SELECT form FROM form_drafts WHERE form = $1", page)) == 1
    anew = await browser.submit(page, {}, at="/drafts/discard")
    assert (anew.status_code, anew.headers["location"]) == (303, page)
    assert TYPED not in (await browser.open(page)).text


async def test_a_draft_ends_by_itself_and_is_no_place_for_anything(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/evaluation"
    assert (await browser.keep(page, {"goals": "x" * 70_000}, 0)).status_code == 413
    await browser.keep(page, {"goals": TYPED}, 0)
    await intake.rows("UPDATE form_drafts SET saved_at = saved_at - interval '8 days' RETURNING 1")
    assert TYPED not in (await browser.open(page)).text
    await browser.keep(f"{page}", {"goals": "later"}, 0)
    elsewhere = await browser.submit(page, {"form_page": "https://evil.test/"}, at="/drafts")
    assert elsewhere.status_code == 422
    assert (await browser.send("/drafts", {"form_page": page})).status_code == 403


async def test_each_enquiry_has_a_draft_of_its_own(browser: Browser, intake: Intake) -> None:
    new = "/clients/new"
    for name in ("Wren Halloway", "Juniper Ashdown"):
        opened = re.search(r'name="form_draft" value="([^"]*)"', (await browser.open(new)).text)
        assert opened is not None
        kept = await browser.keep(new, {"name": name, "form_draft": opened[1]}, 0)
        assert (kept.status_code, kept.json()["version"]) == (200, 1)
    anew = (await browser.open(new)).text
    assert re.search(r'id="name"[^>]* value=""', anew)
    found = dict(re.findall(r'href="/clients/new\?draft=([\w-]+)">.*?</svg>([^<]*) <span', anew))
    assert sorted(found.values()) == ["Juniper Ashdown", "Wren Halloway"]
    wren = next(one for one, name in found.items() if name == "Wren Halloway")
    again = (await browser.open(f"{new}?draft={wren}")).text
    assert re.search(r'id="name"[^>]* value="Wren Halloway"', again)
    fields = {"name": "Wren Halloway", "date_of_birth": "1990-04-02", "form_draft_seen": "1"}
    made = await browser.submit(f"{new}?draft={wren}", {**fields, "form_draft": wren}, at=new)
    assert made.status_code == 303, made.text
    left = (await browser.open(new)).text
    assert "Wren Halloway" not in left
    assert "Juniper Ashdown" in left
    other = {"form_draft": next(one for one in found if one != wren)}
    assert (await browser.submit(new, other, at="/drafts/discard")).status_code == 303
    assert "Juniper Ashdown" not in (await browser.open(new)).text


async def test_what_is_wrong_with_an_answer_is_said_at_its_question(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/questions"
    for text in ("May I drive?", "May my sister stay?"):
        assert (await browser.submit(page, {"text": text})).status_code == 303
    shown = (await browser.open(page)).text
    first, second = re.findall(r'/questions/([\w-]+)/answer"', shown)
    await browser.keep(page, {"text": "Not on that day.", "form_draft": second}, 0)
    fields = _fields_of((await browser.open(page)).text)
    assert fields == {f"{first}-text": "", f"{second}-text": "Not on that day.", "text": ""}
    wrong = await browser.submit(
        page, {"text": " ", "form_draft": first}, at=f"{page}/{first}/answer"
    )
    assert wrong.status_code == 422
    assert f'<a href="#{first}-text">' in wrong.text
    assert wrong.text.count('class="mistake"') == 1
    assert _fields_of(wrong.text)["text"] == ""


def _fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<textarea id="([\w-]+)"[^>]*>([^<]*)</textarea>', page))


async def test_a_draft_says_when_what_is_recorded_has_changed_under_it(
    browser: Browser, intake: Intake
) -> None:
    page = f"{await screened(browser)}/preferences"
    began = re.search(r'name="form_began_with" value="([^"]*)"', (await browser.open(page)).text)
    assert began is not None
    await browser.keep(page, {"focus": "The sea.", "form_began_with": began[1]}, 0)
    same = (await browser.open(page)).text
    assert "The sea." in same
    assert "compare before you save" not in same
    elsewhere = f"/api/v1{page}"
    changed = await browser.http.post(
        elsewhere, json={"music": False}, headers={"authorization": "Bearer therapist"}
    )
    assert changed.status_code == 200, changed.text
    assert "compare before you save" in (await browser.open(page)).text


async def test_a_draft_has_no_subject_but_an_id(browser: Browser, intake: Intake) -> None:
    page = f"{await screened(browser)}/evaluation"
    odd = await browser.submit(page, {"form_draft": "../" + "x" * 90}, at="/drafts")
    assert odd.status_code == 422
