"""The way into pages and out of them, how long it lasts, and what a change on one has to prove."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.integration.intake.by_forms import ENQUIRY
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real


@pytest.fixture
async def browser(intake: Intake) -> AsyncIterator[Browser]:
    made = Browser(intake.app)
    yield made
    await made.http.aclose()


async def test_nobody_sees_a_page_before_signing_in(browser: Browser) -> None:
    sent_away = await browser.open("/holds?status=lifted")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"] == "/sign-in?then=%2Fholds%3Fstatus%3Dlifted"


async def test_a_part_of_a_page_leads_the_whole_page_to_the_door(browser: Browser) -> None:
    """A script that followed a redirect would put the door into the middle of the page."""
    led = await browser.open("/holds?status=lifted", **{"hx-request": "true"})
    assert led.status_code == 200
    assert led.headers["hx-redirect"] == "/sign-in?then=%2Fholds%3Fstatus%3Dlifted"
    assert led.text == ""
    await browser.sign_in("therapist")
    shown = await browser.open("/holds?status=lifted", **{"hx-request": "true"})
    assert "hx-redirect" not in shown.headers
    assert shown.text


async def test_without_an_issuer_the_door_says_what_is_missing(browser: Browser) -> None:
    door = await browser.open("/sign-in")
    assert door.status_code == 503
    assert "CARETEAM_OIDC_ISSUER" in door.text


async def test_the_server_keeps_no_session_that_would_open_anything(
    browser: Browser, intake: Intake
) -> None:
    await browser.sign_in("therapist")
    assert browser.cookie is not None
    kept = browser.cookie.split("=", 1)[1]
    rows = await intake.rows("SELECT id_hash, form_token FROM web_sessions")
    assert len(rows) > 0
    assert all(kept.encode() != bytes(row["id_hash"]) for row in rows)
    assert all(kept != row["form_token"] for row in rows)


async def test_signing_out_ends_it_on_the_server(browser: Browser) -> None:
    await browser.sign_in("therapist")
    kept = browser.cookie
    assert (await browser.submit("/", {}, at="/sign-out")).headers["location"] == "/signed-out"
    browser.cookie = kept
    assert (await browser.open("/")).status_code == 303


@pytest.mark.parametrize(
    ("role", "minutes", "still"),
    [("therapist", 14, True), ("therapist", 16, False), ("front_desk", 6, False)],
)
async def test_a_session_that_is_left_alone_ends(
    browser: Browser, intake: Intake, role: str, minutes: int, still: bool
) -> None:
    await browser.sign_in(role)
    await intake.rows(
        "UPDATE web_sessions SET seen_at = seen_at - make_interval(mins => $1)", minutes
    )
    assert ((await browser.open("/")).status_code == 200) is still


async def test_a_page_that_follows_by_itself_keeps_nobody_signed_in(
    browser: Browser, intake: Intake
) -> None:
    await browser.sign_in("therapist")
    for asked, still in (({}, True), ({"hx-request": "true"}, False)):
        await intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '14 minutes'")
        assert (await browser.open("/", **asked)).status_code == 200
        await intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '2 minutes'")
        assert ((await browser.open("/")).status_code == 200) is still


async def test_a_session_ends_after_half_a_day_however_busy(
    browser: Browser, intake: Intake
) -> None:
    await browser.sign_in("therapist")
    await intake.rows("UPDATE web_sessions SET signed_in_at = signed_in_at - interval '12 hours'")
    assert (await browser.open("/")).status_code == 303


async def test_every_page_keeps_itself_to_itself(browser: Browser) -> None:
    await browser.sign_in("therapist")
    for path in ("/", "/clients/new", "/nowhere", "/sign-in"):
        page = await browser.open(path)
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "style=" not in page.text
        for script in re.findall(r"<script[^>]*>", page.text):
            nonce = re.search(r'nonce="([^"]+)"', script)
            assert nonce is not None
            assert f"'nonce-{nonce[1]}'" in policy


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://intake.test:8102"},
        {"origin": "null"},
    ],
)
async def test_a_change_from_elsewhere_is_refused(
    browser: Browser, intake: Intake, headers: dict[str, str]
) -> None:
    """Another port of the same host is elsewhere too, though the cookie comes along."""
    await browser.sign_in("therapist")
    page = await browser.open("/clients/new")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {**ENQUIRY, "form_token": token[1]}
    before = await intake.rows("SELECT id FROM clients")
    assert (await browser.send("/clients/new", fields, **headers)).status_code == 403
    assert await intake.rows("SELECT id FROM clients") == before
    assert (await browser.send("/clients/new", fields)).status_code == 303


async def test_a_form_of_another_session_is_refused(browser: Browser) -> None:
    await browser.sign_in("therapist")
    assert (await browser.send("/clients/new", ENQUIRY)).status_code == 403
    assert (
        await browser.send("/clients/new", {**ENQUIRY, "form_token": "guessed"})
    ).status_code == 403


async def test_the_api_takes_the_session_with_the_form_s_token_only(browser: Browser) -> None:
    await browser.sign_in("therapist")
    assert (await browser.open("/api/v1/clients")).status_code == 200
    body = {"name": "Wren Halloway", "date_of_birth": "1990-04-02"}

    async def post(**headers: str) -> int:
        sent = await browser.http.post(
            "/api/v1/clients",
            json=body,
            headers={
                "cookie": browser.cookie or "",
                "sec-fetch-site": "same-origin",
                "origin": "http://intake.test",
                **headers,
            },
        )
        return sent.status_code

    page = await browser.open("/clients/new")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    assert await post() == 403
    assert await post(**{"x-form-token": token[1]}) == 201
