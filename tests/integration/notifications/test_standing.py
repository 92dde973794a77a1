"""What gates are answered, what pages show, and what the API refuses."""

import pytest
import sqlalchemy as sa

from careteam_contracts.enums import KeepsClient
from careteam_contracts.questions import NOTIFICATIONS_STANDING
from careteam_contracts.standing import NotificationsStanding, StandingAsk
from services.notifications.web.api.messages import warn_that_nothing_is_sent
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    ended,
    goes_home,
    in_session,
    registered,
    walked_out,
)
from tests.integration.notifications.people import Person
from tests.support.erasing import erase, kept_by, passes
from tests.support.service_world import bearer
from tests.support.voices import STREAM, at
from tests.support.waiting import eventually

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def standing(world: World, person: Person) -> NotificationsStanding:
    ask = StandingAsk(course_id=person.course_id)
    reply = await world.voices["scheduling"].client.request(
        NOTIFICATIONS_STANDING.subject, ask.model_dump_json().encode(), timeout=2
    )
    return NotificationsStanding.model_validate_json(reply.data)


async def test_a_gate_is_told_of_every_restriction(world: World) -> None:
    quinn = world.person()
    assert not (await standing(world, quinn)).known
    await registered(world, quinn)
    told = await standing(world, quinn)
    assert (told.known, told.restrictions, told.unverifiable) == (True, (), False)

    await in_session(world, quinn, booked_before=True)
    [restriction] = (await standing(world, quinn)).restrictions
    assert (restriction.end_known, restriction.status) == (False, "armed")
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    [restriction] = (await standing(world, quinn)).restrictions
    assert (restriction.end_known, restriction.restrictions_until) == (True, at("20:30"))
    await world.tell(quinn, walked_out(quinn, at("12:35")), occurred_at=at("12:35"))
    [escalation] = (await standing(world, quinn)).open_escalations
    assert escalation.level == 1


async def test_a_parked_event_makes_the_answer_unverifiable_and_is_a_task(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    event = ended(quinn, at("12:30"))
    voice = world.voices["scheduling"]
    envelope = voice.envelope(event, quinn, at("12:30"))
    await voice.client.jetstream().publish(
        event.subject(quinn.client_id),
        b"{}",
        stream=STREAM,
        headers=envelope.to_headers(),
    )

    async def parked() -> bool:
        return (await standing(world, quinn)).unverifiable

    await eventually(parked, seconds=60)
    tasks = await world.items("/tasks", client_id=quinn.client_id, purpose="release_parked_event")
    assert [task["owner_role"] for task in tasks] == ["operator"]
    shown = await world.get(f"/courses/{quinn.course_id}/standing")
    assert shown["unverifiable"]

    keeps = {KeepsClient.PARKED_EVENT, KeepsClient.OWED, KeepsClient.RESTRICTION}
    assert keeps <= await kept_by(world, quinn)
    await erase(world, quinn)
    assert not (await standing(world, quinn)).known
    await passes(world, quinn, ended(quinn, at("12:40")))


async def test_pages_show_what_aftercare_waits_for(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    gates = await world.get(f"/sessions/{quinn.session_id}/gates")
    assert [d["gate"] for d in gates["decisions"]] == ["restriction", "aftercare-close"]
    assert [d["allowed"] for d in gates["decisions"]] == [False, False]
    assert len(gates["decisions"][0]["verdicts"][0]["source_events"]) == 1  # the dose
    close = gates["decisions"][1]
    missing = {v["slug"]: v["unblocks_with"] for v in close["verdicts"] if not v["holds"]}
    assert set(missing) == {"session-end-known", "restriction-over", "check-ins-closed"}
    assert missing["session-end-known"][0]["owner"] == "scheduling"
    assert set(gates["freshness"]) == {"intake", "prescribing", "scheduling"}

    await goes_home(world, quinn)
    course = await world.get(f"/courses/{quinn.course_id}/standing")
    assert course["decisions"][0]["allowed"] is False
    await world.advance(at("20:30"))
    course = await world.get(f"/courses/{quinn.course_id}/standing")
    assert course["decisions"][0]["allowed"] is True


@pytest.mark.parametrize(
    "path",
    [
        "/aftercare/{id}",
        "/courses/{id}/standing",
        "/sessions/{id}/gates",
    ],
)
async def test_what_is_not_there_is_404(world: World, path: str) -> None:
    answer = await world.api.get(f"/api/v1{path.format(id=new_id())}", headers=bearer("therapist"))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_bad_input_names_the_field_and_a_stranger_gets_nothing(world: World) -> None:
    bad = await world.post(f"/check-ins/{new_id()}/completion", {"outcome": "fine", "notes": "x"})
    assert bad.status_code == 422
    assert {e["field"] for e in bad.json()["errors"]} == {"body.outcome", "body.notes"}
    assert (await world.api.get("/api/v1/tasks")).status_code == 401


async def test_lists_are_paged(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    first = await world.get("/check-ins", course_id=quinn.course_id, limit=1)
    rest = await world.get(
        "/check-ins", course_id=quinn.course_id, limit=1, cursor=first["next_cursor"]
    )
    assert rest["next_cursor"] is None
    assert [item["hours"] for item in first["items"] + rest["items"]] == [24, 72]


async def test_a_change_with_an_old_etag_is_refused(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    aftercare = await world.aftercare(quinn)
    path = f"/api/v1/aftercare/{aftercare['id']}"
    headers = bearer("nurse")
    seen = (await world.api.get(path, headers=headers)).headers["etag"]
    body = {"recipient": "client", "channel": "paper"}
    for expected in (200, 412):
        answer = await world.api.post(
            f"{path}/instructions", json=body, headers={**headers, "If-Match": seen}
        )
        assert answer.status_code == expected


async def test_every_start_says_that_nothing_is_sent(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    app = world.api._transport.app  # type: ignore[attr-defined]
    capsys.readouterr()
    async with warn_that_nothing_is_sent(app):
        assert "channels are simulated" in capsys.readouterr().out


async def test_the_database_refuses_a_second_message_for_a_cause(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    async with world.service.database.engine.connect() as connection:
        found = await connection.execute(
            sa.text(
                "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'u'"
                " AND conrelid::regclass::text IN"
                " ('messages', 'tasks', 'notices', 'escalations', 'aftercare_plans', 'check_ins')"
            )
        )
    assert len({row[0] for row in found}) == 6
