"""The first steps of a course as somebody takes them on pages."""

from tests.support.browsing import Browser

ENQUIRY = {"name": "Wren Halloway", "date_of_birth": "1990-04-02", "channel_consent.sms": "true"}
_TEAM = {
    "therapist_ref": "00000000-0000-0000-0000-0000000003e8",
    "prescriber_ref": "00000000-0000-0000-0000-0000000003e9",
}


async def enquiry(browser: Browser, **fields: str) -> str:
    """The page of a new client's course."""
    made = await browser.submit("/clients/new", {**ENQUIRY, **fields})
    assert made.status_code == 303, made.text
    return str(made.headers["location"])


async def screened(browser: Browser) -> str:
    """The page of a course with a team and a screening that found depression."""
    course = await enquiry(browser)
    screening = {"programme": "mood", "indications[]": ["depression"]}
    assert (await browser.submit(f"{course}/team", _TEAM)).status_code == 303
    assert (await browser.submit(f"{course}/screening", screening)).status_code == 303
    return course
