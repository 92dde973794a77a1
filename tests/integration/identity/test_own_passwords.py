"""A password of one's own: offered once, taken by the rules, and the end of everything else."""

import pytest

from cli.issuer.passwords import TOO_SHORT
from cli.issuer.routes.passwords import NOT_RIGHT, NOT_THE_SAME, THE_OLD_ONE
from tests.integration.identity.world import (
    INTAKE,
    ISSUER,
    Visitor,
    Visitors,
    World,
    hidden,
    status_of_api,
    tokens_of,
)

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

LOGIN = "ines.kowalczyk"
OWN = "four lamps in the hallway"


async def change(visitor: Visitor, old: str, new: str, again: str | None = None) -> str:
    """Fill in the form; returns what the page says then."""
    page = await visitor.get(f"{ISSUER}/password")
    fields = {
        "form_token": hidden(page, "form_token"),
        "old": old,
        "new": new,
        "again": new if again is None else again,
    }
    return (await visitor.post(f"{ISSUER}/password", fields)).text


async def test_a_new_password_ends_what_was_opened_with_the_old_one(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in("ines.kowalczyk")
    renewed = (await world.administer("/ines.kowalczyk/password")).json()["password"]
    old, world.passwords["ines.kowalczyk"] = world.passwords["ines.kowalczyk"], renewed
    await world.told()
    door = await visitor.get("https://intake.test/sign-in")
    assert door.url.host == "issuer.test"
    assert (await visitor.enter(door, "ines.kowalczyk", old)).status_code == 422
    offered = await visitor.enter(door, "ines.kowalczyk")
    assert (offered.url.host, offered.url.path) == ("issuer.test", "/password")
    await world.rows("UPDATE accounts SET handed_out = false")


async def test_whoever_was_handed_a_password_is_offered_one_of_their_own_and_gets_where_they_went(
    visitors: Visitors, world: World
) -> None:
    world.passwords[LOGIN] = (await world.administer(f"/{LOGIN}/password")).json()["password"]
    later = visitors()
    offered = await later.enter(await later.door("/holds?status=lifted"), LOGIN)
    assert offered.url.path == "/password"
    way = offered.text.split('class="button" href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    on = await later.get(ISSUER + way)
    assert str(on.url) == f"{INTAKE}/holds?status=lifted"

    now = visitors()
    offered = await now.enter(await now.door("/holds?status=lifted"), LOGIN)
    fields = {"form_token": hidden(offered, "form_token"), "new": OWN, "again": OWN}
    there = await now.post(str(offered.url), {**fields, "old": world.passwords[LOGIN]})
    assert str(there.url) == f"{INTAKE}/holds?status=lifted"
    world.passwords[LOGIN] = OWN
    once_more = visitors()
    page = await once_more.enter(await once_more.door(), LOGIN)
    assert page.url.host == "intake.test", "it is theirs, and offered no more"


async def test_another_password_ends_every_other_sign_in_and_this_one_goes_on(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    elsewhere = visitors()
    await elsewhere.sign_in()
    await visitor.sign_in()
    before = visitor.http.cookies["__Host-ct-identity"]
    old = world.passwords["mara.lindqvist"]
    assert "Your password was changed" in await change(visitor, old, OWN)
    world.passwords["mara.lindqvist"] = OWN
    await world.told()
    assert visitor.http.cookies["__Host-ct-identity"] != before, "another id at each proof"
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 200
    assert (await elsewhere.get(f"{INTAKE}/", follow=False)).status_code == 303
    stranger = visitors()
    door = await stranger.door()
    assert (await stranger.enter(door, "mara.lindqvist", old)).status_code == 422


async def test_tokens_that_programs_have_of_somebody_end_with_the_password(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    """Those of the sign-in that goes on too: whoever knew the old one may have taken them."""
    elsewhere = await tokens_of(visitors(), world)
    here = await tokens_of(visitor, world)
    tokens = [one["access_token"] for one in (elsewhere, here)]
    assert [await status_of_api(world, token) for token in tokens] == [200, 200]
    await change(visitor, world.passwords["mara.lindqvist"], OWN + "s")
    world.passwords["mara.lindqvist"] = OWN + "s"
    await world.told()
    assert [await status_of_api(world, token) for token in tokens] == [401, 401]
    assert (await visitor.get(f"{INTAKE}/", follow=False)).status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "says"),
    [
        ("short", "short", TOO_SHORT),
        (OWN + " still", OWN, NOT_THE_SAME),
        ("", "", TOO_SHORT),
    ],
)
async def test_a_password_against_the_rules_changes_nothing(
    visitor: Visitor, world: World, new: str, again: str, says: str
) -> None:
    before = await world.rows("SELECT password_hash FROM accounts ORDER BY login")
    await visitor.sign_in()
    old = world.passwords["mara.lindqvist"]
    assert says in await change(visitor, old, new, again)
    assert THE_OLD_ONE in await change(visitor, old, old)
    assert await world.rows("SELECT password_hash FROM accounts ORDER BY login") == before


async def test_a_screen_that_was_left_open_gives_nobody_another_password(
    visitor: Visitor, visitors: Visitors, world: World
) -> None:
    """Whoever sits down there has to know the present one, and guesses as slowly as at the door."""
    await visitor.sign_in()
    said = [await change(visitor, f"guess {number}", OWN) for number in range(6)]
    assert all(NOT_RIGHT in page for page in said[:5])
    assert "Too many tries" in said[5]
    assert (await visitors().get(f"{ISSUER}/password")).text.count("Nobody is signed in") >= 1
    refused = await visitors().post(f"{ISSUER}/password", {"old": "x", "new": OWN, "again": OWN})
    assert refused.status_code == 403
    forged = await visitor.post(
        f"{ISSUER}/password", {"form_token": "made-up", "old": "x", "new": OWN, "again": OWN}
    )
    assert forged.status_code == 403
