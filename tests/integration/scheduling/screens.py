"""Working a page of scheduling without a script."""

from tests.support.browsing import Browser


async def signed_in(browser: Browser, role: str) -> None:
    await browser.sign_in(f"token-of-{role}")


async def tap(browser: Browser, page: str, step: str, **fields: str) -> str:
    """Press one button of a page; the page that it leads to."""
    answer = await browser.submit(page, fields, at=f"{page}/{step}")
    assert answer.status_code == 303, answer.text
    return (await browser.open(answer.headers["location"])).text
