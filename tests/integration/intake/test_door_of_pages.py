"""The way into pages and out of them, how long it lasts, and what a change on one has to prove."""

import re
from typing import Any

import pytest
from sqlalchemy import event

from tests.integration.intake.by_forms import ENQUIRY
from tests.integration.intake.clinic import Intake
from tests.support.browsing import Browser

pytestmark = pytest.mark.real


async def test_nobody_sees_a_page_before_signing_in(visitor: Browser) -> None:
    sent_away = await visitor.open("/holds?status=lifted")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"] == "/sign-in?then=%2Fholds%3Fstatus%3Dlifted"


async def test_a_part_of_a_page_leads_the_whole_page_to_the_door(visitor: Browser) -> None:
    """A script that followed a redirect would put the door into the middle of the page."""
    led = await visitor.open("/holds?status=lifted", **{"hx-request": "true"})
    assert led.status_code == 200
    assert led.headers["hx-redirect"] == "/sign-in?then=%2Fholds%3Fstatus%3Dlifted"
    assert led.text == ""
    await visitor.sign_in("therapist")
    shown = await visitor.open("/holds?status=lifted", **{"hx-request": "true"})
    assert "hx-redirect" not in shown.headers
    assert shown.text


async def test_without_an_issuer_the_door_says_what_is_missing(visitor: Browser) -> None:
    door = await visitor.open("/sign-in")
    assert door.status_code == 503
    assert "CARETEAM_OIDC_ISSUER" in door.text


async def test_a_page_that_reads_itself_again_looks_for_what_concerns_its_reader_only(
    visitor: Browser, intake: Intake
) -> None:
    """A desk opens no record in an emergency and reviews none: nothing is begun to ask about it."""
    engine, begun = intake.service.database.engine.sync_engine, []

    def count(_connection: Any) -> None:
        begun.append(1)

    async def reads_again(role: str) -> int:
        await visitor.sign_in(role)
        begun.clear()
        page = await visitor.open("/clients/new", **{"hx-request": "true"})
        assert page.status_code == 200
        return len(begun)

    event.listen(engine, "begin", count)
    try:
        assert await reads_again("therapist") == await reads_again("front_desk") + 1
    finally:
        event.remove(engine, "begin", count)


async def test_the_server_keeps_no_session_that_would_open_anything(
    visitor: Browser, intake: Intake
) -> None:
    await visitor.sign_in("therapist")
    assert visitor.cookie is not None
    kept = visitor.cookie.split("=", 1)[1]
    rows = await intake.rows("SELECT id_hash, form_token FROM web_sessions")
    assert len(rows) > 0
    assert all(kept.encode() != bytes(row["id_hash"]) for row in rows)
    assert all(kept != row["form_token"] for row in rows)


async def test_signing_out_ends_it_on_the_server(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    kept = visitor.cookie
    assert (await visitor.submit("/", {}, at="/sign-out")).headers["location"] == "/signed-out"
    visitor.cookie = kept
    assert (await visitor.open("/")).status_code == 303


@pytest.mark.parametrize(
    ("role", "minutes", "still"),
    [("therapist", 14, True), ("therapist", 16, False), ("front_desk", 6, False)],
)
async def test_a_session_that_is_left_alone_ends(
    visitor: Browser, intake: Intake, role: str, minutes: int, still: bool
) -> None:
    await visitor.sign_in(role)
    await intake.rows(
        "UPDATE web_sessions SET seen_at = seen_at - make_interval(mins => $1)", minutes
    )
    assert ((await visitor.open("/")).status_code == 200) is still


async def test_a_page_that_follows_by_itself_keeps_nobody_signed_in(
    visitor: Browser, intake: Intake
) -> None:
    await visitor.sign_in("therapist")
    for asked, still in (({}, True), ({"hx-request": "true"}, False)):
        await intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '14 minutes'")
        assert (await visitor.open("/", **asked)).status_code == 200
        await intake.rows("UPDATE web_sessions SET seen_at = seen_at - interval '2 minutes'")
        assert ((await visitor.open("/")).status_code == 200) is still


async def test_a_session_ends_after_half_a_day_however_busy(
    visitor: Browser, intake: Intake
) -> None:
    await visitor.sign_in("therapist")
    await intake.rows("UPDATE web_sessions SET signed_in_at = signed_in_at - interval '12 hours'")
    assert (await visitor.open("/")).status_code == 303


async def test_every_page_keeps_itself_to_itself(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    for path in ("/", "/clients/new", "/nowhere", "/sign-in"):
        page = await visitor.open(path)
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
    visitor: Browser, intake: Intake, headers: dict[str, str]
) -> None:
    """Another port of the same host is elsewhere too, though the cookie comes along."""
    await visitor.sign_in("therapist")
    page = await visitor.open("/clients/new")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    fields = {**ENQUIRY, "form_token": token[1]}
    before = await intake.rows("SELECT id FROM clients")
    assert (await visitor.send("/clients/new", fields, **headers)).status_code == 403
    assert await intake.rows("SELECT id FROM clients") == before
    assert (await visitor.send("/clients/new", fields)).status_code == 303


async def test_a_form_of_another_session_is_refused(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    assert (await visitor.send("/clients/new", ENQUIRY)).status_code == 403
    assert (
        await visitor.send("/clients/new", {**ENQUIRY, "form_token": "guessed"})
    ).status_code == 403


async def test_the_api_takes_the_session_with_the_form_s_token_only(visitor: Browser) -> None:
    await visitor.sign_in("therapist")
    assert (await visitor.open("/api/v1/clients")).status_code == 200
    body = {"name": "Wren Halloway", "date_of_birth": "1990-04-02"}

    async def post(**headers: str) -> int:
        sent = await visitor.http.post(
            "/api/v1/clients",
            json=body,
            headers={
                "cookie": visitor.cookie or "",
                "sec-fetch-site": "same-origin",
                "origin": "http://intake.test",
                **headers,
            },
        )
        return sent.status_code

    page = await visitor.open("/clients/new")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    assert await post() == 403
    assert await post(**{"x-form-token": token[1]}) == 201
