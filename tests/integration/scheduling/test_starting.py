"""The start: peers asked, flag up first, one winner, and back again when it is not allowed."""

import asyncio

import pytest

from careteam_contracts import intake, prescribing, shared_safety
from careteam_contracts.enums import (
    ActorRole,
    ConsentScope,
    CourseStatus,
    HoldBlock,
    HoldCategory,
    HoldSeverity,
    RecoveryOutcome,
)
from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    approved,
    booked,
    furnished,
    hears,
    prepared,
    ready_to_start,
    status,
    until_started,
)
from tests.integration.scheduling.clinic import World
from tests.integration.scheduling.people import Person
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def _almost(world: World) -> Person:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    await ready_to_start(world, person)
    return person


async def test_of_two_starts_at_once_one_wins(world: World) -> None:
    person = await _almost(world)
    world.answering_takes = 0.2
    path = f"/sessions/{person.session_id}/start"
    answers = await asyncio.gather(*(world.post(path) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    refused = {r["slug"] for a in answers if a.status_code == 409 for r in a.json()["refusals"]}
    assert refused == {"start-being-decided"}
    assert (await world.types_published(person)).count("dosing_session_started") == 1
    started = dict(await world.published(person))["dosing_session_started"]
    assert started["supervisor_ref"] == str(person.prescriber_ref)


@pytest.mark.parametrize("peer", ["intake", "prescribing"])
async def test_no_answer_means_no_and_goes_back(world: World, peer: str) -> None:
    person = await _almost(world)
    world.silent.add(peer)
    path = f"/sessions/{person.session_id}"
    assert await world.refused(f"{path}/start", status=503) == {f"{peer}-did-not-answer"}
    assert await status(world, person) == "checked_in"
    world.silent.clear()
    assert (await world.do(f"{path}/start"))["status"] == "in_progress"


async def test_every_reason_is_told_at_once_and_kept(world: World) -> None:
    person = await _almost(world)
    person.course_status = CourseStatus.CLOSING
    person.authorised = False
    path = f"/sessions/{person.session_id}"
    slugs = await world.refused(f"{path}/start")
    assert slugs == {"course-not-active", "dose-not-authorised"}
    receipts = await world.get("/receipts", subject_id=str(person.session_id))
    starts = [r for r in receipts if r["gate"] == "G-START"]
    assert [r["allowed"] for r in starts] == [False]
    assert len(starts[0]["verdicts"]) >= 30
    assert set(starts[0]["freshness"]) == {"intake", "prescribing", "notifications"}


async def test_the_same_key_gets_the_same_start(world: World) -> None:
    person = await _almost(world)
    path = f"/sessions/{person.session_id}/start"
    first = await world.post(path, key="start-once-0001")
    again = await world.post(path, key="start-once-0001")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert (await world.types_published(person)).count("dosing_session_started") == 1


async def test_a_start_that_nobody_finishes_deciding_lapses(world: World) -> None:
    person = await _almost(world)
    world.answering_takes = 1.5
    path = f"/sessions/{person.session_id}"
    starting = asyncio.create_task(world.post(f"{path}/start"))
    await eventually(world.prescribing_was_asked)
    assert await status(world, person) == "ready"
    await world.advance(at("09:52"))
    assert await status(world, person) == "checked_in"
    answer = await starting
    assert answer.status_code == 409
    assert [r["slug"] for r in answer.json()["refusals"]] == ["start-overtaken"]


async def test_a_revocation_while_the_start_is_decided_wins(world: World) -> None:
    person = await _almost(world)
    world.answering_takes = 1.0
    starting = asyncio.create_task(world.post(f"/sessions/{person.session_id}/start"))
    await eventually(world.prescribing_was_asked)
    await world.tell(person, intake.ApprovalRevoked(approval_id=person.approval_id))
    assert (await starting).status_code == 409
    assert await status(world, person) == "cancelled"
    assert "dosing_session_started" not in await world.types_published(person)


async def test_a_stop_while_the_start_is_decided_wins(world: World) -> None:
    person = await _almost(world)
    world.answering_takes = 1.0
    path = f"/sessions/{person.session_id}"
    starting = asyncio.create_task(world.post(f"{path}/start"))
    await eventually(world.prescribing_was_asked)
    stopped = await world.do(f"{path}/stop", {"by_role": "client"}, role="nurse")
    assert (stopped["status"], stopped["assent"]["status"]) == ("checked_in", "refused")
    assert (await starting).status_code == 409


async def test_a_waiting_event_cannot_be_proven_safe(world: World) -> None:
    person = await _almost(world)
    voice = world.voices["prescribing"]
    voice.sequences[person.client_id] += 1
    await world.say(person, person.recovery_check(1, RecoveryOutcome.ON_TRACK))
    path = f"/sessions/{person.session_id}"

    async def waits() -> bool:
        async with world.service.transactions.begin() as uow:
            freshness = await uow.freshness(person.client_id)
        return bool(freshness["prescribing"].waiting == 1)

    await eventually(waits)
    assert await world.refused(f"{path}/start") == {"cannot-prove-safe-prescribing"}


async def test_the_room_is_not_used_again_before_the_client_has_left(world: World) -> None:
    """INV-36: the next one arrives while the one before is still in the room."""
    person, room, _ = await until_started(world)
    await world.tell(person, person.administered(world.now()))
    other = await approved(world)
    later = await world.do(
        "/sessions",
        {
            "course_id": str(other.course_id),
            "kind": "prep",
            "room_id": room["id"],
            "starts_at": at("13:30").isoformat(),
        },
        role="front_desk",
    )
    await world.advance(at("13:35"))
    slugs = await world.refused(f"/sessions/{later['id']}/check-in", role="front_desk")
    assert slugs == {"room-taken", "therapist-taken"}
    assert (await world.get(f"/sessions/{person.session_id}"))["overrunning"]
    await world.do(f"/sessions/{person.session_id}/transfer", role="nurse")
    arrived = await world.do(f"/sessions/{later['id']}/check-in", role="front_desk")
    assert arrived["status"] == "checked_in"


@pytest.mark.parametrize("cause", ["approval", "prescription", "stop-hold", "withheld", "consent"])
async def test_in_the_opening_a_stop_from_elsewhere_aborts(world: World, cause: str) -> None:
    person, _, _ = await until_started(world)
    told = {
        "approval": intake.ApprovalRevoked(approval_id=person.approval_id),
        "prescription": prescribing.PrescriptionRevoked(
            prescription_id=person.prescription_id, rx_version=1
        ),
        "stop-hold": hold(HoldSeverity.STOP),
        "withheld": prescribing.DoseWithheld(
            session_id=person.of_session(),
            dose_order_id=person.order_id,
            hold_category=HoldCategory.VITALS,
        ),
        "consent": intake.ConsentWithdrawn(
            consent_id=person.consent_id,
            scopes=(ConsentScope.TREATMENT,),
            withdrawn_at=world.now(),
        ),
    }[cause]
    assert await hears(world, person, told) == "aborted"
    assert await hears(world, person, person.closed()) == "closed"
    ends = [p for n, p in await world.published(person) if n == "session_completed"]
    assert ends[-1]["outcome"] == "aborted_before_dose"


async def test_a_stop_on_the_day_cancels_who_has_arrived_and_receives_nobody(world: World) -> None:
    """J3, the variant: the mood re-screen is high, the order closes with none."""
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    await world.advance(at("09:35"))
    placed = hold(HoldSeverity.STOP)
    lifted = shared_safety.PrescribingSafetyHoldLifted(
        hold_id=placed.hold_id, lifted_by_roles=(ActorRole.PRESCRIBER,)
    )
    path = f"/sessions/{person.session_id}"
    assert await hears(world, person, placed) == "scheduled"
    assert await world.refused(f"{path}/check-in") == {"stopped-before-arrival"}
    await world.tell(person, lifted)
    await world.do(f"{path}/check-in")
    assert await hears(world, person, hold(HoldSeverity.STOP)) == "cancelled"
    shown = await world.get(path)
    assert (shown["cancelled_for"], shown["released_at"]) == ("medical", "2026-03-10T16:35:00Z")


async def test_a_declined_client_keeps_no_session(world: World) -> None:
    """J2: what was held stays held, what was to come is cancelled."""
    await furnished(world)
    person = world.person()
    await world.tell(person, *person.beginning(world.now())[:2])
    body = {"course_id": str(person.course_id), "kind": "consultation"}
    first = await world.do(
        "/sessions", {**body, "starts_at": at("09:00").isoformat(), "setting": "virtual"}
    )
    assert first["status"] == "scheduled"
    await world.tell(person, intake.ClientDeclined(decision_id=new_id()))
    assert (await world.get(f"/sessions/{first['id']}"))["status"] == "cancelled"
    prep = {**body, "kind": "prep", "starts_at": at("10:00", 12).isoformat()}
    assert await world.refused("/sessions", prep) == {"course-is-over", "approval-not-current"}


async def test_a_pause_in_the_opening_changes_nothing_here(world: World) -> None:
    person, _, _ = await until_started(world)
    assert await hears(world, person, hold(HoldSeverity.PAUSE)) == "in_progress"


def hold(severity: HoldSeverity) -> shared_safety.PrescribingSafetyHoldPlaced:
    return shared_safety.PrescribingSafetyHoldPlaced(
        hold_id=new_id(),
        hold_category=HoldCategory.MEDICAL,
        blocks=(HoldBlock.START, HoldBlock.DOSE),
        severity=severity,
    )
