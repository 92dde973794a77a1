"""What is told late happened when it happened: times that a person states for one-tap entries."""

from datetime import datetime, timedelta

import pytest

from tests.integration.scheduling.care import approved, furnished, until_dosed
from tests.integration.scheduling.clinic import World
from tests.support.voices import at

pytestmark = pytest.mark.real


def _is(told: str, moment: datetime) -> bool:
    return datetime.fromisoformat(told) == moment


async def test_phases_told_late_find_their_place_and_implausible_ones_are_refused(
    world: World,
) -> None:
    person, _, _ = await until_dosed(world)
    path = f"/sessions/{person.session_id}"
    now = world.now()
    later, earlier = now, now - timedelta(minutes=4)
    await world.do(f"{path}/phase", {"phase": "peak", "at": later.isoformat()})
    shown = await world.do(f"{path}/phase", {"phase": "onset", "at": earlier.isoformat()})
    assert shown["phase"] == "peak"
    told = [one for one in shown["passages"] if one["phase"] in {"onset", "peak"}]
    assert _is(told[-1]["at"], later)
    assert any(_is(one["at"], earlier) and one["phase"] == "onset" for one in told)
    for moment in (now + timedelta(minutes=1), now - timedelta(hours=25)):
        body = {"phase": "peak", "at": moment.isoformat()}
        assert await world.refused(f"{path}/phase", body) == {"phase-time-implausible"}


async def test_a_stop_counts_from_when_it_was_said_and_is_never_refused_for_its_time(
    world: World,
) -> None:
    person, _, _ = await until_dosed(world)
    path = f"/sessions/{person.session_id}"
    impossible = world.now() + timedelta(hours=3)
    shown = await world.do(f"{path}/stop", {"at": impossible.isoformat()}, role="nurse")
    assert _is(shown["stopped"]["at"], world.now())
    again = await world.do(f"{path}/stop", {"at": at("08:00").isoformat()})
    assert again["stopped"] == shown["stopped"]


async def test_an_arrival_is_of_the_time_at_which_the_client_came(world: World) -> None:
    room = await furnished(world)
    await world.advance(at("09:00"))
    person = await approved(world)
    talk = {
        "course_id": str(person.course_id),
        "kind": "prep",
        "room_id": room["id"],
        "starts_at": at("12:00").isoformat(),
    }
    session = await world.do("/sessions", talk, role="front_desk")
    await world.advance(at("11:50"))
    path = f"/sessions/{session['id']}/check-in"
    assert await world.refused(path, {"at": at("11:51").isoformat()}) == {
        "check-in-time-implausible"
    }
    shown = await world.do(path, {"at": at("11:40").isoformat()}, role="front_desk")
    assert _is(shown["checked_in_at"], at("11:40"))
