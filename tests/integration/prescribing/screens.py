"""People's screens, without scripts."""

from tests.integration.prescribing.clinic import World
from tests.support.browsing import Browser


class Screens:
    """A browser for each role."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers: dict[str, Browser] = {}

    async def __call__(self, role: str) -> Browser:
        if role not in self.browsers:
            self.browsers[role] = Browser(self.world.app)
            await self.browsers[role].sign_in(f"token-of-{role}")
        return self.browsers[role]


async def shown(browser: Browser, path: str) -> str:
    page = await browser.open(path)
    assert page.status_code == 200, page.text
    assert page.headers["cache-control"] == "no-store"
    return str(page.text)
