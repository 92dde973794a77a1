"""Aftercare against lateness, loss and contradiction (INV-26 to INV-28)."""

from datetime import timedelta

import pytest

from careteam_contracts import scheduling
from careteam_contracts.enums import (
    HoldCategory,
    SessionOutcome,
)
from shared.runtime.ids import new_id
from tests.integration.notifications.clinic import World
from tests.integration.notifications.happenings import (
    cleared,
    discharged,
    dose,
    ended,
    escort_confirmed,
    hold,
    in_session,
    registered,
    walked_out,
)
from tests.support.voices import at

pytestmark = [pytest.mark.real, pytest.mark.asyncio(loop_scope="module")]
UNTIL_20_30 = "2026-03-11T03:30:00Z"


async def test_an_end_heard_five_hours_late_moves_no_deadline(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    world.set_clock(at("17:30"))
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    assert (await world.aftercare(quinn))["restrictions_until"] == UNTIL_20_30


async def test_instructions_are_not_given_after_the_restriction_lapsed(world: World) -> None:
    """INV-27: no text about the next hours when there are none left; people are told instead."""
    quinn = world.person()
    await in_session(world, quinn)
    world.set_clock(at("21:00"))
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    await world.tell(quinn, cleared(quinn, at("12:35")), occurred_at=at("12:35"))
    await world.tell(quinn, discharged(quinn, at("12:45")), occurred_at=at("12:45"))
    await world.settle()
    messages = await world.items("/messages", course_id=quinn.course_id)
    late = {m["wording"]: (m["status"], m["reason"]) for m in messages}
    assert late["instructions"] == ("dropped", "late")
    assert "delivery_failed" in await world.types_published(quinn)
    tasks = await world.items("/tasks", course_id=quinn.course_id, status="open")
    assert "call_client" in {task["purpose"] for task in tasks}


async def test_without_an_end_the_restriction_goes_on_and_somebody_must_state_it(
    world: World,
) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await world.advance(at("18:00"))
    aftercare = await world.aftercare(quinn)
    assert (aftercare["status"], aftercare["restriction_active"]) == ("armed", True)
    [task] = await world.items("/tasks", course_id=quinn.course_id, purpose="state_session_end")
    assert task["status"] == "open"
    said = await world.items("/messages", course_id=quinn.course_id)
    assert "restriction_over" not in {message["wording"] for message in said}

    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    [task] = await world.items("/tasks", course_id=quinn.course_id, purpose="state_session_end")
    assert task["status"] == "withdrawn"


async def test_a_second_dose_extends_and_a_repeated_one_does_not(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    await world.tell(quinn, dose(quinn, at("12:50"), seq=2), occurred_at=at("12:50"))
    assert (await world.aftercare(quinn))["restrictions_until"] == "2026-03-11T03:50:00Z"
    before = await world.types_published(quinn)
    await world.tell(quinn, dose(quinn, at("12:50"), seq=2), occurred_at=at("12:50"))
    assert await world.types_published(quinn) == before


async def test_an_abort_is_no_end_and_two_ends_are_looked_into(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    aborted = SessionOutcome.ABORTED_BEFORE_DOSE
    await world.tell(quinn, ended(quinn, at("10:05"), aborted), occurred_at=at("10:05"))
    assert not (await world.aftercare(quinn))["end_known"]
    by_clinician = SessionOutcome.ENDED_BY_CLINICIAN
    await world.tell(quinn, ended(quinn, at("12:00"), by_clinician), occurred_at=at("12:00"))
    assert (await world.aftercare(quinn))["restrictions_until"] == "2026-03-11T03:00:00Z"
    assert await world.items("/tasks", course_id=quinn.course_id, purpose="review_incident") == []
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    assert (await world.aftercare(quinn))["restrictions_until"] == UNTIL_20_30
    assert await world.items("/tasks", course_id=quinn.course_id, purpose="review_incident")


async def test_suicidality_in_the_course_brings_an_early_check_in(world: World) -> None:
    lee = world.person()
    await registered(world, lee)
    await world.tell(lee, hold(HoldCategory.SUICIDALITY))
    await world.tell(lee, dose(lee, at("10:00")), occurred_at=at("10:00"))
    await world.tell(lee, ended(lee, at("12:30")), occurred_at=at("12:30"))
    planned = await world.items("/check-ins", course_id=lee.course_id)
    assert sorted(one["hours"] for one in planned) == [4, 24, 72]
    assert {one["due_at"] for one in planned if one["hours"] == 4} == {"2026-03-10T23:30:00Z"}


async def test_a_departure_heard_before_the_dose_starts_aftercare(world: World) -> None:
    ash = world.person()
    await registered(world, ash)
    world.set_clock(at("11:00"))
    await world.tell(ash, ended(ash, at("10:55")), occurred_at=at("10:55"))
    assert await world.items("/aftercare", session_id=ash.session_id) == []
    await world.tell(ash, walked_out(ash, at("10:55")), occurred_at=at("10:55"))
    assert (await world.aftercare(ash))["restrictions_until"] == "2026-03-11T01:55:00Z"
    await world.tell(ash, dose(ash, at("10:40")), occurred_at=at("10:40"))
    assert (await world.aftercare(ash))["restrictions_until"] == "2026-03-11T01:55:00Z"
    assert (await world.types_published(ash)).count("aftercare_started") == 1


async def test_a_late_escort_is_called_by_the_front_desk(world: World) -> None:
    quinn = world.person()
    await in_session(world, quinn)
    world.set_clock(at("12:35"))
    await world.tell(quinn, ended(quinn, at("12:30")), occurred_at=at("12:30"))
    await world.tell(quinn, cleared(quinn, at("12:35")))
    await world.advance(at("12:35") + timedelta(minutes=20))
    [call] = await world.items("/tasks", course_id=quinn.course_id, purpose="call_escort")
    assert (call["owner_role"], call["urgent"]) == ("front_desk", True)

    await world.tell(
        quinn,
        scheduling.EscortCancelled(session_id=quinn.session_id, escort_id=quinn.escort_id),
    )
    [find] = await world.items("/tasks", course_id=quinn.course_id, purpose="find_escort")
    assert find["status"] == "open"
    quinn.escort_id = new_id()
    await world.tell(quinn, escort_confirmed(quinn))
    await world.settle()
    [find] = await world.items("/tasks", course_id=quinn.course_id, purpose="find_escort")
    assert find["status"] == "withdrawn"
    called_in = [
        message["status"]
        for message in await world.items("/messages", course_id=quinn.course_id)
        if message["wording"] == "escort_come_in"
    ]
    assert called_in == ["sent", "sent"]
