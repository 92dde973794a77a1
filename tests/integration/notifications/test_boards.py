"""Boards, badges and preferences: lists with filters, cursors, ETags and refusals."""

from typing import Any
from uuid import uuid4

import pytest

from careteam_contracts import prescribing, scheduling
from careteam_contracts.emergency import (
    PrescribingEmergencyAccessOpened,
    PrescribingEmergencyAccessReviewed,
)
from careteam_contracts.enums import HoldCategory, SummaryReview
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    ended,
    goes_home,
    hold,
    in_session,
    registered,
    walked_out,
)
from tests.support.service_world import bearer
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def test_the_aftercare_and_on_call_boards(world: World) -> None:
    quinn, ash = world.person(), world.person()
    for someone in (quinn, ash):
        await in_session(world, someone)
    await goes_home(world, quinn)
    await world.tell(ash, ended(ash, at("10:55")), occurred_at=at("10:55"))
    await world.tell(ash, walked_out(ash, at("10:55")), occurred_at=at("10:55"))
    mine = {str(quinn.session_id), str(ash.session_id)}

    async def seen(path: str, **query: Any) -> set[str]:
        return {one["session_id"] for one in await world.items(path, **query)} & mine

    assert await seen("/aftercare", open_only=True) == mine
    assert await seen("/aftercare", plan="enhanced") == {str(ash.session_id)}
    assert await seen("/aftercare", plan="standard") == {str(quinn.session_id)}
    assert await seen("/escalations", open_only=True) == {str(ash.session_id)}
    assert await seen("/escalations", cause="check_in_concern") == set()
    assert await seen("/tasks", urgent=True, status="open") == {str(ash.session_id)}
    assert await seen("/tasks", due_before="2026-03-10T17:00:00Z") == set()
    assert await seen("/tasks", due_before="2026-03-11T08:00:00Z") == {str(ash.session_id)}
    assert await seen("/check-ins", due_before="2026-03-11T00:00:00Z") == {str(ash.session_id)}
    assert await seen("/messages", purpose="safety_contact") == {str(ash.session_id)}
    assert str(quinn.session_id) in await seen("/messages", purpose="aftercare_instructions")
    assert await seen("/messages", reason="late") == set()


async def test_a_list_goes_on_where_its_cursor_says(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await goes_home(world, quinn)
    whole = await world.items("/messages", course_id=quinn.course_id)
    first = await world.get("/messages", course_id=quinn.course_id, limit=2)
    rest = await world.get(
        "/messages", course_id=quinn.course_id, cursor=first["next_cursor"], limit=200
    )
    assert [*first["items"], *rest["items"]] == whole
    assert rest["next_cursor"] is None


async def test_a_list_goes_backwards_too(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await goes_home(world, quinn)
    for path, role in (("/messages", "front_desk"), ("/inbox", "therapist")):
        await world.tell(quinn, hold(HoldCategory.MEDICAL))
        await world.tell(quinn, hold(HoldCategory.VITALS))
        query = {"course_id": quinn.course_id, "newest_first": True}
        whole = await world.items(path, role, course_id=quinn.course_id)
        first = await world.get(path, role, **query, limit=1)
        rest = await world.get(path, role, **query, cursor=first["next_cursor"])
        assert len(whole) > 1
        assert [*first["items"], *rest["items"]] == whole[::-1]


async def test_a_change_to_what_was_not_seen_is_refused(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    path = f"/api/v1/aftercare/{(await world.aftercare(quinn))['id']}"
    seen = await world.api.get(path, headers=bearer("nurse"))
    tag = seen.headers["ETag"]
    body = {"recipient": "client", "channel": "paper"}

    async def give(if_match: str) -> int:
        headers = {**bearer("nurse"), "If-Match": if_match}
        answer = await world.api.post(f"{path}/instructions", json=body, headers=headers)
        return answer.status_code

    assert await give('"99"') == 412
    assert await give(tag) == 200
    assert await give(tag) == 412


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/aftercare/{}/instructions", {"recipient": "client", "channel": "paper"}),
        ("/aftercare/{}/acknowledgements", {"recipient": "client"}),
        ("/aftercare/{}/escalation-resolution", None),
        ("/check-ins/{}/completion", {"outcome": "ok"}),
        ("/escalations/{}/acknowledgement", None),
        ("/escalations/{}/resolution", None),
        ("/tasks/{}/completion", None),
        ("/inbox/{}/acknowledgement", None),
    ],
)
async def test_what_is_not_there_is_a_404_and_nonsense_a_422(
    world: World, path: str, body: object
) -> None:
    missing = await world.post(path.format(uuid4()), body)
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    nonsense = await world.post(path.format("not-an-id"), body)
    assert nonsense.status_code == 422
    if body is not None:
        unknown = await world.post(path.format(uuid4()), {**body, "note": "x"})  # type: ignore[dict-item]
        assert unknown.status_code == 422


async def test_a_person_turns_off_what_informs_and_never_what_warns(world: World) -> None:
    kit = world.person()
    await registered(world, kit)
    await world.tell(kit, hold(HoldCategory.MEDICAL))
    await world.tell(
        kit, scheduling.SessionSummaryShared(session_id=kit.session_id, summary_ref=new_id())
    )
    await world.tell(
        kit,
        prescribing.SessionSummaryReviewed(
            session_id=kit.session_id, review_outcome=SummaryReview.CONTINUE
        ),
    )

    async def kinds(**query: Any) -> list[str]:
        return [n["kind"] for n in await world.items("/inbox", course_id=kit.course_id, **query)]

    assert await kinds() == ["hold_placed", "summary_reviewed"]
    before = await world.get("/inbox/unread")
    assert before["by_severity"]["warning"] >= 1

    refused = await world.post("/preferences", {"muted": ["hold_placed"]})
    assert refused.json()["refusals"][0]["slug"] == "safety-cannot-be-turned-off"
    assert (await world.get("/preferences"))["muted"] == []

    chosen = await world.post("/preferences", {"muted": ["summary_reviewed"]})
    assert chosen.json()["muted"] == ["summary_reviewed"]
    assert await kinds() == ["hold_placed"]
    assert await kinds(muted_too=True) == ["hold_placed", "summary_reviewed"]
    after = await world.get("/inbox/unread")
    assert after["total"] < before["total"]
    assert after["by_severity"]["warning"] == before["by_severity"]["warning"]
    assert await world.items(
        "/inbox", role="prescriber", course_id=kit.course_id, kind="summary_shared"
    )

    await world.post("/preferences", {"muted": []})
    assert await kinds() == ["hold_placed", "summary_reviewed"]


async def test_a_record_opened_in_an_emergency_is_told_and_owed_until_it_is_reviewed(
    world: World,
) -> None:
    """E9: in the inbox of the care team and of whoever runs the clinic, wherever it was opened."""
    quinn = world.person()
    await registered(world, quinn)
    elsewhere = new_id()

    async def told(role: str) -> list[str]:
        found = await world.items("/inbox", role, course_id=quinn.course_id)
        return [one["kind"] for one in found]

    async def owed(**query: Any) -> list[tuple[str, str]]:
        found = await world.items("/tasks", "operator", owner_role="operator", **query)
        mine = [one for one in found if one["course_id"] == str(quinn.course_id)]
        return [(one["of_service"], one["status"]) for one in mine]

    opened = PrescribingEmergencyAccessOpened(access_id=elsewhere, ends_at=at("11:00"))
    await world.tell(quinn, opened)
    roles = ("therapist", "prescriber", "operator")
    assert [await told(role) for role in roles] == [["emergency_access"]] * 3
    assert await owed() == [("prescribing", "open")]
    (task,) = [
        one
        for one in await world.items("/tasks", "operator", owner_role="operator", status="open")
        if one["cause_id"] == str(elsewhere)
    ]
    done = await world.post(f"/tasks/{task['id']}/completion", role="operator")
    assert done.status_code == 409
    assert [one["slug"] for one in done.json()["refusals"]] == ["task-needs-an-outcome"]
    await world.tell(quinn, PrescribingEmergencyAccessReviewed(access_id=elsewhere))
    assert await owed() == [("prescribing", "withdrawn")]

    body = {"reason": "safety_concern", "explanation": "Asked by the ambulance crew."}
    path = f"/clients/{quinn.client_id}/emergency-access"
    here = await world.post(path, body, role="on_call")
    assert here.status_code == 201, here.text
    assert [await told(role) for role in roles] == [["emergency_access"] * 2] * 3
    assert await owed(status="open") == [("notifications", "open")]
    review = f"/emergency-accesses/{here.json()['id']}/review"
    reviewed = await world.post(review, {"finding": "justified"}, role="operator")
    assert reviewed.status_code == 200, reviewed.text
    assert await owed() == [("prescribing", "withdrawn"), ("notifications", "done")]
    names = await world.types_published(quinn)
    assert names[-2:] == ["emergency_access_opened", "emergency_access_reviewed"]
