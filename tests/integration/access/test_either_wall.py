"""Each wall without the other, who cannot take them down, and what must not go around them."""

import asyncpg
import pytest

from careteam_contracts import intake
from shared.runtime.ids import new_id
from tests.access.test_tables import protected
from tests.integration.access.clinic import without_the_first_wall, without_the_second_wall
from tests.integration.access.scene import Scene
from tests.support.auditing import audited
from tests.support.voices import REFS, at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def test_the_chain_tells_who_looked_and_by_which_right(scene: Scene) -> None:
    """By which right where somebody was let in, and that they looked where they were not."""
    await scene.sees(scene.mine)
    await scene.sees(scene.other)
    await scene.breaks_glass(scene.other)
    await scene.sees(scene.other)
    rows = await audited(scene.world.service, action="read_course")
    mine, other = str(scene.mine.ref), str(scene.other.ref)
    assert [(one["ref"], one["outcome"]) for one in rows[-3:]] == [
        (mine, "allowed"),
        (other, "denied"),
        (other, "allowed"),
    ]
    assert [one["why"] for one in rows[-3:]] == ["relation", "relation", "break_glass"]


async def test_without_a_scope_the_tables_are_empty(scene: Scene) -> None:
    connection = await scene.clinic.database.connect()
    try:
        await connection.execute("RESET careteam.scope; SET careteam.scope = ''")
        for table in protected("scheduling"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE sessions DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE sessions NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY in_reach ON sessions",
        "CREATE POLICY everything ON sessions USING (true)",
        "SET ROLE scheduling_owner",
    ],
)
async def test_the_services_role_cannot_take_the_wall_down(scene: Scene, statement: str) -> None:
    connection = await scene.clinic.database.connect()
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_breach_of_both_walls_would_be_seen(scene: Scene) -> None:
    """With the application's wall broken the database holds, and the other way round; only when
    both are down is the record there: so each test of one wall would see it broken."""
    with without_the_first_wall():
        assert await scene.sees(scene.other) == 404
        async with without_the_second_wall(scene.clinic.database):
            assert await scene.sees(scene.other) == 200
    async with without_the_second_wall(scene.clinic.database):
        assert await scene.sees(scene.other) == 404


async def test_an_answer_is_not_repeated_to_somebody_who_has_lost_the_client(scene: Scene) -> None:
    world = scene.world
    body = {
        "course_id": str(scene.person.course_id),
        "kind": "consultation",
        "starts_at": at("10:00", 12).isoformat(),
    }
    key = str(new_id())
    first = await world.post("/sessions", body, key=key)
    assert first.status_code == 201
    assert (await world.post("/sessions", body, key=key)).json() == first.json()
    await world.do(f"/sessions/{first.json()['id']}/cancellation", {"by_role": "front_desk"})
    changed = intake.CareTeamAssigned(
        therapist_ref=scene.other.ref, prescriber_ref=REFS["prescriber"], team_version=2
    )
    await world.tell(scene.person, changed)
    assert (await world.post("/sessions", body, key=key)).status_code == 404


async def test_a_key_is_of_whoever_made_it_and_brings_nobody_elses_answer(scene: Scene) -> None:
    """Also on the very same request: a key that was seen somewhere opens nothing."""
    key = str(new_id())
    body = {
        "course_id": str(scene.person.course_id),
        "kind": "consultation",
        "starts_at": at("10:00", 12).isoformat(),
    }
    first = await scene.world.post("/sessions", body, key=key)
    assert first.status_code == 201
    for who in (scene.other, scene.operator):
        answer = await scene.clinic.ask(
            who, "POST", "/api/v1/sessions", json=body, more={"Idempotency-Key": key}
        )
        assert answer.status_code in {403, 404}
        assert "idempotent-replay" not in answer.headers
        assert first.json()["id"] not in answer.text


async def test_a_place_that_nobody_has_is_open_to_its_role_until_the_course_is_over(
    scene: Scene,
) -> None:
    nobody = scene.world.person()
    await scene.world.tell(nobody, intake.ClientRegistered())
    path = f"/api/v1/courses/{nobody.course_id}/standing"
    assert (await scene.clinic.ask(scene.other, "GET", path)).status_code == 200
    await scene.world.tell(nobody, intake.ClientDeclined(decision_id=new_id()))

    async def closed() -> bool:
        return (await scene.clinic.ask(scene.other, "GET", path)).status_code == 404

    await eventually(closed, seconds=10)
