"""Notifications was down: nothing is missed, ages are true, and nobody is told twice (INV-30)."""

from pathlib import Path

import pytest

from tests.integration.notifications.clinic import World, running_clinic
from tests.integration.notifications.happenings import (
    discharged,
    ended,
    goes_home,
    in_session,
    walked_out,
)
from tests.support.nats_part import NatsPart
from tests.support.parts import FreshDatabase
from tests.support.voices import at

pytestmark = pytest.mark.real


async def test_walking_out_while_down_starts_the_loop_at_the_next_start(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    bus.renew_stream()
    database = fresh_database("notifications")
    async with running_clinic(database, bus, tmp_path) as first:
        ash = first.person()
        await in_session(first, ash)

    async def walks_out(world: World) -> None:
        world.set_clock(at("14:00"))
        await world.say(ash, ended(ash, at("10:55")), at("10:55"))
        await world.say(ash, walked_out(ash, at("10:55")), at("10:55"))

    async with running_clinic(database, bus, tmp_path, before=first, meanwhile=walks_out) as again:
        await again.all_heard(ash)
        [loop] = await again.items("/escalations", course_id=ash.course_id)
        assert (loop["level"], loop["since"]) == (1, "2026-03-10T17:55:00Z")
        assert loop["opened_at"] == "2026-03-10T21:00:00Z"
        assert (await again.aftercare(ash))["restrictions_until"] == "2026-03-11T01:55:00Z"


async def test_timers_and_messages_that_fell_due_while_down_happen_once(
    bus: NatsPart, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    bus.renew_stream()
    database = fresh_database("notifications")
    async with running_clinic(database, bus, tmp_path) as first:
        quinn = first.person()
        await in_session(first, quinn)
        await goes_home(first, quinn)
        first.set_clock(at("15:00", day=11))

    async with running_clinic(database, bus, tmp_path, before=first) as again:
        await again.tell(quinn, discharged(quinn, at("12:45")), occurred_at=at("12:45"))
        await again.settle()
        assert (await again.aftercare(quinn))["status"] == "monitoring"
        [due] = await again.items("/check-ins", course_id=quinn.course_id, status="due")
        # Patience begins when people can know of it, not when nobody could.
        assert due["silent_at"] == "2026-03-12T04:00:00Z"
        kept = await again.items("/simulated-outbox", client_id=quinn.client_id)
        assert len(kept) == len({one["message_id"] for one in kept})
        wordings = [m["wording"] for m in await again.items("/messages", course_id=quinn.course_id)]
        assert sorted(wordings) == sorted(set(wordings))
