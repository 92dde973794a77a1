"""With the bus away, events out of place, and lifts by those who may not."""

import time
from pathlib import Path
from uuid import UUID

import pytest

from careteam_contracts import intake, shared_safety
from careteam_contracts.enums import ActorRole, HoldSeverity
from services.scheduling.domain.leaving import begin_discharge
from services.scheduling.domain.roles import Role
from services.scheduling.handlers.keeping import keep
from shared.runtime.ids import new_id
from tests.integration.scheduling.care import (
    approved,
    booked,
    furnished,
    hears,
    prepared,
    ready_to_start,
    status,
    until_dosed,
    until_recovering,
    until_started,
)
from tests.integration.scheduling.clinic import World, running_clinic
from tests.integration.scheduling.test_starting import hold
from tests.support.nats_part import EmbeddedNats
from tests.support.parts import FreshDatabase
from tests.support.voices import at
from tests.support.waiting import eventually

pytestmark = pytest.mark.real


async def test_a_stop_is_taken_at_once_with_the_bus_away(
    own_nats: EmbeddedNats, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    """INV-19: nobody is asked, and what is said waits in the outbox."""
    async with running_clinic(fresh_database("scheduling"), own_nats, tmp_path) as world:
        person, _, _ = await until_dosed(world)
        own_nats.kill()
        path = f"/sessions/{person.session_id}"
        begun = time.monotonic()
        stopped = await world.do(f"{path}/stop", {"by_role": "client"}, role="on_call")
        assert time.monotonic() - begun < 1.0
        assert stopped["status"] == "recovering"
        unsaid = (await world.service.backlog())[0]
        assert unsaid == 2
        own_nats.start()

        await eventually(lambda: _all_said(world), seconds=20)
        told = await world.types_published(person)
        assert told[-2:] == ["session_stop_requested", "session_completed"]


async def _all_said(world: World) -> bool:
    return (await world.service.backlog())[0] == 0


async def test_a_stop_in_the_opening_needs_neither_bus_nor_peers(
    own_nats: EmbeddedNats, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    """INV-19: the same before a dose; a second stop by somebody else is no error."""
    async with running_clinic(fresh_database("scheduling"), own_nats, tmp_path) as world:
        person, _, _ = await until_started(world)
        await eventually(lambda: _all_said(world), seconds=20)
        world.silent |= {"intake", "prescribing"}
        own_nats.kill()
        path = f"/sessions/{person.session_id}"
        begun = time.monotonic()
        stopped = await world.do(f"{path}/stop", role="front_desk")
        again = await world.do(f"{path}/stop", {"by_role": "nurse"}, role="nurse")
        assert time.monotonic() - begun < 2.0
        assert (stopped["status"], stopped["outcome"]) == ("aborted", "aborted_before_dose")
        assert (again["stopped"], again["status"]) == (stopped["stopped"], "aborted")
        assert (await world.service.backlog())[0] == 2


async def test_an_urgent_event_counts_from_behind_one_that_is_missing(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00", 5))
    person = await approved(world)
    await prepared(world, person)
    await booked(world, person, room, at("09:30"))
    await ready_to_start(world, person)
    world.voices["intake"].sequences[person.client_id] += 1
    await world.say(person, intake.ApprovalRevoked(approval_id=person.approval_id))

    async def waits() -> bool:
        async with world.service.transactions.begin() as uow:
            freshness = await uow.freshness(person.client_id)
        return bool(freshness["intake"].waiting == 1)

    await eventually(waits)
    path = f"/sessions/{person.session_id}"
    answer = await world.post(f"{path}/start")
    refused = {refusal["slug"] for refusal in answer.json()["refusals"]}
    assert answer.status_code == 409
    assert refused & {"approval-not-current", "start-overtaken"}
    assert "dosing_session_started" not in await world.types_published(person)


async def test_only_the_owner_lifts_and_a_foreign_lift_is_looked_into(world: World) -> None:
    """INV-32."""
    await furnished(world)
    person = await approved(world)
    placed = hold(HoldSeverity.PAUSE)
    forged = shared_safety.NotificationsSafetyHoldLifted(
        hold_id=placed.hold_id, lifted_by_roles=(ActorRole.FRONT_DESK,)
    )
    await world.tell(person, placed, forged)
    standing = await world.get(f"/courses/{person.course_id}/standing")
    assert [h["hold_id"] for h in standing["open_holds"]] == [str(placed.hold_id)]
    incidents = [p for n, p in await world.published(person) if n == "incident_recorded"]
    assert [p["incident_code"] for p in incidents] == ["foreign_hold_lift"]
    lifted = shared_safety.PrescribingSafetyHoldLifted(
        hold_id=placed.hold_id, lifted_by_roles=(ActorRole.PRESCRIBER,)
    )
    await world.tell(person, lifted)
    standing = await world.get(f"/courses/{person.course_id}/standing")
    assert standing["open_holds"] == []


async def test_its_own_hold_and_one_heard_late_are_watched_over_too(world: World) -> None:
    """INV-32: whose a hold is, the owner knows best; the others once they have heard of it."""
    person = await approved(world)
    own = await world.do(
        f"/courses/{person.course_id}/holds", {"category": "logistics"}, role="front_desk"
    )
    late = hold(HoldSeverity.PAUSE)
    for hold_id in (UUID(own["id"]), late.hold_id):
        await world.tell(
            person,
            shared_safety.NotificationsSafetyHoldLifted(
                hold_id=hold_id, lifted_by_roles=(ActorRole.FRONT_DESK,)
            ),
        )
    await world.tell(person, late)
    told = [p for n, p in await world.published(person) if n == "incident_recorded"]
    assert [p["incident_code"] for p in told] == ["foreign_hold_lift"] * 2


async def test_a_discharge_that_nobody_finishes_deciding_goes_back(world: World) -> None:
    person, _, _ = await until_recovering(world)
    await world.advance(at("12:35"))
    assert await hears(world, person, person.cleared(world.now())) == "clearable"
    async with world.service.transactions.begin() as uow:
        session = await uow.sessions.get(person.of_session())
        change = begin_discharge(session, gate_id=new_id(), at=uow.now, by=Role.FRONT_DESK)
        await keep(uow, change)
    assert await status(world, person) == "discharging"
    await world.advance(at("12:36"))
    assert await status(world, person) == "clearable"


async def test_a_booking_over_the_change_of_the_clock_is_as_long_as_it_is(world: World) -> None:
    await furnished(world)
    person = await approved(world)
    night = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "starts_at": "2026-03-08T01:30:00-08:00",
        "block_minutes": 60,
        "setting": "virtual",
    }
    await world.advance(at("09:00", 5))
    booked_ = await world.do("/sessions", night, role="front_desk")
    assert booked_["planned_end_at"] == "2026-03-08T10:30:00Z"
    listed = await world.get("/sessions", day="2026-03-08")
    assert [s["id"] for s in listed["items"]] == [booked_["id"]]
    assert (await world.get("/sessions", day="2026-03-09"))["items"] == []
