"""What scheduling answers when it is asked, over the bus."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from careteam_contracts import intake
from careteam_contracts.details import EscortContact, EscortContactAsk
from careteam_contracts.enums import ActorRole, EscortStatus, KeepsClient, SessionStatus
from careteam_contracts.questions import ESCORT_CONTACT, SCHEDULING_STANDING, Question
from careteam_contracts.standing import SchedulingStanding, StandingAsk
from shared.runtime.ids import new_id
from shared.storage.receipts import opened
from tests.integration.scheduling.care import ESCORT, approved, until_dosed
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.auditing import audited
from tests.support.erasing import erase, kept_by, passes, rows_of
from tests.support.in_scope import in_scope
from tests.support.service_world import bearer
from tests.support.voices import REFS, at

pytestmark = pytest.mark.real


async def _ask(world: World, asker: str, question: Question[Any, Any], ask: BaseModel) -> Any:
    client = world.voices[asker].client
    reply = await client.request(question.subject, ask.model_dump_json().encode(), timeout=5)
    return question.answer.model_validate_json(reply.data)


async def _standing(world: World, person: Person, **changes: Any) -> SchedulingStanding:
    ask = {"course_id": person.course_id, "session_id": person.session_id, **changes}
    answer: SchedulingStanding = await _ask(
        world, "prescribing", SCHEDULING_STANDING, StandingAsk(**ask)
    )
    return answer


async def test_the_standing_of_a_session_and_of_its_course(world: World) -> None:
    person, _, escort = await until_dosed(world)
    hold = await world.do(
        f"/courses/{person.course_id}/holds", {"category": "logistics"}, role="front_desk"
    )
    standing = await _standing(world, person)
    session = standing.session
    assert session is not None
    assert (session.status, session.in_progress, session.stopped) == (
        SessionStatus.DOSED,
        True,
        False,
    )
    assert (session.doses_seen, session.started_at) == (1, at("09:50"))
    assert session.escort is not None
    assert (str(session.escort.escort_id), session.escort.status) == (
        escort["id"],
        EscortStatus.CONFIRMED,
    )
    assert [o.session_id for o in standing.open_sessions] == [person.session_id]
    assert [str(h.hold_id) for h in standing.open_holds] == [hold["id"]]
    assert standing.preparation_completed
    assert not standing.unverifiable
    await world.do(f"/holds/{hold['id']}/lift", role="front_desk")
    await world.advance(at("10:25"))
    await world.do(f"/sessions/{person.session_id}/stop", {"by_role": "client"})
    after = await _standing(world, person)
    assert after.session is not None
    assert (after.session.stopped, after.session.therapy_ended) == (True, True)
    assert after.session.ended_at == at("10:25")
    assert after.open_holds == ()
    await world.do(f"/sessions/{person.session_id}/transfer", role="nurse")
    assert (await _standing(world, person)).open_sessions == ()


async def test_an_unknown_course_is_said_to_be_unknown(world: World) -> None:
    stranger = world.person()
    assert not (await _standing(world, stranger, session_id=None)).known


async def test_an_event_that_was_parked_makes_the_answer_unverifiable(world: World) -> None:
    person, _, _ = await until_dosed(world)
    async with world.service.database.engine.begin() as connection:
        await connection.execute(
            sa.text(
                "INSERT INTO lane_events (event_id, client_id, producer, client_sequence, type,"
                " stream_sequence, headers, payload, parked_at) VALUES"
                " (:e, :c, 'intake', 99, 'x', 99, '{}', '', now())"
            ),
            {"e": new_id(), "c": person.client_id},
        )
    assert (await _standing(world, person)).unverifiable


async def test_the_escorts_contact_is_told_to_a_named_person_and_noted(world: World) -> None:
    person, _, escort = await until_dosed(world)
    ask = EscortContactAsk(
        client_id=person.client_id,
        actor_role=ActorRole.ON_CALL,
        actor_ref=REFS["on_call"],
        session_id=person.of_session(),
    )
    told: EscortContact = await _ask(world, "notifications", ESCORT_CONTACT, ask)
    assert (told.name, told.phone) == (ESCORT["name"], ESCORT["phone"])
    assert str(told.escort_id) == escort["id"]
    other = await _ask(
        world, "notifications", ESCORT_CONTACT, ask.model_copy(update={"client_id": new_id()})
    )
    assert not other.known
    await world.do(f"/escorts/{escort['id']}/cancellation", role="front_desk")
    gone = await _ask(world, "notifications", ESCORT_CONTACT, ask)
    assert not gone.known
    (noted,) = await audited(world.service, action="escort_contact")
    assert (noted["role"], noted["ref"]) == ("on_call", str(REFS["on_call"]))
    assert (noted["target"], noted["clients"]) == (escort["id"], [str(person.client_id)])


async def test_no_private_word_leaves_the_service(world: World) -> None:
    """INV-37: marked words in every private field, looked for in everything that is sent."""
    person, _, _ = await until_dosed(world)
    await world.do(f"/sessions/{person.session_id}/stop", {"by_role": "client"})
    await world.do(f"/sessions/{person.session_id}/summary", {"text": "Marker-Sumatra wept."})
    async with in_scope(world.service) as connection:
        rows = await connection.execute(
            sa.text("SELECT headers::text || convert_from(payload, 'UTF8') || subject FROM outbox")
        )
        sent = "\n".join(row[0] for row in rows)
        receipts = await connection.execute(sa.text("SELECT id, client_id, verdicts FROM receipts"))
        found = opened(receipts.mappings(), world.service.seals)
    kept = json.dumps([row["verdicts"] for row in found])
    assert found
    assert "session_summary_shared" in sent
    for marker in ("Marker", ESCORT["phone"], "sibling"):
        assert marker not in sent
        assert marker not in kept


async def test_an_erased_client_leaves_nothing_and_what_is_told_of_them_later_passes(
    world: World,
) -> None:
    person, _, _ = await until_dosed(world)
    other = await approved(world)
    talk = await world.do(
        "/sessions",
        {
            "course_id": str(other.course_id),
            "kind": "prep",
            "starts_at": at("10:00", day=11).isoformat(),
        },
        role="front_desk",
    )
    await world.do(
        f"/courses/{person.course_id}/holds", {"category": "logistics"}, role="front_desk"
    )
    assert {KeepsClient.SESSION, KeepsClient.HOLD} <= await kept_by(world, person)
    bookings = await rows_of(world.service, person.session_id)
    assert "resource_bookings" in bookings

    await erase(world, person)

    assert "resource_bookings" not in await rows_of(world.service, person.session_id)
    assert "resource_bookings" in await rows_of(world.service, talk["id"])
    assert not (await _standing(world, person)).known
    for path in (f"/sessions/{person.session_id}", f"/courses/{person.course_id}/standing"):
        answer = await world.api.get(f"/api/v1{path}", headers=bearer("front_desk"))
        assert answer.status_code == 404, path
    late = intake.ClientApproved(
        approval_id=person.approval_id, plan_version=1, valid_until=at("12:00", day=20)
    )
    await passes(world, person, late)
    assert (await _standing(world, other)).known, "nobody else is touched"
