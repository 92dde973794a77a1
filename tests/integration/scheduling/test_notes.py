"""Notes are the therapist's own, signed and locked; and their words are nowhere else."""

import pytest
import sqlalchemy as sa

from shared.runtime.ids import new_id
from tests.integration.scheduling.care import approved, furnished, talk
from tests.integration.scheduling.clinic import World
from tests.support.auditing import audited
from tests.support.in_scope import in_scope
from tests.support.service_world import bearer
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real
SECRET = "Marmalade-Vexation"


async def test_notes_addenda_and_steps_are_private_to_the_sessions_therapists(
    world: World,
) -> None:
    await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    held = await talk(world, person, "integration", at("10:00", 6), at("10:50", 6))
    path = f"/sessions/{held['id']}/notes"
    text = {"kind": "integration", "text": f"{SECRET} was spoken of."}
    assert await world.refused(path, text) == {"action-items-missing"}
    steps = {"action_items": [{"text": "Walk each morning", "due_on": "2026-03-20"}]}
    note = await world.do(path, {**text, **steps})
    [step] = note["action_items"]
    done = await world.do(f"/notes/{note['id']}/action-items/{step['id']}/completion")
    assert done["action_items"][0]["done_at"] is not None
    assert await world.refused(f"/notes/{note['id']}/action-items/{step['id']}/completion") == {
        "action-item-already-done"
    }
    added = await world.do(f"/notes/{note['id']}/addenda", {"text": "And one thing more."})
    assert (added["addendum_to"], added["kind"]) == (note["id"], "integration")
    await world.do(path, {**text, "nothing_agreed": True})
    assert await world.refused(path, {"kind": "support", "text": "x"}) == {"note-of-another-kind"}
    listed = await world.get(path)
    assert [n["text"] for n in listed["items"]][:2] == [text["text"], "And one thing more."]
    for role in ("prescriber", "front_desk", "nurse", "on_call", "operator"):
        hidden = await world.api.get(f"/api/v1{path}", headers=bearer(role))
        assert hidden.status_code == 403
        assert (await world.post(path, text, role=role)).status_code == 403
    seen = await audited(world.service, action="read_notes", outcome="allowed")
    assert [one["ref"] for one in seen] == [str(REFS["therapist"])]
    async with in_scope(world.service) as connection:
        outbox = await connection.execute(sa.text("SELECT * FROM outbox"))
        assert SECRET not in str(outbox.all())


async def test_another_therapists_client_is_not_there(world: World) -> None:
    """Somebody else's client is a missing thing, not a forbidden one."""
    await furnished(world)
    await world.advance(at("09:00", 5))
    person = world.person()
    person.therapist_ref = new_id()
    await world.tell(person, *person.beginning(world.now()))
    other = await world.do(
        "/clinicians",
        {
            "name": "Another",
            "role": "therapist",
            "ref": str(person.therapist_ref),
            "license_valid_until": "2027-01-01",
        },
        role="operator",
    )
    held = await world.do(
        "/sessions",
        {
            "course_id": str(person.course_id),
            "kind": "prep",
            "starts_at": at("10:00", 6).isoformat(),
        },
        role="front_desk",
    )
    assert held["therapist_ref"] == other["id"]
    path = f"/sessions/{held['id']}/notes"
    assert (await world.post(path, {"text": "x"})).status_code == 404
    answer = await world.api.get(f"/api/v1{path}", headers=bearer("therapist"))
    assert answer.status_code == 404
