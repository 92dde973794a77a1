"""Prescribing's pages without a script: a client's day through its forms, and who may see what."""

import re
from typing import Any

import pytest

from careteam_contracts import scheduling
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import AMOUNT, Day
from tests.integration.prescribing.screens import Screens, shown
from tests.support.browsing import Browser
from tests.support.voices import REFS, at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]

CALM = {
    "systolic": "122",
    "diastolic": "79",
    "heart_rate": "71",
    "spo2": "98",
    "fasting_ok": "true",
    "pregnancy_attested": "true",
    "pregnancy_test": "negative",
    "medication_changes": "false",
    "mood_rescreen": "ok",
}
WELL = {
    "oriented": "true",
    "steady_gait": "true",
    "vitals_within_20pct": "true",
    "nausea_minimal": "true",
    "moaas": "5",
    "padss.vital_signs": "2",
    "padss.activity": "2",
    "padss.nausea": "2",
    "padss.pain": "2",
    "vitals.systolic": "121",
    "vitals.diastolic": "78",
    "vitals.heart_rate": "70",
    "vitals.spo2": "98",
}


async def accepted(browser: Browser, path: str, fields: dict[str, Any], at: str) -> None:
    answer = await browser.submit(path, fields, at=at)
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)


async def test_a_whole_day_goes_through_the_forms(day: Day, screens: Screens) -> None:
    world, person = day.world, day.person
    course, session = f"/courses/{person.course_id}", f"/sessions/{person.session_id}"
    prescriber, nurse = await screens("prescriber"), await screens("nurse")
    await world.tell(person, *person.registered(world.now()))

    inbox = await shown(prescriber, "/?kind=assessments")
    assert person.name in inbox
    assert f"{course}/assessment" in inbox
    answer = f"{course}/assessments/{person.request_id}"
    unanswered = await prescriber.submit(f"{course}/assessment", {}, at=answer)
    assert unanswered.status_code == 422
    assert 'href="#outcome"' in unanswered.text
    fields = {"outcome": "cleared", "allergies[]": ["latex", "", ""]}
    await accepted(prescriber, f"{course}/assessment", fields, answer)
    assert f"{course}/assessment" not in await shown(prescriber, "/?kind=assessments")
    assert "allergic: latex" in await shown(nurse, course)
    assert person.name in await shown(nurse, course)

    later = at("08:00", day=20).isoformat()
    await world.do(
        f"/prescribers/{REFS['prescriber']}/registration",
        {"licence_valid_until": later, "dea_valid_until": later, "dea_number": "AB1234563"},
        role="operator",
    )
    draft = {
        "kind": "prescription",
        "route": "SL",
        "timing_profile": "SL-STD",
        "amount_mg": str(AMOUNT),
        "sessions_authorised": "2",
        "pdmp_checked_at": "2026-03-10T07:45",
    }
    await accepted(prescriber, f"{course}/prescription", draft, f"{course}/prescription")
    rx = await day.rx()
    assert rx["pdmp_checked_at"] == at("07:45").isoformat().replace("+00:00", "Z")
    await accepted(prescriber, course, {}, f"{course}/prescriptions/{rx['id']}/activation")
    assert f"{AMOUNT} mg" in await shown(nurse, course)
    terms = f"{course}/prescriptions/{rx['id']}"
    begun = await prescriber.keep(terms, {"reason": "A lower amount"}, 0)
    assert begun.status_code == 200, begun.text
    assert "A lower amount" in await shown(prescriber, terms)

    await world.tell(person, person.booked(at("09:30")))
    world.set_clock(at("09:45"))
    await world.tell(
        person, scheduling.ClientCheckedIn(session_id=person.session_id, at=world.now())
    )
    incomplete = await nurse.submit(f"{session}/check", {**CALM, "systolic": ""})
    assert incomplete.status_code == 422
    assert re.search(r'id="systolic"[^>]*aria-invalid="true"', incomplete.text)
    await accepted(nurse, f"{session}/check", CALM, f"{session}/check")
    orders = f"{session}/orders/{await day.order_id()}"
    early = await nurse.submit(session, {}, at=f"{orders}/release")
    assert early.status_code == 409
    assert "The rules refuse this" in early.text
    world.set_clock(at("09:50"))
    await world.tell(person, *person.started(world.now()))
    await accepted(nurse, session, {}, f"{orders}/release")
    world.set_clock(at("10:00"))
    given = {"dose_seq": "1", "amount_mg": str(AMOUNT)}
    await accepted(nurse, f"{session}/dose", given, f"{orders}/doses")
    assert "balanced" in await shown(nurse, session)

    recovery = f"{session}/recovery"
    assert person.name in await shown(nurse, "/?kind=recoveries")
    too_soon = await nurse.submit(recovery, {}, at=f"{session}/clearances")
    assert too_soon.status_code == 409
    await world.advance(at("10:40"))
    assert "Before the dose: 122/79 mmHg, 71 per minute" in await shown(nurse, f"{recovery}/look")
    await accepted(nurse, f"{recovery}/look", WELL, f"{recovery}/look")
    await world.advance(at("12:05"))
    await day.ended()
    await accepted(nurse, f"{recovery}/look", WELL, f"{recovery}/look")
    await accepted(nurse, recovery, {}, f"{session}/clearances")
    clearance = (await day.recovery())["clearance"]
    therapist = await screens("therapist")
    undone = f"{session}/clearances/{clearance['id']}/rescission"
    await accepted(therapist, recovery, {}, undone)
    assert "rescinded" in await shown(nurse, recovery)
    history = await shown(nurse, course)
    assert re.search(r"<td class=\"number\">137\.25", history)


async def test_a_check_out_of_bounds_is_decided_by_the_prescriber_in_words(
    day: Day, screens: Screens
) -> None:
    await day.prescribed()
    await day.world.tell(day.person, day.person.booked(at("09:30")))
    day.world.set_clock(at("09:45"))
    checking = f"/sessions/{day.person.session_id}/check"
    nurse, prescriber = await screens("nurse"), await screens("prescriber")
    await accepted(nurse, checking, {**CALM, "systolic": "146"}, checking)
    assert checking in await shown(prescriber, "/?kind=checks")
    series = await day.world.get(
        "/pre-dose-checks", role="nurse", session_id=str(day.person.session_id)
    )
    check = series["items"][0]["checks"][-1]["id"]
    deciding = f"/sessions/{day.person.session_id}/checks/{check}/acceptance"
    assert (await nurse.submit(checking, {"reason": "fine"}, at=deciding)).status_code == 403
    assert (await prescriber.submit(checking, {}, at=deciding)).status_code == 422
    await accepted(prescriber, checking, {"reason": "known to be high in a clinic"}, deciding)
    assert checking not in await shown(prescriber, "/?kind=checks")


async def test_medicine_that_is_not_given_goes_back_before_a_witness(
    day: Day, screens: Screens
) -> None:
    await day.in_the_room()
    await day.released()
    nurse, session = await screens("nurse"), f"/sessions/{day.person.session_id}"
    orders = f"{session}/orders/{await day.order_id()}"
    cause = {"hold_category": "vitals"}
    await accepted(nurse, f"{session}/withholding", cause, f"{orders}/withholding")
    unwitnessed = await nurse.submit(f"{session}/return", {}, at=f"{orders}/return")
    assert unwitnessed.status_code == 422
    form = await shown(nurse, f"{session}/return")
    assert f'value="{REFS["therapist"]}"' in form
    assert f'value="{REFS["nurse"]}"' not in form
    witness = {"witness_ref": str(REFS["therapist"])}
    await accepted(nurse, f"{session}/return", witness, f"{orders}/return")
    page = await shown(nurse, session)
    assert "Not accounted for: 0" in page
    course = f"/courses/{day.person.course_id}/holds"
    assert "vitals" in (await shown(nurse, course)).lower()


async def test_a_taken_dose_a_serious_event_and_the_hold_of_it(day: Day, screens: Screens) -> None:
    await day.in_the_room()
    session, course = f"/sessions/{day.person.session_id}", f"/courses/{day.person.course_id}"
    nurse, prescriber = await screens("nurse"), await screens("prescriber")
    taken = {
        "administered_at": "2026-03-10T09:40",
        "witness_ref": str(REFS["therapist"]),
        "reason_code": "taken_without_release",
        "amount_mg": "100",
    }
    at_order = f"{session}/orders/{await day.order_id()}/taken-doses"
    await accepted(nurse, f"{session}/taken-dose", taken, at_order)
    dose = (await day.order())["doses"][0]
    assert dose["administered_at"] == at("09:40").isoformat().replace("+00:00", "Z")
    assert dose["deviation"]
    events = f"{session}/adverse-events"
    await accepted(nurse, events, {"code": "chest_pain", "serious": "true"}, events)
    inbox = await shown(prescriber, "/")
    assert inbox.index("critical") < inbox.index("Chest pain")
    found = await day.world.get(
        "/holds", role="nurse", course_id=str(day.person.course_id), status="open"
    )
    hold = next(one for one in found["items"] if one["category"] == "adverse_event")
    signing = f"{course}/holds/{hold['id']}/lift"
    await accepted(prescriber, f"{course}/holds", {"reason_code": "reassessed"}, signing)
    assert str(hold["id"]) not in await shown(prescriber, "/holds")


async def test_a_client_that_intake_does_not_name_is_shown_by_a_short_id(
    day: Day, screens: Screens
) -> None:
    await day.prescribed()
    day.world.silent.add("intake")
    nurse = await screens("nurse")
    page = await shown(nurse, f"/courses/{day.person.course_id}")
    assert day.person.name not in page
    assert str(day.person.client_id)[-8:] in page
    assert "Intake does not say who this is" in page


@pytest.mark.parametrize(
    ("role", "amounts", "allergies"),
    [("nurse", True, True), ("therapist", False, True), ("front_desk", False, False)],
)
async def test_what_is_medical_is_shown_to_the_medical_team(
    day: Day, screens: Screens, role: str, amounts: bool, allergies: bool
) -> None:
    await day.dosed()
    browser = await screens(role)
    session = f"/sessions/{day.person.session_id}"
    for path in (f"/courses/{day.person.course_id}", session):
        page = await shown(browser, path)
        assert (f"{AMOUNT}" in page) is amounts
        assert ("latex" in page) is allergies
    for path in ("dose", "check", "return", "waste"):
        answer = await browser.open(f"{session}/{path}")
        assert answer.status_code == (200 if amounts else 403)
    assert (await browser.open(f"/courses/{day.person.course_id}/prescription")).status_code == 403


async def test_an_empty_inbox_says_so(world: World, screens: Screens) -> None:
    browser = await screens("front_desk")
    assert "Nothing waits for you now" in await shown(browser, "/")
    assert "Nothing of this kind waits now" in await shown(browser, "/?kind=tasks")
    assert (await browser.open(f"/courses/{world.person().course_id}")).status_code == 404


async def test_allergies_are_unknown_until_somebody_asked(day: Day, screens: Screens) -> None:
    world, person = day.world, day.person
    await world.tell(person, *person.registered(world.now()))
    course = f"/courses/{person.course_id}"
    prescriber = await screens("prescriber")
    answer = f"{course}/assessments/{person.request_id}"
    fields = {"outcome": "cleared", "allergies[]": ["", ""]}
    await accepted(prescriber, f"{course}/assessment", fields, answer)
    assert "allergies not asked yet" in await shown(prescriber, course)


@pytest.mark.parametrize("form", ["assessment", "prescription"])
async def test_the_client_s_open_questions_are_in_sight_where_one_signs(
    day: Day, screens: Screens, form: str
) -> None:
    world, person = day.world, day.person
    await world.tell(person, *person.registered(world.now()))
    page = f"/courses/{person.course_id}/{form}"
    prescriber = await screens("prescriber")
    assert "The client has no open question" in await shown(prescriber, page)
    person.open_questions = 2
    assert "Unanswered questions of the client: 2" in await shown(prescriber, page)
    world.silent.add("intake")
    assert "Intake does not say whether" in await shown(prescriber, page)


async def test_no_known_allergy_is_said_and_not_left_out(day: Day, screens: Screens) -> None:
    world, person = day.world, day.person
    await world.tell(person, *person.registered(world.now()))
    course = f"/courses/{person.course_id}"
    prescriber = await screens("prescriber")
    answer = f"{course}/assessments/{person.request_id}"
    fields = {"outcome": "cleared", "allergies[]": ["", "[]"]}
    await accepted(prescriber, f"{course}/assessment", fields, answer)
    assert "no known allergies" in await shown(prescriber, course)
