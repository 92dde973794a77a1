"""One sign-in: to the issuer, back, and on; out of one is out of all; asked again, nothing lost."""

from urllib.parse import urlencode

import pytest

from tests.integration.identity.world import INTAKE, ISSUER, Visitor, Visitors, World, hidden, query
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]


async def test_whoever_proves_who_they_are_is_on_the_page_that_they_wanted(
    visitor: Visitor, world: World
) -> None:
    page = await visitor.sign_in(path="/holds?status=lifted")
    assert str(page.url) == f"{INTAKE}/holds?status=lifted"
    assert "Mara Lindqvist" in page.text
    rows = await world.intake.rows("SELECT role, subject, methods, sealed FROM web_sessions")
    assert ("therapist", "pwd") in {(row["role"], row["methods"]) for row in rows}
    accounts = await world.rows("SELECT id FROM accounts WHERE role = 'therapist'")
    assert {row["subject"] for row in rows if row["subject"]} == {str(accounts[0]["id"])}


async def test_the_browser_keeps_an_id_that_no_script_and_no_other_site_gets(
    visitor: Visitor,
) -> None:
    door = await visitor.door()
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    for name, answer in (
        ("__Host-ct-identity", entered),
        ("__Host-ct-intake", await visitor.get(entered.headers["location"], follow=False)),
    ):
        given = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(name))
        for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert word in given


async def test_one_sign_in_opens_every_service_without_asking_again(visitor: Visitor) -> None:
    await visitor.sign_in()
    visitor.http.cookies.delete("__Host-ct-intake")
    page = await visitor.get(f"{INTAKE}/")
    assert page.url.host == "intake.test"
    assert "Mara Lindqvist" in page.text


async def test_signing_out_of_one_is_signing_out_of_all(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    other = visitors()
    await other.sign_in("ines.kowalczyk")
    page = await visitor.sign_in()
    left = await visitor.post(
        f"{INTAKE}/sign-out", {"form_token": hidden(page, "form_token")}, follow=True
    )
    assert left.url.path == "/signed-out"
    assert (await visitor.door()).status_code == 200, "the issuer asks again who they are"
    assert (await other.get(f"{INTAKE}/")).url.host == "intake.test", "others are left alone"
    sign_ins = await world.rows("SELECT a.role FROM sign_ins JOIN accounts a ON a.id = account_id")
    assert [row["role"] for row in sign_ins] == ["prescriber"]


async def test_what_ends_at_the_issuer_ends_in_every_service(
    visitor: Visitor, world: World
) -> None:
    page = await visitor.sign_in()
    assert page.status_code == 200
    home = await visitor.get(f"{ISSUER}/")
    await visitor.post(f"{ISSUER}/end-session", {"form_token": hidden(home, "form_token")})
    await world.told()

    async def intake_knows() -> bool:
        """The issuer may be telling it by itself at this moment."""
        left = await world.rows("SELECT client_id FROM notices")
        return "careteam-intake" not in {row["client_id"] for row in left}

    await eventually(intake_knows)
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 303


async def test_a_service_that_was_away_hears_of_it_when_it_is_back(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    state = world.intake.app.state
    issuer, state.issuer = state.issuer, None  # it can take no notice
    try:
        await world.administer("/mara.lindqvist/end")
        await world.told()
        waiting = await world.rows("SELECT client_id FROM notices")
        assert "careteam-intake" in {row["client_id"] for row in waiting}
    finally:
        state.issuer = issuer
    await world.told()
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 303


@pytest.mark.parametrize("change", ["disable", "end"])
async def test_a_shut_account_opens_nothing_more_even_without_a_notice(
    visitor: Visitor, world: World, change: str
) -> None:
    """The notice is lost; a minute of use later the service has asked by itself."""
    await visitor.sign_in()
    await world.administer(f"/mara.lindqvist/{change}")
    await world.rows("DELETE FROM notices")
    await world.intake.rows("UPDATE web_sessions SET asked_at = now() - interval '46 seconds'")
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 303
    door = await visitor.get(f"{INTAKE}/sign-in")
    entered = await visitor.enter(door, "mara.lindqvist", follow=False)
    assert entered.status_code == (422 if change == "disable" else 303)
    await world.administer("/mara.lindqvist/enable")


async def test_an_issuer_that_is_away_takes_nothing_from_anybody(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    issuer = world.intake.app.state.issuer
    await world.intake.rows("UPDATE web_sessions SET asked_at = now() - interval '1 hour'")
    issuer._behind, issuer._read_at = "https://nowhere.invalid", float("-inf")
    try:
        assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 200
        sorry = await visitor.get(f"{INTAKE}/sign-in")
    finally:
        issuer._behind = ISSUER
    assert sorry.status_code == 503
    assert "does not answer" in sorry.text


async def test_a_lock_shows_nothing_and_the_way_back_keeps_what_was_typed(
    visitor: Visitor, world: World
) -> None:
    page = await visitor.sign_in(path="/clients/new")
    fields = {"form_token": hidden(page, "form_token"), "then": "/clients/new", "name": "Wren H."}
    blank = await visitor.post(f"{INTAKE}/lock", fields)
    assert blank.url.path == "/locked"
    assert "Mara Lindqvist" in blank.text
    assert "Wren" not in blank.text
    assert (await visitor.get(f"{INTAKE}/", follow=False)).headers["location"].startswith("/locked")
    way = str(blank.text).split('href="/sign-in', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    door = await visitor.get(f"{INTAKE}/sign-in{way}")
    assert door.url.host == "issuer.test", "a neighbour's click does not open what was locked"
    back = await visitor.enter(door, "mara.lindqvist")
    assert back.url.path == "/clients/new"
    assert 'value="Wren H."' in back.text
    assert await world.intake.rows("SELECT 1 FROM kept_forms WHERE sealed LIKE '%Wren%'") == []


async def test_somebody_else_at_a_locked_screen_gets_neither_the_page_nor_what_was_typed(
    visitor: Visitor,
) -> None:
    page = await visitor.sign_in(path="/clients/new")
    fields = {"form_token": hidden(page, "form_token"), "then": "/clients/new", "name": "Wren H."}
    blank = await visitor.post(f"{INTAKE}/lock", fields)
    kept = query(blank.url)["then"]
    door = await visitor.get(f"{INTAKE}/sign-in?then={kept.replace('?', '%3F')}")
    entered = await visitor.enter(door, "ines.kowalczyk")
    assert entered.url.path == "/"
    assert "Wren" not in (await visitor.get(INTAKE + kept)).text


async def test_a_screen_that_was_left_alone_is_locked_and_its_neighbour_too(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    await world.intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '16 minutes'")
    await world.rows("UPDATE sign_ins SET seen_at = seen_at - interval '16 minutes'")
    assert (await visitor.get(f"{INTAKE}/holds")).url.path == "/locked"
    visitor.http.cookies.delete("__Host-ct-intake")
    assert (await visitor.door()).status_code == 200


async def test_work_in_a_service_keeps_the_one_sign_in_awake(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    await world.rows("UPDATE sign_ins SET seen_at = seen_at - interval '14 minutes'")
    await world.intake.rows("UPDATE web_sessions SET asked_at = now() - interval '46 seconds'")
    await visitor.get(f"{INTAKE}/")
    await world.rows("UPDATE sign_ins SET seen_at = seen_at - interval '2 minutes'")
    visitor.http.cookies.delete("__Host-ct-intake")
    assert (await visitor.get(f"{INTAKE}/")).url.host == "intake.test"


async def test_a_prescriber_proves_again_who_they_are_and_signs_what_was_typed(
    visitor: Visitor, world: World
) -> None:
    """What only a prescriber decides; the same of a therapist is taken at once."""
    page = await visitor.sign_in("ines.kowalczyk")
    course, hold = "018f0000-0000-7000-8000-00000000000c", "018f0000-0000-7000-8000-00000000000d"
    form = f"{INTAKE}/courses/{course}/holds/{hold}/lift"
    fields = {"form_token": hidden(page, "form_token"), "safety_plan_recorded": "true"}
    at_once = await visitor.post(form, fields, follow=False)
    assert at_once.status_code == 404, "a fresh proof: it is the hold that is not there"
    await world.intake.rows(
        "UPDATE web_sessions SET authenticated_at = authenticated_at - interval '301 seconds'"
    )
    await world.rows(
        "UPDATE sign_ins SET authenticated_at = authenticated_at - interval '301 seconds'"
    )
    asked = await visitor.post(form, fields, follow=False, referer=f"{INTAKE}/clients/new?a=b")
    assert asked.status_code == 303
    assert "/clients/new?a=b&kept=" in query(f"{INTAKE}{asked.headers['location']}")["then"]
    door = await visitor.get(INTAKE + asked.headers["location"])
    assert door.url.host == "issuer.test"
    before = visitor.http.cookies["__Host-ct-intake"]
    back = await visitor.enter(door, "ines.kowalczyk", follow=False)
    here = await visitor.get(back.headers["location"], follow=False)
    assert here.headers["location"].startswith("/clients/new?a=b&kept=")
    assert visitor.http.cookies["__Host-ct-intake"] != before, "another id at each proof"
    home = await visitor.get(f"{INTAKE}/")
    again = await visitor.post(
        form, {**fields, "form_token": hidden(home, "form_token")}, follow=False
    )
    assert again.status_code == 404


async def test_a_therapist_signs_without_being_asked_again(visitor: Visitor, world: World) -> None:
    page = await visitor.sign_in()
    await world.intake.rows(
        "UPDATE web_sessions SET authenticated_at = authenticated_at - interval '3 hours'"
    )
    course, hold = "018f0000-0000-7000-8000-00000000000c", "018f0000-0000-7000-8000-00000000000d"
    form = f"{INTAKE}/courses/{course}/holds/{hold}/lift"
    signed = await visitor.post(form, {"form_token": hidden(page, "form_token")}, follow=False)
    assert signed.status_code == 404


async def test_a_form_that_was_sent_too_late_is_not_lost(visitor: Visitor, world: World) -> None:
    """Its sender was away for longer than their session; it waits for them."""
    page = await visitor.sign_in(path="/clients/new")
    await world.intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '16 minutes'")
    fields = {"form_token": hidden(page, "form_token"), "name": "Wren Halloway"}
    late = await visitor.post(f"{INTAKE}/clients/new", fields, referer=f"{INTAKE}/clients/new")
    assert late.url.path == "/locked"
    door = await visitor.get(f"{INTAKE}/sign-in?{urlencode({'then': query(late.url)['then']})}")
    back = await visitor.enter(door, "mara.lindqvist")
    assert 'value="Wren Halloway"' in back.text
    assert "kept=" in str(back.url)
