"""Hosts and versions that somebody made up, and too much at once, at a service that runs (E6)."""

import pytest

from shared.runtime.ids import new_id
from shared.web import crowding
from tests.integration.intake.clinic import Intake
from tests.support.auditing import audited
from tests.support.browsing import Browser

pytestmark = pytest.mark.real


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8101", "[", "a b"])
async def test_no_answer_leads_to_whatever_host_was_named(browser: Browser, host: str) -> None:
    """Neither a page nor a redirect is built from it; an address with a slash too many is none."""
    await browser.sign_in("therapist")
    for path in ("/", "/clients/new", "/clients/new/", "/sign-in", "/nowhere", "/api/v1/clients/"):
        page = await browser.open(path, host=host)
        assert page.status_code in {200, 303, 404, 503}
        assert "evil.example" not in page.text + str(page.headers)
        assert (page.status_code == 404) is (path.endswith(("/new/", "/clients/", "/nowhere")))


@pytest.mark.parametrize("seen", ['"²"', "W/²", '"-1"', "x", "", '"1", "2"', '"' + "1" * 30 + '"'])
async def test_what_is_no_version_of_ours_is_named_beside_whatever_else_is_wrong(
    intake: Intake, seen: str
) -> None:
    """A condition is asked about only where the request could be done without it (RFC 9110, section
    13.2.1): first comes what cannot be used."""
    headers = [(b"authorization", b"Bearer front_desk"), (b"if-match", seen.encode("latin1"))]
    answer = await intake.http.post("/api/v1/clients", headers=headers, json={"name": "A"})
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"header.if-match", "body.date_of_birth"}


@pytest.mark.parametrize("seen", ["*", "7", '"7"', 'W/"7"'])
async def test_a_version_that_could_be_ours_is_asked_about(intake: Intake, seen: str) -> None:
    headers = {"Authorization": "Bearer front_desk", "If-Match": seen}
    nobody = f"/api/v1/clients/{new_id()}/contact-preferences"
    answer = await intake.http.post(nobody, headers=headers, json={"voice": True})
    assert answer.status_code == 404


async def test_who_asks_for_too_much_at_once_waits_and_nobody_else_does(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often they are told so, it is in the audit once."""
    before = len(await audited(intake.service, action="read_course", outcome="refused"))
    with monkeypatch.context() as crowded:
        crowded.setattr(crowding, "MOST_AT_ONCE", 0)
        for role in ("nurse", "nurse", "nurse", "therapist"):
            headers = {"Authorization": f"Bearer {role}"}
            answer = await intake.http.get("/api/v1/courses", headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
            assert answer.json()["type"] == "urn:careteam:problem:http-429"
    rows = (await audited(intake.service, action="read_course", outcome="refused"))[before:]
    assert [row["role"] for row in rows] == ["nurse", "therapist"]
    assert (await intake.get("nurse", "/courses"))["items"] is not None
