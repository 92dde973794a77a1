"""Hosts and versions that somebody made up, at a service that runs (E6)."""

import pytest

from tests.integration.intake.clinic import Intake
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


@pytest.mark.parametrize("seen", ['"²"', "W/²", '"-1"', "x"])
async def test_what_is_no_version_of_ours_is_met_by_none(intake: Intake, seen: str) -> None:
    headers = [(b"authorization", b"Bearer therapist"), (b"if-match", seen.encode("latin1"))]
    answer = await intake.http.get("/api/v1/courses", headers=headers)
    assert answer.status_code == 412
