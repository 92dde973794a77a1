"""Pages without a script: their forms, what is refused, and who may see what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from nats.aio.msg import Msg

from careteam_contracts.details import Allergies
from careteam_contracts.enums import PrescriptionStatus
from careteam_contracts.standing import PrescriptionStanding
from shared.runtime.ids import new_id
from tests.integration.intake.by_forms import ENQUIRY, enquiry
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real


async def test_why_leads_to_the_very_rule_as_it_stands_now(visitor: Browser) -> None:
    """Nobody has asked a gate: there is no receipt, and there is a page of every rule."""
    await visitor.sign_in("therapist")
    course = await enquiry(visitor)
    shown = await visitor.open(course)
    led = re.findall(rf'<a href="({re.escape(course)}/standing)#([\w-]+)">Every rule', shown.text)
    assert led, "Why? leads nowhere"
    stands = await visitor.open(led[0][0])
    assert stands.status_code == 200
    ids = re.findall(r'<h3 id="([\w-]+)">', stands.text)
    assert len(ids) == len(set(ids))
    assert {slug for _, slug in led} <= set(ids)
    assert "</svg> in the way</li>" in stands.text
    assert "no receipt of it is kept" in stands.text
    listed = await visitor.open(f"/receipts?course_id={course.rsplit('/', 1)[1]}")
    assert "No gate has decided anything" in listed.text, "to look wrote a receipt"
    assert f'href="{course}/screening"' in shown.text.split("What is still missing", 1)[1]


async def test_questionnaires_are_handed_in_as_totals_or_answer_by_answer(
    visitor: Browser,
) -> None:
    """What they say is found, with the reason; what cannot be one is said beside its field."""
    await visitor.sign_in("therapist")
    page = f"{await enquiry(visitor)}/screening"
    ticked = {"programme": "mood", "indications[]": ["depression", "bipolar"]}
    wrong = await visitor.submit(page, {**ticked, "score_of.phq9": "2 1 9 3"})
    assert wrong.status_code == 422
    assert '<a href="#score_of.phq9">' in wrong.text
    assert "Write the total, or every answer in the order of the form." in wrong.text
    assert 'value="2 1 9 3"' in wrong.text
    impossible = await visitor.submit(page, {**ticked, "score_of.gad7": "50"})
    assert impossible.status_code == 409
    scores = {"score_of.phq9": "2 2 2 2 2 2 2 2 1", "score_of.gad7": "12"}
    treated = {"prior_treatments[]": ["Sertraline, two years", ""], "treatment_resistant": "true"}
    done = await visitor.submit(page, {**ticked, **scores, **treated})
    assert done.status_code == 303, done.text
    shown = (await visitor.open(page)).text
    found = shown.split("What was found", 1)[1].split("What was handed in", 1)[0]
    assert "High risk of suicide" in found
    assert "A questionnaire says so." in found
    assert "An indication says so." in found
    handed_in = shown.split("What was handed in", 1)[1]
    assert re.search(r"<dt>PHQ-9</dt><dd>17 .*moderately severe, positive", handed_in)
    assert re.search(r"<dt>GAD-7</dt><dd>12 .*the total alone", handed_in)
    assert "Sertraline, two years" in handed_in


async def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    visitor: Browser,
) -> None:
    await visitor.sign_in("therapist")
    again = await visitor.submit("/clients/new", {"name": "Wren <b>Halloway", "email": "nobody"})
    assert again.status_code == 422
    assert 'value="Wren &lt;b&gt;Halloway"' in again.text
    assert '<a href="#date_of_birth">' in again.text
    assert re.search(r'id="date_of_birth"[^>]*aria-invalid="true"', again.text)
    assert not re.search(r'id="name"[^>]*aria-invalid="true"', again.text)


async def test_the_same_form_sent_twice_acts_once(visitor: Browser, intake: Intake) -> None:
    await visitor.sign_in("therapist")
    page = await visitor.open("/clients/new")
    hidden = dict(re.findall(r'name="(form_token|form_key)" value="([^"]*)"', page.text))
    before = len(await intake.rows("SELECT id FROM clients"))
    first, second = [await visitor.send("/clients/new", {**ENQUIRY, **hidden}) for _ in range(2)]
    assert first.headers["location"] == second.headers["location"]
    assert len(await intake.rows("SELECT id FROM clients")) == before + 1


async def test_a_refusal_shows_every_reason_and_changes_nothing(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    course = await enquiry(visitor)
    refused = await visitor.submit(
        f"{course}/consents", {"scopes[]": ["treatment"], "material_version": "1"}
    )
    assert refused.status_code == 409
    assert "Nothing was changed" in refused.text
    assert "Why?" in refused.text
    assert "The client is approved first, then signs." in refused.text
    assert f'<a href="{course}">' in refused.text


async def test_nothing_is_agreed_to_before_the_client_says_so(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    page = await visitor.open(f"{await enquiry(visitor)}/consents")
    boxes = re.findall(r'<input type="checkbox" name="scopes\[\]"[^>]*>', page.text)
    assert boxes
    assert [box for box in boxes if "checked" in box] == []


async def test_reasons_are_told_in_the_language_of_whoever_reads(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    course = await enquiry(visitor)
    await visitor.submit("/", {"language": "es"}, at="/appearance")
    asked = {"scopes[]": ["treatment"], "material_version": "1"}
    refused = await visitor.submit(f"{course}/consents", asked)
    assert refused.status_code == 409
    assert "El cliente se aprueba primero, luego firma." in refused.text
    assert "approved" not in re.sub(r"<[^>]+>", "", refused.text)


async def test_roles_see_what_is_theirs(visitor: Browser) -> None:
    await visitor.sign_in("front_desk")
    course = await enquiry(visitor)
    page = await visitor.open(course)
    assert f'href="{course}/team"' in page.text
    assert f'href="{course}/evaluation"' not in page.text
    assert (await visitor.open(f"{course}/evaluation")).status_code == 403
    await visitor.sign_in("therapist")
    assert (await visitor.open(f"{course}/evaluation")).status_code == 200


async def test_another_language_and_light_are_remembered(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    assert '<html lang="en" data-theme="light"' in (await visitor.open("/")).text
    await visitor.submit("/", {"language": "es"}, at="/appearance")
    await visitor.submit("/", {"theme": "dim"}, at="/appearance")
    spanish = await visitor.open("/")
    assert '<html lang="es" data-theme="dim"' in spanish.text
    assert "Consultas" in spanish.text


async def test_what_is_not_there_is_a_page_too(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    missing = await visitor.open("/courses/01890000-0000-7000-8000-000000000000")
    assert missing.status_code == 404
    assert missing.headers["content-type"].startswith("text/html")
    assert (await visitor.open("/api/v1/nowhere")).headers["content-type"] == (
        "application/problem+json"
    )


async def test_a_course_is_led_through_its_forms(visitor: Browser, intake: Intake) -> None:
    """From the enquiry to the prescriber, and a hold that two roles lift."""
    await visitor.sign_in("therapist")
    course = await enquiry(visitor)
    refs: dict[str, Any] = {
        "therapist_ref": "00000000-0000-0000-0000-0000000003e8",
        "prescriber_ref": "00000000-0000-0000-0000-0000000003e9",
    }
    assert (await visitor.submit(f"{course}/team", refs)).status_code == 303
    screened = await visitor.submit(
        f"{course}/screening",
        {"programme": "mood", "indications[]": ["depression"], "findings[].code": ["bipolar_dx"]},
    )
    assert screened.status_code == 303, screened.text
    assert "ipolar" in (await visitor.open(f"{course}/screening")).text
    evaluated = await visitor.submit(
        f"{course}/evaluation",
        {"outcome": "suitable", "planned_sessions": "3", "goals": "To sleep."},
    )
    assert evaluated.status_code == 303, evaluated.text
    assert "Awaiting the prescriber" in (await visitor.open(course)).text
    held = await visitor.submit(f"{course}/holds", {"category": "administrative"})
    assert held.status_code == 303, held.text
    assert "Administrative" in (await visitor.open("/holds")).text


async def test_the_banner_shows_the_client_s_time_where_it_is_another_one(
    visitor: Browser, intake: Intake
) -> None:
    await visitor.sign_in("front_desk")
    here = await enquiry(visitor)
    assert "where the client lives" not in (await visitor.open(here)).text
    there = await enquiry(visitor, timezone="Europe/Madrid")
    assert "18:00 where the client lives (Europe/Madrid)" in (await visitor.open(there)).text
    refused = await visitor.submit("/clients/new", {**ENQUIRY, "timezone": "Moon/Crater"})
    assert refused.status_code == 422
    assert "a time zone such as America/Los_Angeles" in refused.text


async def test_how_many_sessions_are_left_is_asked_of_prescribing(
    visitor: Browser, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    await visitor.sign_in("therapist")
    page = await enquiry(visitor)
    assert "no prescription in force" in (await visitor.open(page)).text

    rx = PrescriptionStanding(
        prescription_id=new_id(),
        rx_version=1,
        status=PrescriptionStatus.ACTIVE,
        active=True,
        valid_until=intake.clock.now + timedelta(days=30),
        timing_profile="SL-STD",
        sessions_authorised=3,
        used=1,
        reserved=1,
    )
    monkeypatch.setitem(intake.prescribing.standing, "prescription", rx)
    assert "prescription: 2 of 3 left" in (await visitor.open(page)).text


async def test_allergies_are_prescribing_s_and_shown_to_those_who_treat(
    visitor: Browser, intake: Intake
) -> None:
    async def answer(message: Msg) -> None:
        told = Allergies(known=True, recorded=True, allergies=("latex",))
        await message.respond(told.model_dump_json().encode())

    await intake.prescribing.client.subscribe("careteam.rpc.prescribing.identity", cb=answer)
    await intake.prescribing.client.flush()
    await visitor.sign_in("front_desk")
    page = await enquiry(visitor)
    assert "latex" not in (await visitor.open(page)).text
    await visitor.sign_in("therapist")
    assert "allergic: latex" in (await visitor.open(page)).text
