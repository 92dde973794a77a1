"""The issuer's own chain: who came in, who was turned away, and what was done to accounts."""

import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cli.clinic.services import IDENTITY
from cli.issuer.app import create_issuer
from shared.audit.checkpoint import Checkpoint, public_key
from shared.audit.verification import Row, verify
from shared.serving.checkpoints import CHECKPOINTS
from tests.integration.identity.world import ISSUER, Visitor, World, hidden
from tests.integration.intake.clinic import REFS
from tests.support.auditing import RING

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="package")]

THERAPIST = str(REFS["therapist"])


async def entries(world: World) -> list[dict[str, Any]]:
    rows = await world.rows("SELECT body FROM audit_chain ORDER BY sequence")
    return [json.loads(row["body"]) for row in rows]


async def newest(world: World, count: int) -> list[tuple[Any, ...]]:
    """What the last rows say: action, outcome, role, why, and whom it was or was about."""
    return [
        (
            one["action"],
            one["outcome"],
            one["role"],
            one["why"],
            one.get("ref") or one.get("target"),
        )
        for one in (await entries(world))[-count:]
    ]


async def test_who_comes_in_and_leaves_is_in_the_issuers_audit(
    visitor: Visitor, world: World
) -> None:
    await visitor.sign_in()
    home = await visitor.get(f"{ISSUER}/")
    await visitor.post(f"{ISSUER}/end-session", {"form_token": hidden(home, "form_token")})
    assert await newest(world, 2) == [
        ("sign_in", "allowed", "therapist", "pwd", THERAPIST),
        ("sign_out", "allowed", "therapist", "sign_in", THERAPIST),
    ]


async def test_a_wrong_password_is_a_row_and_being_slowed_down_is_one_however_often(
    visitor: Visitor, world: World
) -> None:
    door = await visitor.door()
    before = len(await entries(world))
    for _ in range(5):
        assert (await visitor.enter(door, "mara.lindqvist", "wrong")).status_code == 422
    for _ in range(4):
        assert (await visitor.enter(door, "mara.lindqvist", "wrong")).status_code == 429
    assert len(await entries(world)) == before + 6
    assert await newest(world, 2) == [
        ("sign_in", "denied", "nobody", "password", THERAPIST),
        ("sign_in", "refused", "nobody", "too_many_tries", THERAPIST),
    ]


async def test_what_was_typed_is_not_in_it(visitor: Visitor, world: World) -> None:
    """People type their password where their name belongs, and names are nobody's business."""
    door = await visitor.door()
    await visitor.enter(door, "correct-horse-battery", "canary-of-a-password")
    (denied,) = await newest(world, 1)
    assert denied == ("sign_in", "denied", "nobody", "password", None)
    told = json.dumps(await entries(world))
    for word in ("correct-horse", "canary", "mara", "lindqvist", *world.passwords.values()):
        assert word not in told.lower()


async def test_what_is_done_to_accounts_is_in_it(world: World) -> None:
    ref = str(uuid4())
    people = [{"name": "Ash Gray", "role": "nurse", "ref": ref}]
    await world.administer("", {"people": people})
    for change in ("password", "end", "disable", "enable"):
        await world.administer(f"/ash.gray/{change}")
    assert [one[0] for one in await newest(world, 5)] == [
        "add_account",
        "renew_password",
        "end_sign_ins",
        "disable_account",
        "enable_account",
    ]
    assert {one[1:] for one in await newest(world, 5)} == {
        ("allowed", "administrator", "administration", ref)
    }
    before = len(await entries(world))
    refused = await world.administer("/nobody.at.all/disable")
    assert (refused.status_code, refused.json()) == (
        404,
        {"detail": "Nobody signs in as nobody.at.all."},
    )
    assert len(await entries(world)) == before, "nothing was done"
    await world.rows("DELETE FROM accounts WHERE name = 'Ash Gray'")


async def test_whoever_comes_without_the_clinics_secret_is_in_it_and_fills_nothing(
    world: World,
) -> None:
    """However often; and whoever has the secret is held up by none of it."""
    before = len(await entries(world))
    async with world.http() as http:
        said = [
            await http.post(
                f"{ISSUER}/administration/accounts/mara.lindqvist/{what}",
                headers={"Authorization": f"Bearer canary-of-a-secret-{number}"},
            )
            for number, what in enumerate(["password", "end", "disable", "enable", "end"] * 2)
        ]
    assert [one.status_code for one in said] == [401] * 5 + [429] * 5
    assert int(said[-1].headers["retry-after"]) <= 60
    assert len(await entries(world)) == before + 6
    assert await newest(world, 2) == [
        ("administer", "denied", "nobody", "secret", None),
        ("administer", "refused", "nobody", "too_many_tries", None),
    ]
    assert "canary" not in json.dumps(await entries(world))
    assert (await world.administer("/mara.lindqvist/end")).status_code == 200


async def test_nothing_is_done_where_its_row_cannot_be_written(
    visitor: Visitor, world: World
) -> None:
    door = await visitor.door()
    trail = world.office.audited._trail
    key_file, trail._key_file = trail._key_file, None
    ring, trail._ring = trail._ring, None
    try:
        with pytest.raises(Exception, match="CARETEAM_AUDIT_KEY_FILE"):
            await visitor.enter(door, "mara.lindqvist", follow=False)
    finally:
        trail._key_file, trail._ring = key_file, ring
    assert await world.rows("SELECT 1 FROM sign_ins") == []


async def test_the_chain_holds_is_vouched_for_and_takes_nothing_back(world: World) -> None:
    """An issuer that ends hands a checkpoint away first, as the services do."""
    await world.administer("/mara.lindqvist/end")
    kept = world.folder / "audit" / IDENTITY / CHECKPOINTS
    another = create_issuer(world.office.settings)
    async with another.router.lifespan_context(another):
        pass
    key = public_key((world.folder / "secrets" / f"{IDENTITY}.public").read_text())
    checkpoints = [Checkpoint.read(line, key) for line in kept.read_text().splitlines()]
    rows = [
        Row(row["sequence"], row["body"], frozenset(), row["key_id"], bytes(row["digest"]))
        for row in await world.rows("SELECT * FROM audit_chain ORDER BY sequence")
    ]
    verified = verify(IDENTITY, rows, RING, checkpoints)
    assert verified.holds
    assert verified.vouched == len(rows) >= 1
    cut = verify(IDENTITY, rows[: verified.vouched - 1], RING, checkpoints)
    assert cut.finding is not None
    for statement in ("UPDATE audit_chain SET body = ''", "DELETE FROM audit_chain"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await world.rows(statement)
