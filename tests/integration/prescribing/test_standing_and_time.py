"""What prescribing answers to others, what it shows, and what its deadlines do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from careteam_contracts import notifications, scheduling
from careteam_contracts.details import Allergies, DetailAsk
from careteam_contracts.enums import (
    ActorRole,
    CheckInOutcome,
    KeepsClient,
    ManualClearanceReason,
)
from careteam_contracts.questions import ALLERGIES, PRESCRIBING_STANDING
from careteam_contracts.standing import PrescribingStanding, StandingAsk
from shared.runtime.ids import new_id
from tests.integration.prescribing.clinic import World
from tests.integration.prescribing.day import Day
from tests.support.auditing import audited
from tests.support.erasing import erase, kept_by, passes
from tests.support.postgres_part import ServiceDatabase
from tests.support.voices import REFS, at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]


async def ask(world: World, peer: str, subject: str, question: Any) -> bytes:
    client = world.voices[peer].client
    reply = await client.request(subject, question.model_dump_json().encode(), timeout=5)
    return bytes(reply.data)


async def standing(world: World, day: Day, *, session: bool = True) -> PrescribingStanding:
    question = StandingAsk(
        course_id=day.person.course_id, session_id=day.person.session_id if session else None
    )
    answer = await ask(world, "scheduling", PRESCRIBING_STANDING.subject, question)
    return PrescribingStanding.model_validate_json(answer)


async def test_the_standing_follows_the_day(world: World, day: Day) -> None:
    assert not (await standing(world, day)).known

    await day.in_the_room()
    before = await standing(world, day)
    assert before.prescription is not None
    assert (before.prescription.active, before.prescription.reserved) == (True, 1)
    assert before.order is not None
    assert (before.order.status, before.order.authorised) == ("checked", True)
    assert before.check is not None
    assert before.check.outcome == "pass"
    assert before.orders_in_hand == ()

    await day.released()
    world.set_clock(at("09:58"))
    await day.given()
    dosed = await standing(world, day)
    assert dosed.administered_count == 1
    assert dosed.last_administered_at == at("09:58")
    assert [r.status for r in dosed.open_recoveries] == ["observing"]
    assert len(dosed.orders_in_hand) == 1

    world.set_clock(at("12:30"))
    await day.ended()
    await day.looked()
    clearance = await day.cleared()
    cleared = await standing(world, day)
    assert cleared.clearance is not None
    assert cleared.clearance.clearance_id == UUID(clearance["id"])
    assert cleared.clearance.covers_dose_seq == cleared.administered_count
    assert cleared.order is not None
    assert cleared.order.closed
    assert cleared.orders_in_hand == ()

    closing = await standing(world, day, session=False)
    assert closing.order is None
    assert [r.status for r in closing.open_recoveries] == ["cleared"]


async def test_allergies_are_told_to_a_named_person_and_noted(world: World, day: Day) -> None:
    """Ruling 1."""
    await day.prescribed()
    question = DetailAsk(
        client_id=day.person.client_id,
        actor_role=ActorRole.THERAPIST,
        actor_ref=REFS["therapist"],
    )

    answer = Allergies.model_validate_json(
        await ask(world, "scheduling", ALLERGIES.subject, question)
    )

    assert (answer.known, answer.recorded, answer.allergies) == (True, True, ("latex",))
    (noted,) = await audited(world.service, action="allergies", clients=[str(day.person.client_id)])
    assert noted["ref"] == str(REFS["therapist"])


async def test_nothing_is_known_of_a_client_nobody_assessed(world: World) -> None:
    question = DetailAsk(client_id=new_id(), actor_role=ActorRole.THERAPIST)

    answer = Allergies.model_validate_json(
        await ask(world, "scheduling", ALLERGIES.subject, question)
    )

    assert not answer.known


async def test_deadlines_announce_what_already_counts(world: World, day: Day) -> None:
    await day.dosed()
    await world.advance(at("12:01"))
    listed = await world.get("/recoveries", role="nurse", status="assessing")
    assert str(day.person.session_id) in {r["session_id"] for r in listed["items"]}

    world.set_clock(at("12:30"))
    await day.ended()
    await day.looked()
    clearance = await day.cleared()
    await world.advance(at("13:01"))

    recovery = await day.recovery()
    assert recovery["status"] == "ready"
    assert recovery["clearance"]["status"] == "expired"
    stale = await world.refused(f"/sessions/{day.person.session_id}/clearances", {}, role="nurse")
    assert stale == {"recovery-criteria-not-met"}
    await day.looked()
    assert (await day.cleared())["id"] != clearance["id"]


async def test_a_prescription_ends_with_its_day(world: World, day: Day) -> None:
    rx = await day.prescribed()
    await world.tell(day.person, day.person.booked(at("09:30")))

    await world.advance(at("08:00") + timedelta(days=200))

    assert (await day.rx())["status"] == "expired"
    assert (await day.order())["stopped_because"] == "prescription_not_active"
    published = await world.published(day.person)
    assert ("prescription_ended", {"prescription_id": rx["id"], "reason": "expired"}) in published


async def test_the_course_page_shows_what_an_order_waits_for(world: World, day: Day) -> None:
    await world.tell(day.person, *list(day.person.registered(world.now()))[:3])
    await world.tell(day.person, day.person.booked(at("09:30")))

    shown = await world.get(f"/courses/{day.person.course_id}/standing", role="front_desk")

    (waiting,) = shown["decisions"]
    assert (waiting["gate"], waiting["allowed"]) == ("AUTHORISATION", False)
    missing = {v["slug"] for v in waiting["verdicts"] if not v["holds"]}
    assert missing == {
        "approval-not-current",
        "consent-treatment-not-active",
        "consent-aftercare-agreement-not-active",
        "preparation-not-completed",
        "no-authorisation-left",
    }


async def test_a_course_that_nobody_told_of_is_not_found(world: World) -> None:
    for path in (f"/courses/{new_id()}/standing", f"/sessions/{new_id()}/gates"):
        answer = await world.api.get(
            f"/api/v1{path}", headers={"Authorization": "Bearer token-of-nurse"}
        )
        assert answer.status_code == 404


async def test_a_worrying_check_in_is_a_task_until_somebody_did_it(world: World, day: Day) -> None:
    await day.prescribed()
    session = day.person.session_id
    for outcome in (CheckInOutcome.OK, CheckInOutcome.CONCERN):
        await world.tell(
            day.person,
            notifications.CheckInCompleted(
                checkin_id=new_id(), session_id=session, outcome=outcome
            ),
        )

    course = str(day.person.course_id)
    (task,) = (await world.get("/tasks", role="nurse", status="open", course_id=course))["items"]
    assert task["kind"] == "check_in_concern"
    done = await world.do(f"/tasks/{task['id']}/completion", role="prescriber")
    assert done["done"]["role"] == "prescriber"
    open_tasks = await world.get("/tasks", role="nurse", status="open", course_id=course)
    assert open_tasks["items"] == []


async def test_a_manual_clearance_that_counts_differently_alarms(world: World, day: Day) -> None:
    """Ruling 15."""
    await day.dosed()
    world.set_clock(at("12:20"))
    await day.ended()
    await world.tell(
        day.person,
        scheduling.ManualClearanceRecorded(
            session_id=day.person.session_id,
            manual_clearance_id=new_id(),
            stated_dose_count=2,
            last_dose_at=at("10:00"),
            cleared_at=at("12:20"),
            valid_until=at("12:50"),
            reason_code=ManualClearanceReason.PRESCRIBING_UNREACHABLE,
        ),
    )

    assert (await world.types_published(day.person))[-2:] == [
        "recovery_check_recorded",
        "incident_recorded",
    ]


async def test_the_database_keeps_one_open_order_per_session(
    world: World, day: Day, database: ServiceDatabase
) -> None:
    """INV-13, behind every rule."""
    await day.prescribed()
    await world.tell(day.person, day.person.booked(at("09:30")))
    connection = await database.connect()
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            "INSERT INTO dose_orders (id, client_id, course_id, version, changed_at, body,"
            " status, session_id) SELECT gen_random_uuid(), client_id, course_id, version,"
            " changed_at, body, status, session_id FROM dose_orders WHERE session_id = $1",
            day.person.session_id,
        )
    await connection.close()


async def test_an_erased_client_leaves_nothing_whatever_is_missing_before_the_word(
    world: World, day: Day
) -> None:
    await day.in_the_room()
    await day.released()
    world.set_clock(at("09:58"))
    await day.given()
    assert {KeepsClient.ORDER, KeepsClient.RECOVERY} <= await kept_by(world, day.person)

    await erase(world, day.person, missing=True)

    assert not (await standing(world, day)).known
    asked = DetailAsk(
        client_id=day.person.client_id,
        actor_role=ActorRole.THERAPIST,
        actor_ref=REFS["therapist"],
    )
    allergies = await ask(world, "intake", ALLERGIES.subject, asked)
    assert not Allergies.model_validate_json(allergies).known
    late = scheduling.SessionStopRequested(
        session_id=day.person.session_id, by_role=ActorRole.CLIENT, at=at("10:00")
    )
    await passes(world, day.person, late)
