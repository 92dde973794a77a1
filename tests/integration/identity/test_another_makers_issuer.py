"""A real issuer of somebody else's making takes the place of ours, by settings alone.

It signs with RS256, hands out access tokens that nobody can read, knows no back-channel and says by
groups who somebody is: in none of this is it like the clinic's own.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from oidc_provider_mock import User, run_server_in_thread

from cli.clinic.secrets import password
from shared.web.sign_in.settings import issuer_of
from tests.integration.identity.world import INTAKE, Visitor, World, nobody_is_in
from tests.integration.intake.clinic import REFS

pytestmark = [
    pytest.mark.real,
    pytest.mark.asyncio(loop_scope="package"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib"),  # their issuer's
]

OTHER_NAMES = {
    "oidc_role_claim": "groups",
    "oidc_ref_claim": "employee",
    "oidc_roles": {"Psychotherapy": "therapist", "Medicine": "prescriber"},
    "oidc_client_id": "intake-at-the-hospital",
}


def somebody(sub: str, *groups: str) -> User:
    claims = {"name": "Mara Lindqvist", "groups": list(groups), "employee": str(REFS["therapist"])}
    return User(sub=sub, claims=claims)


PEOPLE = (
    somebody("mara", "Psychotherapy", "Choir"),
    somebody("both", "Psychotherapy", "Medicine"),
    somebody("neither", "Choir"),
    User(sub="nobody", claims={"groups": ["Psychotherapy"], "employee": "117"}),
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    url: str

    async def revoke(self, sub: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            (await http.post(f"{self.url}/users/{sub}/revoke-tokens")).raise_for_status()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it is on loopback
        with run_server_in_thread(require_nonce=True, user_claims=PEOPLE) as server:
            yield Elsewhere(f"http://localhost:{server.server_port}")


@pytest_asyncio.fixture(loop_scope="package")
async def there(world: World, elsewhere: Elsewhere, tmp_path: Path) -> AsyncIterator[Elsewhere]:
    """Intake is told of the other issuer and of nothing else."""
    state = world.intake.app.state
    password(tmp_path / "secret")
    places = {"oidc_issuer": elsewhere.url, "oidc_client_secret_file": tmp_path / "secret"}
    told = state.service.settings.model_copy(update={**OTHER_NAMES, **places})
    ours, state.issuer = state.issuer, issuer_of(told, "intake")
    yield elsewhere
    state.issuer = ours


async def come_back(visitor: Visitor, sub: str, path: str = "/") -> httpx.Response:
    door = await visitor.get(INTAKE + path)
    assert door.url.path == "/oauth2/authorize", door.url
    return await visitor.http.post(door.url, data={"sub": sub}, follow_redirects=True)


async def test_whoever_proves_who_they_are_there_is_on_the_page_that_they_wanted(
    visitor: Visitor, there: Elsewhere, world: World
) -> None:
    page = await come_back(visitor, "mara", "/holds?status=lifted")
    assert str(page.url) == f"{INTAKE}/holds?status=lifted"
    assert "Mara Lindqvist" in page.text
    rows = await world.intake.rows("SELECT role, subject FROM web_sessions WHERE ref IS NOT NULL")
    assert [(row["role"], row["subject"]) for row in rows] == [("therapist", "mara")]


@pytest.mark.parametrize("sub", ["both", "neither", "nobody"])
async def test_who_is_not_one_person_in_one_role_is_not_let_in(
    sub: str, visitor: Visitor, there: Elsewhere
) -> None:
    page = await come_back(visitor, sub)
    assert page.status_code == 403
    assert "no role here, or more than one" in page.text
    assert await nobody_is_in(visitor)


async def test_a_code_of_theirs_in_another_browser_opens_nothing(
    visitor: Visitor, there: Elsewhere, world: World
) -> None:
    door = await visitor.get(INTAKE)
    sent = await visitor.http.post(door.url, data={"sub": "mara"}, follow_redirects=False)
    thief = Visitor(world)
    try:
        await thief.get(sent.headers["location"])
        assert await nobody_is_in(thief)
    finally:
        await thief.close()


async def test_a_nonce_that_is_not_ours_opens_nothing(visitor: Visitor, there: Elsewhere) -> None:
    door = await visitor.get(INTAKE)
    forged = door.url.copy_set_param("nonce", uuid4().hex)
    await visitor.http.post(forged, data={"sub": "mara"}, follow_redirects=True)
    assert await nobody_is_in(visitor)


async def test_what_is_taken_back_there_is_over_here_a_minute_later(
    visitor: Visitor, there: Elsewhere, world: World
) -> None:
    """It never tells us; the service asks by itself."""
    await come_back(visitor, "mara")
    assert not await nobody_is_in(visitor)
    await there.revoke("mara")
    await world.intake.rows("UPDATE web_sessions SET asked_at = now() - interval '61 seconds'")
    assert await nobody_is_in(visitor)
