"""Invented people are let in only where nobody is harmed by it; passwords are kept as hashes."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from cli.issuer import accounts
from cli.issuer.app import DemoAccountsRefusedError, create_issuer
from cli.issuer.settings import IssuerSettings
from shared.runtime.settings import ServiceSettings
from tests.integration.identity.world import ISSUER, World

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

EVERYWHERE = "0.0.0.0"  # noqa: S104 - to be refused
HERE = {"oidc_issuer": "http://localhost:8100", "http_host": "127.0.0.1", "env": "embedded"}


def settings(world: World, **changed: Any) -> IssuerSettings:
    return world.office.settings.model_copy(update={**HERE, **changed})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"env": "production"}, "CARETEAM_ENV=production"),
        ({"http_host": EVERYWHERE}, "listens beyond this machine"),
        ({"http_host": "192.0.2.7"}, "listens beyond this machine"),
        ({"oidc_issuer": "https://id.clinic.example"}, "not of this machine alone"),
        ({"env": "compose", "oidc_issuer": "https://id.clinic.example"}, "not of this machine"),
    ],
)
async def test_the_issuer_does_not_start_with_demo_accounts_where_people_could_be_harmed(
    world: World, changed: dict[str, str], why: str
) -> None:
    async with world.office.engine.begin() as connection:
        await accounts.add(connection, name="Demo One", role="nurse", ref=uuid4(), demo=True)
    try:
        app = create_issuer(settings(world, **changed))
        with pytest.raises(DemoAccountsRefusedError, match=why):
            async with app.router.lifespan_context(app):
                raise AssertionError("it started")
        elsewhere = {"env": "compose", "http_host": EVERYWHERE}
        for fine in ({}, elsewhere, {"oidc_issuer": "http://127.0.0.1:8100"}):
            app = create_issuer(settings(world, **fine))
            async with app.router.lifespan_context(app):
                pass
    finally:
        await world.rows("DELETE FROM accounts WHERE demo")


async def test_without_demo_accounts_it_starts_anywhere_and_makes_none_there(world: World) -> None:
    app = create_issuer(settings(world, env="production", oidc_issuer=ISSUER))
    async with app.router.lifespan_context(app):
        pass
    people = [{"name": "Demo Two", "role": "nurse", "ref": str(uuid4())}]
    refused = await world.administer("", {"people": people, "demo": True})
    assert refused.status_code == 409
    assert await world.rows("SELECT 1 FROM accounts WHERE demo") == []


async def test_passwords_are_kept_as_argon2id_of_the_cost_that_was_decided(world: World) -> None:
    rows = await world.rows("SELECT password_hash FROM accounts")
    assert len(rows) >= 2
    for row in rows:
        assert row["password_hash"].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert not any(one in row["password_hash"] for one in world.passwords.values())
    assert all(len(one) >= 15 for one in world.passwords.values())


@pytest.mark.parametrize("secret", ["", "made-up"])
async def test_accounts_are_kept_by_whoever_has_the_secret_only(world: World, secret: str) -> None:
    async with world.http() as http:
        for path in ("", "/mara.lindqvist/password", "/mara.lindqvist/disable"):
            answer = await http.post(
                f"{ISSUER}/administration/accounts{path}",
                headers={"Authorization": f"Bearer {secret}"},
            )
            assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"oidc_issuer": "http://id.clinic.example"}, "https"),
        ({"oidc_issuer": None}, "https"),
        ({"tokens_file": Path("tokens.json")}, "CARETEAM_TOKENS_FILE"),
        ({"sandbox": True}, "CARETEAM_SANDBOX"),
    ],
)
async def test_production_has_an_issuer_and_no_printed_tokens(
    changed: dict[str, Any], why: str
) -> None:
    told: dict[str, Any] = {
        "env": "production",
        "database_url": "postgresql://intake_app@db/intake",
        "ca_file": Path("/run/secrets/ca.pem"),
        "oidc_issuer": "https://id.clinic.example",
    }
    ServiceSettings(**told)
    with pytest.raises(ValidationError, match=why):
        ServiceSettings(**{**told, **changed})


@pytest.mark.parametrize("issuer", ["http://id.clinic.example", "http://192.0.2.1:8100"])
async def test_an_issuer_beyond_this_machine_speaks_tls(world: World, issuer: str) -> None:
    told = {**world.office.settings.model_dump(), "oidc_issuer": issuer}
    with pytest.raises(ValidationError, match="has to be https"):
        IssuerSettings(**told)


async def test_two_people_of_one_name_have_two_logins_and_nobody_has_two_accounts(
    world: World,
) -> None:
    people = [{"name": "Ash Gray", "role": "nurse", "ref": str(uuid4())} for _ in range(2)]
    made = (await world.administer("", {"people": people})).json()
    assert [one["login"] for one in made] == ["ash.gray", "ash.gray2"]
    assert (await world.administer("", {"people": people})).json() == []
    await world.rows("DELETE FROM accounts WHERE name = 'Ash Gray'")
